-- Protect: organizations see their own rows of invoices alone.
-- migrate:up

CREATE POLICY invoices_organization ON invoices USING (
    organization_id = (SELECT nullif(current_setting('freehold.organization_id', true), '')::uuid)
);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO "freehold_tenant";

-- migrate:down
REVOKE ALL ON invoices FROM "freehold_tenant";
ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY;
ALTER TABLE invoices DISABLE ROW LEVEL SECURITY;
DROP POLICY invoices_organization ON invoices;
