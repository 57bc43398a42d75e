r"""Every rule that a single value must keep, each said once.

A scalar is an annotated ``str``. Its ``Rule`` cleans a value (trims a name, normalises an address) or says what would
be accepted; decoding, the OpenAPI document and the error texts derive from it, and the CHECK constraint of the same
column says the same in SQL. ``tests/contract/test_rules.py`` shows with random strings that the two agree.

Two traps that shape the patterns: Python's ``$`` also matches before a trailing newline, so each pattern ends in
``(?![\s\S])``, which Python and ECMA (OpenAPI) read alike; and PostgreSQL text can hold neither NUL nor lone
surrogates, so ``text_defect`` refuses both before any rule is asked.
"""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec

from freehold.base import text
from freehold.base.cleaning import (
    own_role,
    role_to_give,
    tidy_email,
    tidy_locale,
    tidy_name,
    tidy_reference,
    usable_slug,
    with_own_noun,
)
from freehold.base.new_passwords import CHOSEN, SEED
from freehold.base.text import CONTROLS, EDGE
from freehold.base.text_rules import Ahead, Rule

_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_PORT: Final = r"(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
"""What stands between the dots of a host's name, and a port."""

LOCALE_PATTERN: Final = r"^[a-z]{2,3}(-([A-Z0-9]{2}|[a-z0-9]{3}|[A-Z0-9][a-z0-9]{3}|[a-z0-9]{5,8}))*(?![\s\S])"

USERNAME: Final = Rule(
    name="username",
    says="must be 3 to 50 letters (A-Z, a-z), digits or underscores",
    min_length=3,
    max_length=50,
    max_sent=500,
    pattern=r"^[A-Za-z0-9_]{3,50}(?![\s\S])",
    published_pattern=rf"^[{EDGE}]*[A-Za-z0-9_]{{3,50}}[{EDGE}]*$",
    example="ada_lovelace",
    clean=text.trimmed,
)
EMAIL: Final = Rule(
    name="email",
    says="must be a valid e-mail address of at most 255 characters",
    min_length=3,
    max_length=255,
    max_sent=500,
    format="email",
    example="ada@example.com",
    clean=tidy_email,
)
PASSWORD: Final = SEED
NAME: Final = Rule(
    name="name",
    says=(
        "must be 1 to 100 characters, not counting surrounding spaces, with at least one that can be seen, and without "
        "control characters or invisible ones"
    ),
    min_length=1,
    max_length=100,
    max_sent=500,
    pattern=rf"^{text.NAME_BODY}(?![\s\S])",
    published_pattern=text.NAME_PATTERN,
    published_length=100,
    example="Acme",
    clean=tidy_name,
)
SLUG: Final = Rule(
    name="slug",
    says="must be 1 to 100 lowercase letters, digits or hyphens, and start and end with a letter or digit",
    min_length=1,
    max_length=100,
    pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(?![\s\S])",
    example="acme",
    clean=usable_slug,
)
AVATAR_URL: Final = Rule(
    name="avatar_url",
    says="must be an http:// or https:// address of at most 2048 characters without spaces",
    min_length=8,
    max_length=2048,
    pattern=r"^https?://[^/?#\u0000-\u0020\u007f-\u00a0]+([/?#][^\u0000-\u0020\u007f-\u00a0]*)?(?![\s\S])",
    example="https://example.com/ada.png",
)
DESCRIPTION: Final = Rule(
    name="description", says="must be at most 10,000 characters", max_length=10_000, example="To the moon and back."
)
FEATURE: Final = Rule(
    name="feature",
    says="must be 1 to 64 lowercase letters, digits, underscores, dots or hyphens",
    min_length=1,
    max_length=64,
    pattern=r"^[a-z0-9_.-]{1,64}(?![\s\S])",
    example="beta.search",
)
ROLE: Final = Rule(
    name="role",
    says="must be a role name: 1 to 50 characters from a-z, 0-9, underscore and hyphen, starting with a letter",
    min_length=1,
    max_length=50,
    pattern=r"^[a-z][a-z0-9_-]{0,49}(?![\s\S])",
    example="admin",
)
ROLE_NAME: Final = Rule(
    name="role_name",
    says=(
        "must be 1 to 50 characters from a-z, 0-9, underscore and hyphen, starting with a letter; it must not be a "
        "built-in role (owner, admin, member) or look like a UUID"
    ),
    min_length=1,
    max_length=50,
    pattern=r"^[a-z][a-z0-9_-]{0,49}(?![\s\S])",
    clean=own_role,
    example="release-engineer",
)
ASSIGNABLE_ROLE: Final = Rule(
    name="assignable_role",
    says="must be admin, member or one of the organization's own roles (to change the owner, hand the "
    "organization over)",
    min_length=1,
    max_length=50,
    pattern=r"^[a-z][a-z0-9_-]{0,49}(?![\s\S])",
    clean=role_to_give,
    example="member",
)
ACTION: Final = Rule(
    name="action",
    says="must be the name of an action, such as project.create",
    min_length=3,
    max_length=64,
    pattern=r"^[a-z_]+\.[a-z_]+(?![\s\S])",
    example="project.create",
)
EVENT: Final = Rule(
    name="event",
    says="must be an action such as project.create, all of one thing such as project.*, or * for everything",
    min_length=1,
    max_length=64,
    pattern=r"^(\*|[a-z_]+\.([a-z_]+|\*))(?![\s\S])",
    example="project.create",
)
WEBHOOK_URL: Final = Rule(
    name="webhook_url",
    says=(
        "must be an https:// address of at most 2048 characters, such as https://hooks.acme.example/freehold, with a "
        "host in ASCII letters (xn-- for others), and without spaces, user, password or fragment"
    ),
    min_length=8,
    max_length=2048,
    pattern=(rf"^https?://{_LABEL}(\.{_LABEL})*\.?(:{_PORT})?([/?][^#\u0000-\u0020\u007f-\u00a0]*)?(?![\s\S])"),
    example="https://hooks.acme.example/freehold",
)
OWN_ACTION: Final = Rule(
    name="own_action",
    says=(
        "must be a noun, a dot and a verb, such as invoice.read, of at most 64 lowercase letters and underscores; the "
        "noun must not be one of Freehold's"
    ),
    min_length=3,
    max_length=64,
    pattern=r"^[a-z_]+\.[a-z_]+(?![\s\S])",
    example="invoice.read",
    clean=with_own_noun,
)
APPLICATION: Final = Rule(
    name="application",
    says="must be 1 to 50 characters from a-z, 0-9, underscore and hyphen, starting with a letter",
    min_length=1,
    max_length=50,
    pattern=r"^[a-z][a-z0-9_-]{0,49}(?![\s\S])",
    example="invoices",
)
REASON: Final = Rule(
    name="reason",
    says="must be 1 to 500 characters, not counting surrounding spaces, without control characters",
    min_length=1,
    max_length=500,
    max_sent=2500,
    pattern=rf"^[^{CONTROLS}]+(?![\s\S])",
    published_pattern=rf"^[{EDGE}]*[^{EDGE}]([^{CONTROLS}]{{0,498}}[^{EDGE}])?[{EDGE}]*$",
    example="Sends spam",
    clean=text.trimmed,
)
SEARCH: Final = Rule(
    name="search",
    says="must be 1 to 100 characters, not counting surrounding spaces, without control characters",
    min_length=1,
    max_length=100,
    max_sent=500,
    pattern=rf"^[^{CONTROLS}]+(?![\s\S])",
    published_pattern=rf"^[{EDGE}]*[^{EDGE}]([^{CONTROLS}]{{0,98}}[^{EDGE}])?[{EDGE}]*$",
    example="ada",
    clean=text.trimmed,
)
LOCALE: Final = Rule(
    name="locale",
    says="must be a language tag such as de or de-AT, at most 35 characters",
    min_length=2,
    max_length=35,
    pattern=LOCALE_PATTERN,
    published_pattern=r"^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})*$",
    example="de-AT",
    clean=tidy_locale,
)
TYPED_EMAIL: Final = Rule(
    name="typed_email",
    says="must be text of at most 500 characters; an address that is not valid is answered for itself",
    max_length=500,
    example="ada@example.com",
)
TYPED_ROLE: Final = Rule(
    name="typed_role",
    says="must be text of at most 100 characters; a role that does not exist is answered for itself",
    max_length=100,
    example="member",
)
LOGIN: Final = Rule(
    name="login",
    says="must be a username or an e-mail address",
    min_length=1,
    max_length=255,
    max_sent=500,
    clean=text.trimmed,
)
SECRET: Final = Rule(name="secret", says="must be a password of at most 128 characters", min_length=1, max_length=128)
TOKEN: Final = Rule(
    name="token",
    says="must be the token from the mail, at most 255 characters",
    min_length=1,
    max_length=255,
    example="fhv_q2mJ8rT1wX5yB7nC3dF6gH9kL0pS4vZ_aE-uIoRtYwQ0a1b2c3d",
)
ORGANIZATION: Final = Rule(
    name="organization",
    says="must be the slug or the id of an organization",
    min_length=1,
    max_length=100,
    pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(?![\s\S])",
    published_pattern="^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$",
    example="acme",
    clean=tidy_reference,
)
AUDIENCE: Final = Rule(
    name="audience",
    says="must be 1 to 255 visible ASCII characters, such as billing or https://billing.acme.example",
    min_length=1,
    max_length=255,
    pattern=r"^[!-~]+(?![\s\S])",
    published_pattern="^[!-~]+$",
    example="billing",
)
CURSOR: Final = Rule(
    name="cursor",
    says="must be a next_cursor from this list",
    min_length=1,
    max_length=2048,
    pattern=r"^[A-Za-z0-9_-]+(?![\s\S])",
)

Username = Annotated[str, USERNAME.meta, USERNAME]
Email = Annotated[str, EMAIL.meta, EMAIL]
Password = Annotated[str, PASSWORD.meta, CHOSEN, PASSWORD]
"""A password that somebody chooses. It is published with the seed's rule; the platform's own is asked for."""
Name = Annotated[str, NAME.meta, NAME]
Slug = Annotated[str, SLUG.meta, SLUG]
AvatarUrl = Annotated[str, AVATAR_URL.meta, AVATAR_URL]
Description = Annotated[str, DESCRIPTION.meta, DESCRIPTION]
Feature = Annotated[str, FEATURE.meta, FEATURE]
EventText = Annotated[str, EVENT.meta, EVENT]
WebhookUrl = Annotated[str, WEBHOOK_URL.meta, WEBHOOK_URL]
ActionText = Annotated[str, ACTION.meta, ACTION]
OwnActionName = Annotated[str, OWN_ACTION.meta, OWN_ACTION]
Application = Annotated[str, APPLICATION.meta, APPLICATION]
SearchText = Annotated[str, SEARCH.meta, SEARCH]
Reason = Annotated[str, REASON.meta, REASON]
Login = Annotated[str, LOGIN.meta, LOGIN]
Secret = Annotated[str, SECRET.meta, SECRET]
Token = Annotated[str, TOKEN.meta, TOKEN]
Locale = Annotated[str, LOCALE.meta, LOCALE]
TypedEmail = Annotated[str, TYPED_EMAIL.meta, TYPED_EMAIL]
TypedRole = Annotated[str, TYPED_ROLE.meta, TYPED_ROLE]
OrganizationText = Annotated[str, ORGANIZATION.meta, ORGANIZATION]
Audience = Annotated[str, AUDIENCE.meta, AUDIENCE]
CursorText = Annotated[str, CURSOR.meta, CURSOR]

RoleText = Annotated[str, ROLE.meta, ROLE]
RoleName = Annotated[str, ROLE_NAME.meta, ROLE_NAME]
AssignableRole = Annotated[str, ASSIGNABLE_ROLE.meta, ASSIGNABLE_ROLE]

Visibility = Literal["public", "private"]
Features = Annotated[
    tuple[Feature, ...],
    msgspec.Meta(
        max_length=100,
        description="at most 100 different features",
        extra_json_schema={"uniqueItems": True},
    ),
]
TEN_YEARS: Final = Ahead(days=3653)
ExpiresAt = Annotated[
    datetime, msgspec.Meta(tz=True, description=f"a time with a UTC offset; {TEN_YEARS.says}"), TEN_YEARS
]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100, description="how many at most, 1 to 100")]
