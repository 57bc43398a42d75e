"""Conditional requests (RFC 9110, 13): the ETag of an entity is its ``updated_at``, which strictly grows.

A proxy that compresses answers changes their ETag: nginx makes it weak, Apache adds ``-gzip``. The entity is the same,
and a change is made on the entity and not on bytes. So such a tag counts as the one that it was.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from freehold.base.errors import Stale
from freehold.web.problems import Malformed

MOST_TAGS: Final = 10
"""How many versions one If-Match may name: each may cost a try of the change."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_TAG = re.compile(rb'[ \t]*(?:(?:W/)?("[\x21\x23-\x7e\x80-\xff]*"))?[ \t]*(?:,|\Z)')
_COMPRESSED = re.compile(rb'"([0-9a-f]+)(?:-{1,2}|;|:)(?:gzip|br|zstd|deflate)"')
"""What proxies make of one of ours: Apache ``-gzip``, Jetty ``--gzip``, others ``;br`` or ``:zstd``."""


def etag(updated_at: datetime) -> bytes:
    """Return the strong ETag: microseconds since 1970 in hexadecimal, quoted."""
    return b'"%x"' % ((updated_at - _EPOCH) // _MICROSECOND)


def version_of(tag: bytes) -> datetime | None:
    """Return the ``updated_at`` that an ETag stands for; None for a tag that was never one of ours."""
    try:
        updated_at = _EPOCH + timedelta(microseconds=int(tag[1:-1], 16))
    except (ValueError, OverflowError):
        return None
    return updated_at if etag(updated_at) == tag else None


def versions_wanted(if_match: bytes | None) -> tuple[datetime | None, ...]:
    """Read If-Match: the versions that the change may be made on. ``(None,)`` is whichever there is.

    Raises:
        Malformed: it is no list of ETags, or one of more than 10.
        Stale: no tag in it can be a version.
    """
    if if_match is None or if_match.strip() == b"*":
        return (None,)
    tags = _read_tags(if_match)
    if not tags:
        raise Malformed('If-Match must be * or a list of quoted ETags, such as "5f3c2a1b0d4e7"')
    if len(tags) > MOST_TAGS:
        raise Malformed(f"If-Match must name at most {MOST_TAGS} ETags")
    versions = [version for tag in tags if (version := version_of(tag))]
    if not versions:
        raise Stale
    return tuple(dict.fromkeys(versions))


def is_known(if_none_match: bytes | None, tag: bytes) -> bool:
    """Say whether the caller has this version already. A header that cannot be read knows nothing."""
    if if_none_match is None:
        return False
    if if_none_match in {tag, b"*"}:
        return True
    return tag in _read_tags(if_none_match)


def _read_tags(header: bytes) -> list[bytes]:
    """Split a list of ETags into those that proxies made them of; nothing when it is not well-formed."""
    tags: list[bytes] = []
    position = 0
    while position < len(header):
        match = _TAG.match(header, position)
        if match is None:
            return []
        tag = match[1]
        if tag is not None:
            ours = _COMPRESSED.fullmatch(tag)
            tags.append(tag if ours is None else b'"%b"' % ours[1])
        position = match.end()
    return tags
