"""Has Django's own statements reach the rows of one organization alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import DEFAULT_DB_ALIAS, Error, connections, transaction

from freehold.access import Scope
from freehold.data.handing import TenantRoleUnusable, escaping, unready

_BIND: Final = """
SELECT current_setting('role'), current_setting('freehold.organization_id', true),
    current_setting('freehold.user_id', true), set_config('freehold.organization_id', %s, true),
    set_config('freehold.user_id', %s, true),
    coalesce((SELECT r.rolsuper OR r.rolbypassrls FROM pg_roles r WHERE r.rolname = %s), false)
"""
_TAKE: Final = "SELECT set_config('role', %s, true)"
_UNBIND: Final = """
SELECT set_config('role', %s, true), set_config('freehold.organization_id', coalesce(%s, ''), true),
    set_config('freehold.user_id', coalesce(%s, ''), true)
"""


@contextmanager
def in_organization(scope: Scope, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """Begin a transaction in which your models reach the rows of one organization, in tables that are protected.

    ``manage.py freehold_protect`` protects a table. In the block, statements of Django run with the role for tenants,
    which row-level security binds. The transaction is committed at the end, and rolled back when your code fails, as by
    ``transaction.atomic``. Evaluate queries in the block: one that runs after it finds no rows::

        @access("invoice.read")
        def invoices(request: HttpRequest, scope: Scope) -> HttpResponse:
            with in_organization(scope):
                return JsonResponse({"data": list(Invoice.objects.values("number", "cents"))})

    Args:
        scope: what ``access`` gave your view.
        using: the name of the database in ``DATABASES``, which must be Freehold's.

    Raises:
        TenantRoleUnusable: ``tenant_role_unusable``: the role does not exist, or cannot be used.
    """
    role = scope.context.tools.settings.tenant_role
    user = str(scope.context.actor_id or "")
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute(_BIND, [str(scope.organization_id), user, role])
        *before, _, _, escapes = cursor.fetchone()
        if escapes:
            raise TenantRoleUnusable(escaping(role))
        try:
            with transaction.atomic(using=using):
                cursor.execute(_TAKE, [role])
        except Error as error:
            raise TenantRoleUnusable(unready(role)) from error
        yield
        # What failed was rolled back with it. A block inside another transaction must not bind what follows there.
        cursor.execute(_UNBIND, before)
