"""The groups of operations that a platform is made of; it makes its own when the first is asked for."""

import inspect

from freehold.groups import Group


def parts(owner: object) -> dict[str, Group]:
    """Name the groups of a platform, or those within a group."""
    names = dict.fromkeys((*inspect.get_annotations(type(owner)), *vars(owner)))
    found = {name: getattr(owner, name) for name in names}
    return {name: each for name, each in found.items() if isinstance(each, Group)}
