"""The constraints of projects."""

from freehold.errors import CONSTRAINTS, check_means
from freehold.scalars import DESCRIPTION, NAME
from freehold.users.errors import IdTaken

CONSTRAINTS["projects_organization_id_id_key"] = IdTaken
check_means("projects_name_check", pointer="/name", code=NAME.code, detail=NAME.says)
check_means("projects_description_check", pointer="/description", code=DESCRIPTION.code, detail=DESCRIPTION.says)
check_means(
    "projects_visibility_check",
    pointer="/settings/visibility",
    code="invalid_choice",
    detail="must be one of: public, private",
)
check_means(
    "projects_features_check",
    pointer="/settings/features",
    code="invalid_feature",
    detail="must be at most 100 different features",
)
