"""Where the application stands for its callers: below the path of the public URL, whatever reaches this process.

A proxy that adds a path usually takes it away again before it passes a request on, and some leave it. Both arrive here,
and so do requests that come past the proxy, such as those that ask for its health.
"""

from typing import Final

from freehold.web.asgi import Scope

COOKIE_PATH: Final = "freehold.cookie_path"
"""Where the scope says below which path a session's cookie is sent; without it everywhere."""


def rooted(scope: Scope, root: str) -> Scope:
    """Give a request the root that its callers see, as ASGI has it: ``path`` begins with ``root_path``.

    Where the application is mounted in another one, that one's pages need the cookie, too: it is sent everywhere.

    Args:
        scope: of the request, as the server or the outer application made it.
        root: the path of the public URL, which is not "".
    """
    given = scope.get("root_path", "")
    moved = {**scope, "root_path": root, "path": root + below(scope["path"], given)}
    if not given.rstrip("/"):
        moved[COOKIE_PATH] = root
    return moved


def below(path: str, root: str) -> str:
    """Return what a path is below a root; the path itself when it is not below it."""
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def without_second_root(scope: Scope) -> str | None:
    """Return the path below the root where a proxy has left the root in the path, and ``rooted`` put it there again."""
    root = scope.get("root_path", "")
    path = below(scope["path"], root)
    if not root or (path != root and not path.startswith(f"{root}/")):
        return None
    scope["path"] = path if path != root else f"{root}/"
    return below(scope["path"], root)
