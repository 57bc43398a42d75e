"""A port is free or the reason is one line, before anything is started."""

import socket

import pytest

from freehold.serve.port import Port, PortRefused


def test_a_port_in_use_is_named_with_the_option_to_change() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, pytest.raises(PortRefused) as refused:
        Port("127.0.0.1", other.getsockname()[1])
    assert "in use" in refused.value.detail
    assert "--port" in refused.value.detail
    assert "\n" not in refused.value.detail


def test_a_port_in_use_is_found_also_where_others_may_share_it() -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as other, pytest.raises(PortRefused):
        Port("127.0.0.1", other.getsockname()[1])


def test_any_free_port_is_told() -> None:
    with Port("127.0.0.1", 0) as port:
        assert port.number > 0
        assert port.url == f"http://127.0.0.1:{port.number}"


def test_a_claimed_port_is_refused_to_the_next_and_free_afterwards() -> None:
    with Port("127.0.0.1", 0) as port, pytest.raises(PortRefused):
        Port("127.0.0.1", port.number)
    Port("127.0.0.1", port.number).close()


def test_a_claimed_port_can_be_listened_on_by_workers() -> None:
    with Port("127.0.0.1", 0) as port, socket.create_server((port.host, port.number), reuse_port=True):
        socket.create_connection((port.host, port.number), timeout=5).close()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_a_foreign_address_is_named_with_the_option_to_change(host: str) -> None:
    with pytest.raises(PortRefused, match="--host"):
        Port(host, 0)


def test_an_address_that_means_all_is_reached_by_the_own_one() -> None:
    with Port("0.0.0.0", 0) as port:  # noqa: S104 - what is tested
        assert port.url == f"http://127.0.0.1:{port.number}"


def test_a_name_is_resolved() -> None:
    with Port("localhost", 0) as port:
        assert port.host in {"127.0.0.1", "::1"}
