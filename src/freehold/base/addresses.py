"""Addresses of callers: what counts as one caller, and who is behind a proxy."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_IPV6_PREFIX: Final = 64
"""One household or one server has at least this much, so counting single addresses would count nothing."""
_LARGEST_COUNT: Final = 10


@lru_cache(maxsize=4096)
def network_of(address: str) -> str:
    """Tell what an address is counted as: itself, or its /64 for IPv6."""
    parsed = ip_address(address)
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, _IPV6_PREFIX), strict=False))


@lru_cache(maxsize=1024)
def origin_of(url: str) -> str:
    """Return the origin of a URL as browsers write it: lowercase, without a port that goes without saying."""
    parts = urlsplit(url.strip())
    host = parts.netloc.lower().removesuffix(_DEFAULT_PORTS.get(parts.scheme, ""))
    return f"{parts.scheme}://{host if host.isascii() else host.encode('idna').decode('ascii')}"


def is_from(url: str, origins: Collection[str]) -> bool:
    """Say whether a URL is of one of some origins; one that cannot be read is of none."""
    try:
        return origin_of(url) in origins
    except ValueError:  # of brackets that hold no address, or a name that IDNA has no spelling for
        return False


Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_UNICAST_IPV6: Final = IPv6Network("2000::/3")
"""All that IPv6 has given out to the public; everything else is of a link, a site, a machine, or of the future."""
_NOT_PUBLIC: Final[tuple[Network, ...]] = tuple(
    ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3"),
        # Of 2000::/3: of protocols (Teredo among them), documentation, and IPv4 in disguise (6to4).
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
"""What the registries of IANA keep for special purposes: RFC 6890 and those after it."""


def is_public(address: Address) -> bool:
    """Say whether an address is one of the public Internet, and so of nobody's own machines or networks."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address not in _UNICAST_IPV6:
            return False
    return not any(address in network for network in _NOT_PUBLIC if network.version == address.version)


def networks_of(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, separated by commas.

    Raises:
        ValueError: one is neither.
    """
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


class Proxies:
    """Which of the addresses that a request went through is the caller's.

    Args:
        text: how many proxies of yours are in front (``1``), or their addresses and networks (``10.0.0.0/8, ::1``);
            empty: none, and ``X-Forwarded-For`` is not believed, since anybody can send it.

    Raises:
        ValueError: with a sentence that says what would be accepted.
    """

    def __init__(self, text: str = "") -> None:
        self._count = int(text) if text.strip().isdecimal() else 0
        parts = [] if self._count or text.strip() == "0" else [part.strip() for part in text.split(",") if part.strip()]
        try:
            self._networks: Sequence[IPv4Network | IPv6Network] = [ip_network(part, strict=False) for part in parts]
        except ValueError:
            raise ValueError("must be a number of proxies, or their networks, separated by commas") from None
        if self._count > _LARGEST_COUNT:
            raise ValueError(f"must be at most {_LARGEST_COUNT} proxies")

    def caller(self, peer: str | None, forwarded_for: str | None) -> str | None:
        """Return the caller's address, given that of the connection and the header as the proxies made it.

        Each proxy adds at the end of the header whom it was asked by. So the header is read from the end, as far as
        proxies of yours have written it; what is before that, the caller has made up.
        """
        if not forwarded_for or not (self._count or self._networks):
            return peer
        hops = [hop for part in reversed(forwarded_for.split(",")) if (hop := part.strip())]
        if self._count:
            found = _parsed(hops[min(self._count, len(hops)) - 1]) if hops else None
            return found or peer
        for hop in hops:
            if peer is not None and not self._is_proxy(peer):
                break
            address = _parsed(hop)
            if address is None:
                break
            peer = address
        return peer

    def _is_proxy(self, address: str) -> bool:
        return any(ip_address(address) in network for network in self._networks)


def _parsed(text: str) -> str | None:
    """Read an address, which some proxies write with a port."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None
