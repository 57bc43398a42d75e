"""Makes the same users, organizations, members and projects every time, as NDJSON that `freehold import` takes.

    python bench/data.py users 1000000 > users.ndjson

The rows of the kinds fit each other: organization ``n`` is owned by user ``n``, and so on around.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from uuid import UUID

_FIRST = "Ada Grace Edsger Barbara Alan Katherine Donald Margaret Tony Frances Zoë José Søren Łucja".split()
_LAST = "Lovelace Hopper Dijkstra Liskov Turing Johnson Knuth Hamilton Hoare Allen Müller García Åström Nowak".split()
_EPOCH_MS = 1_700_000_000_000
_KINDS = {"users": 1, "organizations": 2, "projects": 3}


def id_of(kind: str, number: int) -> UUID:
    """Give the id of a row: a UUID of version 7, later for later numbers, as the application makes them."""
    random = int.from_bytes(hashlib.blake2b(b"%d:%d" % (_KINDS[kind], number), digest_size=10).digest(), "big")
    value = (_EPOCH_MS + number) << 80 | random
    value &= ~(0xF000 << 64) & ~(0xC000 << 48)
    return UUID(int=value | 0x7000 << 64 | 0x8000 << 48)


def _time(number: int) -> str:
    day, rest = divmod(number * 37, 86_400)
    hour, rest = divmod(rest, 3600)
    minute, second = divmod(rest, 60)
    day %= 336
    return (
        f"2025-{1 + day // 28:02d}-{1 + day % 28:02d}T{hour:02d}:{minute:02d}:{second:02d}.{number % 999_999 + 1:06d}Z"
    )


def user(number: int) -> str:
    """Give a user; every third has no avatar, every tenth no confirmed address."""
    first, last = _FIRST[number % len(_FIRST)], _LAST[number // 7 % len(_LAST)]
    avatar = "null" if number % 3 == 0 else f'"https://pictures.example.com/{number}.png"'
    verified = "null" if number % 10 == 0 else f'"{_time(number)}"'
    email = f"user{number}@mail{number % 50}.example.com"
    return (
        f'{{"id":"{id_of("users", number)}","username":"user_{number}","email":"{email}",'
        f'"email_verified_at":{verified},"first_name":"{first}","last_name":"{last}","avatar_url":{avatar},'
        f'"created_at":"{_time(number)}","updated_at":"{_time(number)}","password_hash":"!"}}\n'
    )


def organization(number: int, *, users: int) -> str:
    """Give an organization."""
    return (
        f'{{"id":"{id_of("organizations", number)}","name":"Organization {number}","slug":"organization-{number}",'
        f'"owner_id":"{id_of("users", number % users)}","owner_joined_at":"{_time(number)}",'
        f'"created_at":"{_time(number)}","updated_at":"2026-01-01T00:00:00Z"}}\n'
    )


def member(number: int, *, users: int, organizations: int) -> str:
    """Give a membership: organization ``n`` has the users that follow its owner."""
    row, organization_number = divmod(number, organizations)
    user_number = (organization_number + 1 + row) % users
    role = "admin" if row % 10 == 0 else "member"
    organization_id, user_id = id_of("organizations", organization_number), id_of("users", user_number)
    return (
        f'{{"organization_id":"{organization_id}","user_id":"{user_id}",'
        f'"role":"{role}","joined_at":"{_time(number)}"}}\n'
    )


def project(number: int, *, organizations: int) -> str:
    """Give a project."""
    features = '["beta.search","export"]' if number % 4 == 0 else "[]"
    return (
        f'{{"id":"{id_of("projects", number)}","organization_id":"{id_of("organizations", number % organizations)}",'
        f'"name":"Project {number}","description":"What project {number} is about, in a sentence or two.",'
        f'"visibility":"{"public" if number % 10 == 0 else "private"}","features":{features},'
        f'"created_at":"{_time(number)}","updated_at":"{_time(number)}"}}\n'
    )


def lines(kind: str, count: int, *, users: int = 1_000_000, organizations: int = 100_000) -> Iterator[str]:
    """Give the rows of a kind; ``users`` and ``organizations`` tell how many of these there are for the others."""
    make: dict[str, Callable[[int], str]] = {
        "users": user,
        "organizations": lambda number: organization(number, users=users),
        "members": lambda number: member(number, users=users, organizations=organizations),
        "projects": lambda number: project(number, organizations=organizations),
    }
    return map(make[kind], range(count))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["users", "organizations", "members", "projects"])
    parser.add_argument("count", type=int)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--organizations", type=int, default=100_000)
    given = parser.parse_args()
    for line in lines(given.kind, given.count, users=given.users, organizations=given.organizations):
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
