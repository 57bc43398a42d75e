"""Whose address a request has, and what counts as one caller."""

import pytest

from freehold.base.addresses import Proxies, network_of


@pytest.mark.parametrize(
    ("trusted", "peer", "header", "caller"),
    [
        ("", "10.0.0.1", "203.0.113.1", "10.0.0.1"),
        ("0", "10.0.0.1", "203.0.113.1", "10.0.0.1"),
        ("1", "10.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("1", "10.0.0.1", "1.1.1.1, 203.0.113.1", "203.0.113.1"),
        ("2", "10.0.0.1", "1.1.1.1, 203.0.113.1, 10.0.0.2", "203.0.113.1"),
        ("2", "10.0.0.1", "203.0.113.1", "203.0.113.1"),
        ("1", "10.0.0.1", "", "10.0.0.1"),
        ("1", "10.0.0.1", " , ,", "10.0.0.1"),
        ("1", "10.0.0.1", "rubbish", "10.0.0.1"),
        ("1", "10.0.0.1", "203.0.113.1:4711", "203.0.113.1"),
        ("1", "10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("1", None, "203.0.113.1", "203.0.113.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.1", "203.0.113.1"),
        ("10.0.0.0/8", "10.0.0.1", "1.1.1.1, 203.0.113.1, 10.0.0.2", "203.0.113.1"),
        ("10.0.0.0/8", "192.0.2.1", "203.0.113.1", "192.0.2.1"),
        ("10.0.0.0/8, ::1", "::1", "203.0.113.1", "203.0.113.1"),
        ("10.0.0.0/8", "10.0.0.1", "203.0.113.1, rubbish", "10.0.0.1"),
    ],
)
def test_caller_is_whom_the_trusted_proxies_name(trusted: str, peer: str | None, header: str, caller: str):
    assert Proxies(trusted).caller(peer, header) == caller


@pytest.mark.parametrize("text", ["none", "10.0.0.0/99", "11", "10.0.0.1;10.0.0.2"])
def test_proxies_that_cannot_be_read_are_refused(text: str):
    with pytest.raises(ValueError, match="must be"):
        Proxies(text)


def test_ipv6_counts_by_network():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff") == "2001:db8::/64"
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
