"""The constraints of projects."""

from typing import Final

from freehold.base.errors import Meaning, failing
from freehold.base.scalars import DESCRIPTION, NAME
from freehold.users.errors import IdTaken

MEANINGS: Final[dict[str, Meaning]] = {
    "projects_organization_id_id_key": IdTaken,
    "projects_name_check": failing("/name", NAME.code, NAME.says),
    "projects_description_check": failing("/description", DESCRIPTION.code, DESCRIPTION.says),
    "projects_visibility_check": failing("/settings/visibility", "invalid_choice", "must be one of: public, private"),
    "projects_features_check": failing(
        "/settings/features", "invalid_feature", "must be at most 100 different features"
    ),
}
