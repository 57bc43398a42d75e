"""How many servers an installation needs: never fewer for more use, and the page says what the program says."""

import pytest
from bench.growth import PAGE, Use, need
from hypothesis import given
from hypothesis import strategies as st
from tests.contract.renewal import REPOSITORY, compare

from bench import growth

COST = growth.costs()
MORE = ("users", "requests", "peak", "sign_ins", "projects")


@pytest.mark.renews
def test_page_has_the_table_that_the_program_computes():
    path = REPOSITORY / PAGE
    compare(path, growth.in_page(path.read_text("utf-8")))


def test_page_without_a_place_for_it_is_refused():
    with pytest.raises(SystemExit, match="growth: begin"):
        growth.in_page("# Nothing\n")


def test_few_users_need_one_server():
    found = need(Use(users=1000), COST)
    assert (found.database, found.api_nodes, found.limits) == ("1 server", 2, ())


def test_reads_go_to_replicas_before_tables_are_spread():
    found = need(Use(users=100_000_000, requests=40, writes=0.01), COST)
    assert found.database.startswith("1 primary, ")
    assert found.workers == 0


def test_data_beyond_one_server_is_spread_and_each_worker_holds_its_part():
    found = need(Use(users=10_000_000, requests=1, projects=10_000), COST)
    assert found.replicas == 0
    assert found.workers * Use().terabytes * 1000 >= found.gigabytes > Use().terabytes * 1000


def test_limits_that_more_servers_do_not_help_are_named():
    found = need(Use(users=1_000_000_000, requests=100), COST)
    assert [each.split(" (")[0] for each in found.limits] == ["the coordinator", "directory writes"]
    assert need(Use(users=1_000_000_000, requests=100, directory=0), COST).limits == found.limits[:1]


@given(
    st.builds(
        lambda users, requests, writes: Use(users=users, requests=requests, writes=writes),
        st.integers(1, 10**9),
        st.floats(0, 1000),
        st.floats(0, 1),
    ),
    st.sampled_from(MORE),
    st.floats(1, 100),
)
def test_more_of_anything_never_needs_less(use: Use, what: str, times: float):
    grown = use._replace(**{what: type(getattr(use, what))(getattr(use, what) * times)})
    before, after = need(use, COST), need(grown, COST)
    assert after.api_nodes >= before.api_nodes
    assert after.directory_writes >= before.directory_writes
    assert after.workers >= before.workers
    assert len(after.limits) >= len(before.limits)
    assert after.workers or after.replicas >= before.replicas


def test_options_are_taken_and_printed(capsys: pytest.CaptureFixture[str]):
    growth.main(["--users", "5000", "--requests", "7", "--peak", "9", "--writes", "0.25"])
    printed = capsys.readouterr().out
    assert "| 5,000 | 7 |" in printed
    assert "9 times the average" in printed
    assert "25% of the requests write" in printed


@pytest.mark.parametrize(
    "given",
    [
        ("--users", "many"),
        ("--users", "-1"),
        ("--writes", "2"),
        ("--busy", "0"),
        ("--api-cores", "0"),
        ("--peak", "nan"),
    ],
)
def test_what_cannot_be_is_refused(given: tuple[str, str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        growth.main(list(given))
    assert given[0] in capsys.readouterr().err
