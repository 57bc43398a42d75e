"""What keeps promises, and the tests that each mutant of it meets, the likeliest first."""

from typing import Final

ACCESS: Final = (
    "tests/isolation",
    "tests/access",
    "tests/actions",
    "tests/web/test_roles_http.py",
    "tests/contract/test_isolation.py",
)
KEYS: Final = ("tests/api_keys", "tests/access/test_limited_keys.py")
INVITATIONS: Final = ("tests/organizations",)
RULES: Final = ("tests/migrate/rules", "tests/migrate/test_losses.py")

TABLE: Final[dict[str, tuple[str, ...]]] = {
    "access/actions.py": ACCESS,
    "access/scope.py": ACCESS,
    "access/standing.py": ACCESS,
    "access/own.py": ACCESS,
    "access/operation.py": ACCESS,
    "access/explaining.py": ACCESS,
    "sessions/operations.py": ("tests/sessions", "tests/users/test_backoff.py", "tests/users/test_fresh_sign_in.py"),
    "api_keys/operations.py": KEYS,
    "api_keys/issuing.py": KEYS,
    "audit/chain.py": ("tests/audit",),
    "audit/operations.py": ("tests/audit",),
    "audit/recording.py": ("tests/audit",),
    "audit/heads.py": ("tests/audit",),
    "data/paging.py": ("tests/data/test_paging.py", "tests/projects", "tests/organizations/test_organizations.py"),
    "limits/counter.py": ("tests/limits", "tests/web/test_limits.py"),
    "web/limiting.py": ("tests/web/test_limits.py",),
    "idempotency/keys.py": ("tests/web/test_idempotency.py",),
    "idempotency/once.py": ("tests/web/test_idempotency.py", "tests/faults/test_truth.py"),
    "web/idempotency.py": ("tests/web/test_idempotency.py", "tests/faults/test_truth.py"),
    "web/conditions.py": ("tests/web/test_machinery.py", "tests/web/test_api.py", "tests/web/test_roles_http.py"),
    "users/backoff/attempts.py": ("tests/users/test_backoff.py",),
    "users/backoff/alarm.py": ("tests/users/test_alarm.py",),
    "organizations/invitations/operations.py": INVITATIONS,
    "organizations/invitations/sending.py": INVITATIONS,
    "organizations/invitations/joining.py": INVITATIONS,
    "organizations/invitations/vouching.py": INVITATIONS,
    "migrate/gate.py": ("tests/migrate/test_gate.py", "tests/migrate/test_upgrade.py"),
    "migrate/losses.py": ("tests/migrate/test_losses.py", "tests/migrate/test_rehearse.py"),
    "migrate/rules/tables.py": RULES,
    "migrate/rules/rows.py": RULES,
    "migrate/rules/columns.py": RULES,
    "migrate/rules/conditions.py": RULES,
    "migrate/rules/objects.py": RULES,
    "migrate/rules/references.py": RULES,
    "transfer/checking.py": ("tests/transfer/test_checking.py", "tests/transfer/test_importing.py"),
}
