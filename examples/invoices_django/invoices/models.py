"""The table of invoices."""

from django.db import models


class Invoice(models.Model):
    """An invoice of an organization."""

    organization_id = models.UUIDField()
    number = models.CharField(max_length=20)
    cents = models.PositiveBigIntegerField()
    created_by = models.UUIDField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Numbers are unique in an organization, and its invoices are found by them."""

        constraints = (models.UniqueConstraint(fields=("organization_id", "number"), name="invoices_number_key"),)
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number
