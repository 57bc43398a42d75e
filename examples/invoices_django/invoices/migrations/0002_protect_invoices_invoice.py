"""Protect: organizations see their own rows of invoices_invoice alone."""

from django.db import migrations

UP = """
CREATE POLICY invoices_invoice_organization ON invoices_invoice USING (
    organization_id = (SELECT nullif(current_setting('freehold.organization_id', true), '')::uuid)
);
ALTER TABLE invoices_invoice ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices_invoice FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices_invoice TO "freehold_tenant";
GRANT USAGE ON SEQUENCE invoices_invoice_id_seq TO "freehold_tenant";
"""
DOWN = """
REVOKE ALL ON SEQUENCE invoices_invoice_id_seq FROM "freehold_tenant";
REVOKE ALL ON invoices_invoice FROM "freehold_tenant";
ALTER TABLE invoices_invoice NO FORCE ROW LEVEL SECURITY;
ALTER TABLE invoices_invoice DISABLE ROW LEVEL SECURITY;
DROP POLICY invoices_invoice_organization ON invoices_invoice;
"""


class Migration(migrations.Migration):
    """Written by freehold_protect."""

    dependencies = [("invoices", "0001_initial")]  # noqa: RUF012
    operations = [migrations.RunSQL(UP, DOWN)]  # noqa: RUF012
