"""Each page of the console shows the API calls that do the same: a route answers each, and both forms of it run."""

import ast
import html
import json
import re
import shlex
from urllib.parse import parse_qsl, urlsplit

import click
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mail.letters import letters_to

from freehold import (
    NewApiKey,
    NewCustomRole,
    NewInvitation,
    NewOrganization,
    NewProject,
    NewRole,
    NewWebhookEndpoint,
    PageRequest,
    Platform,
)
from freehold.access import Action
from freehold.base.validation import parse
from freehold.cli.program import program
from freehold.console.pages import CONSOLE
from freehold.console.platform_database import platform_database
from freehold.console.platform_growth import platform_growth
from freehold.console.platform_mail import platform_mail
from freehold.pages.calls import Call
from freehold.serve.application import ENDPOINTS
from freehold.web.tree import Tree

from .conftest import Enter

WITHOUT_CALLS = {
    page.path for pages in (platform_mail, platform_database, platform_growth) for page in pages.by_path.values()
}
"""They show a command: the API has nothing for them."""
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)


def parse_command(words: list[str]) -> None:
    """Read the words as the program does, without running anything."""
    words = [word for word in words if "=" not in word]
    assert words.pop(0) == "freehold"
    command: click.Command = program
    parent = None
    while isinstance(command, click.Group):
        name = words.pop(0)
        found = command.get_command(click.Context(command, parent, name), name)
        assert found is not None, name
        command = found
    command.make_context(command.name, words)


@given(name=TEXTS)
def test_any_text_is_sent_as_it_is_by_either_form(name: str):
    call = Call("Create", "POST", "/v1/organizations", {"name": name})
    words = shlex.split(call.curl("https://acme.example").replace("\\\n", ""))
    assert json.loads(words[words.index("-d") + 1]) == {"name": name}
    assert "https://acme.example/v1/organizations" in words
    tree = ast.parse(call.python("https://acme.example"))
    assert {"name": name} in [
        ast.literal_eval(each) for each in ast.walk(tree) if isinstance(each, ast.Dict) and len(each.keys) == 1
    ]


def endpoints() -> Tree[dict[str, object]]:
    tree = Tree[dict[str, object]]()
    for endpoint in ENDPOINTS:
        place = tree.at(endpoint.path)
        place.value = {**(place.value or {}), endpoint.method: endpoint}
    return tree


@pytest.mark.parametrize("role", ["root", "owner", "admin", "member"])
async def test_each_call_is_one_that_a_route_answers(
    ada: httpx.AsyncClient, enter: Enter, platform: Platform, role: str
):
    """Those that read are sent, too: a page shows no call that its reader may not make."""
    grace = await enter("grace")
    user = await platform.users.find("grace")
    await platform.organizations.members.put("acme", user.id, NewRole(role="member" if role == "member" else "admin"))
    await enter("mary")
    mary = await platform.users.find("mary")
    await platform.organizations.members.put("acme", mary.id, NewRole())
    await platform.organizations.invitations.create("acme", NewInvitation(email="lise@example.com"))
    await platform.organizations.roles.create("acme", NewCustomRole(name="tester", actions=(Action.PROJECT_READ,)))
    await platform.organizations.api_keys.create("acme", NewApiKey(name="deploy"))
    hook = NewWebhookEndpoint(url="https://hooks.acme.example/in", events=("*",))
    own = await platform.organizations.webhooks.create("acme", hook)
    of_platform = await platform.webhooks.create(hook)
    project = await platform.projects.create("acme", NewProject(name="Rocket"))
    newest = PageRequest(limit=1)
    (delivery,) = (await platform.organizations.webhooks.list_deliveries("acme", own.id, newest)).data
    (delivery_of_platform,) = (await platform.webhooks.list_deliveries(of_platform.id, newest)).data
    await platform.acting_as(user.id).organizations.create(NewOrganization(name="Own"))
    if role == "root":
        await platform.users.grant_admin((await platform.users.find("ada")).id)
    mail = (await letters_to(platform, "grace@example.com"))[0]
    browser = ada if role in {"root", "owner"} else grace
    names = {
        "organization": "acme",
        "project": str(project.id),
        "role": "tester",
        "user": str(user.id),
        "mail": str(mail.id),
        "endpoint": str(own.id),
        "delivery": str(delivery.id),
    }
    at_platform = {**names, "endpoint": str(of_platform.id), "delivery": str(delivery_of_platform.id)}
    tree, pages_with_calls = endpoints(), 0
    for page in (page for pages in CONSOLE for page in pages.by_path.values()):
        ids = at_platform if page.path.startswith("/platform/") else names
        address = re.sub(r"\{(\w+)\}", lambda found, ids=ids: ids[found[1]], page.path)  # type: ignore[misc]
        answer = await browser.get(address)
        assert (answer.status_code == 403) == (
            page.path.startswith("/platform/") and role != "root"
        ) or role == "member"
        if answer.status_code == 403 or page.path == "/first-steps":
            continue
        assert answer.status_code == 200, page.path
        assert len(answer.content) < 50_000, page.path
        curls = [html.unescape(each) for each in re.findall(r", with curl\">([^<]+)</pre>", answer.text)]
        pages_with_calls += bool(curls)
        assert curls or page.path in WITHOUT_CALLS, page.path
        for command in re.findall(r"command that does the same\">([^<]+)</pre>", answer.text):
            parse_command(shlex.split(command))
        for curl in curls:
            words = shlex.split(curl.replace("\\\n", ""))
            method = words[words.index("-X") + 1] if "-X" in words else "GET"
            url = urlsplit(next(word for word in words if word.startswith("http://test/")))
            found = tree.find(url.path)
            assert found is not None, curl
            endpoint = found[0].get(method)
            assert endpoint is not None, curl
            if "-d" in words and "..." not in curl:
                parse(endpoint.body, json.loads(words[words.index("-d") + 1]))  # type: ignore[attr-defined]
            if method == "GET":
                sent = await browser.get(url.path, params=dict(parse_qsl(url.query)))
                assert sent.status_code == 200, curl
    assert pages_with_calls > (8 if role == "member" else 14)
