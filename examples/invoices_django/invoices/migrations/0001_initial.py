"""The table, which refers to Freehold's organizations: an invoice ends with its organization."""

from typing import ClassVar

from django.db import migrations, models

REFER = (
    "ALTER TABLE invoices_invoice ADD CONSTRAINT invoices_organization_fkey"
    " FOREIGN KEY (organization_id) REFERENCES organizations (id) ON DELETE CASCADE"
)


class Migration(migrations.Migration):
    """Create it."""

    initial = True
    operations: ClassVar = [
        migrations.CreateModel(
            "Invoice",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("organization_id", models.UUIDField()),
                ("number", models.CharField(max_length=20)),
                ("cents", models.PositiveBigIntegerField()),
                ("created_by", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("organization_id", "number"), name="invoices_number_key")
                ],
            },
        ),
        migrations.RunSQL(REFER, "ALTER TABLE invoices_invoice DROP CONSTRAINT invoices_organization_fkey"),
    ]
