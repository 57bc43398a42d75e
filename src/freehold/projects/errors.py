"""The constraints of projects."""

from typing import Final

from freehold.base.errors import Meaning, failing
from freehold.base.metadata import SAYS, ObjectRule
from freehold.base.validation import checks_of
from freehold.projects.types import Project

MEANINGS: Final[dict[str, Meaning]] = {
    **checks_of("projects", Project),
    "projects_visibility_check": failing("/settings/visibility", "invalid_choice", "must be one of: public, private"),
    "projects_features_check": failing(
        "/settings/features", "invalid_feature", "must be at most 100 different features"
    ),
    "projects_public_metadata_check": failing("/public_metadata", ObjectRule.code, SAYS),
    "projects_private_metadata_check": failing("/private_metadata", ObjectRule.code, SAYS),
}
