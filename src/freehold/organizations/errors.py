"""What can go wrong with organizations, and the constraints that say so."""

from typing import Final

from freehold.base.errors import Conflict, Meaning, Missing, failing
from freehold.base.metadata import SAYS, ObjectRule
from freehold.base.validation import checks_of
from freehold.organizations.types import Organization


class SlugTaken(Conflict):
    """Another organization has this slug, or had it in the last 90 days."""

    code = "slug_taken"
    title = "This slug is taken: choose another"
    constraints = ("organizations_slug_key", "organizations_slug_fkey", "slugs_pkey", "slugs_slug_organization_id_key")


class TooManyOldSlugs(Conflict):
    """The organization has given up as many slugs in the last 90 days as can be kept for it."""

    code = "too_many_old_slugs"
    title = "This organization has changed its slug too often: take an old one back, or wait"


class OrganizationGone(Missing):
    """The organization was deleted meanwhile."""

    code = "organization_gone"
    title = "This organization no longer exists"
    explanation = "This organization no longer exists: it was deleted while this was done, and nothing of it is stored"
    constraints = (
        "organization_members_organization_id_fkey",
        "projects_organization_id_fkey",
        "roles_organization_id_fkey",
        "api_keys_organization_id_fkey",
        "slugs_organization_id_fkey",
        "used_tokens_organization_id_fkey",
        "purge_failures_organization_id_fkey",
    )


class OwnerMustStay(Conflict):
    """The owner of an organization is one of its members, always."""

    code = "owner_must_stay"
    title = "The owner must stay a member: hand the organization over first"
    constraints = ("organizations_owner_is_member_fkey",)


class OwnsOrganizations(Conflict):
    """A user who owns organizations cannot be removed."""

    code = "owns_organizations"
    title = (
        "This user owns organizations: hand them over or delete them first (a deleted organization counts until it is "
        "removed for good)"
    )
    constraints = ("organizations_owner_id_fkey",)


MEANINGS: Final[dict[str, Meaning]] = {
    **checks_of("organizations", Organization),
    "organizations_features_check": failing("/features", "invalid_feature", "must be at most 100 different features"),
    "organizations_public_metadata_check": failing("/public_metadata", ObjectRule.code, SAYS),
    "organizations_private_metadata_check": failing("/private_metadata", ObjectRule.code, SAYS),
}
