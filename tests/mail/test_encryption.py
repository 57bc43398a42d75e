"""What is sent over an encrypted connection, and to whom no password is given."""

import pytest
from tests.mail.conftest import Authority, OpenPlatform
from tests.mail.outbox import write
from tests.mail.post_office import PostOffice, open_post_office

from freehold.mail.jobs import deliver

LOGIN = "ada:p%40ss%3Aword@"


async def test_starttls_is_used_where_the_server_offers_it(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(tls_context=authority.server) as office:
        platform = await open_platform(office.settings(smtp_ca_file=authority.file))
        await write(platform)
        await deliver(platform.context)
        assert office.sessions[0].ssl is not None


async def test_tls_from_the_start(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(implicit_tls=authority.server) as office:
        platform = await open_platform(office.settings(scheme="smtps", smtp_ca_file=authority.file))
        await write(platform)
        await deliver(platform.context)
        assert len(office.letters) == 1


async def test_certificate_that_nobody_vouches_for_is_refused(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(tls_context=authority.server) as office:
        platform = await open_platform(office.settings())
        written = await write(platform)
        await deliver(platform.context)
        assert office.letters == []
        waiting = await platform.mail.get(written.id)
        assert waiting.failed_at is None
        assert "certificate" in str(waiting.last_error).lower()


@pytest.mark.parametrize("query", ["", "?starttls=required"])
async def test_server_without_starttls_gets_nothing(query: str, office: PostOffice, open_platform: OpenPlatform):
    platform = await open_platform(office.settings(query=query))
    written = await write(platform)
    await deliver(platform.context)
    assert office.letters == []
    assert (await platform.mail.get(written.id)).last_error is not None


async def test_server_is_signed_in_to(authority: Authority, open_platform: OpenPlatform):
    async with open_post_office(tls_context=authority.server, auth_required=True) as office:
        platform = await open_platform(office.settings(login=LOGIN, smtp_ca_file=authority.file))
        await write(platform)
        await deliver(platform.context)
        assert office.sessions[0].authenticated


async def test_wrong_password_keeps_the_mail_and_is_not_told(
    authority: Authority, open_platform: OpenPlatform, caplog: pytest.LogCaptureFixture
):
    async with open_post_office(tls_context=authority.server, auth_required=True) as office:
        platform = await open_platform(office.settings(login="ada:S3cr3tWord@", smtp_ca_file=authority.file))
        written = await write(platform)
        await deliver(platform.context)
        waiting = await platform.mail.get(written.id)
        assert waiting.failed_at is None
        assert "535" in str(waiting.last_error)
        assert "S3cr3tWord" not in f"{waiting.last_error}{caplog.text}"


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_password_is_never_sent_in_the_clear(open_platform: OpenPlatform):
    async with open_post_office(auth_required=True, auth_require_tls=False) as office:
        platform = await open_platform(office.settings(login=LOGIN))
        written = await write(platform)
        await deliver(platform.context)
        assert office.letters == []
        assert (await platform.mail.get(written.id)).last_error is not None
        allowed = await open_platform(office.settings(login=LOGIN, query="?starttls=off"))
        second = await write(allowed)
        await deliver(allowed.context)
        assert (await allowed.mail.get(second.id)).sent_at is not None
