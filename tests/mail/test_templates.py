"""What mails say, and how somebody else's words replace them."""

import re
from pathlib import Path

import pytest

from freehold import Platform, Settings
from freehold.base.settings import SettingError
from freehold.mail.templates import EVERYWHERE, SUFFIXES, WORDS, Mail, load

VALUES = {"username": "ada", "public_url": "https://acme.example", "reset_link": "https://acme.example/reset"}


@pytest.mark.parametrize("name", sorted(load(None).names))
def test_every_mail_names_the_same_values_in_text_and_html(name: str):
    """The link and who it is for must be in both; a reader sees only one of the two."""
    _, text, page = load(None).mail(name)
    assert set(text.get_identifiers()) == set(page.get_identifiers())


def test_values_cannot_become_markup():
    rendered = load(None).render("password_changed", {**VALUES, "username": '<script>"&'})
    assert "<script>" not in rendered.html
    assert "&lt;script&gt;&quot;&amp;" in rendered.html
    assert '<script>"&' in rendered.text


def test_subject_is_one_line(tmp_path: Path):
    (tmp_path / "password_changed.subject.txt").write_text("Hello $username\n", "utf-8")
    rendered = load(tmp_path).render("password_changed", {**VALUES, "username": "a\r\nBcc: b" + "x" * 300})
    assert rendered.subject.startswith("Hello a Bcc: bxxx")
    assert len(rendered.subject) == 255


def test_value_that_is_not_given_is_a_fault_of_the_code():
    with pytest.raises(LookupError):
        load(None).render("password_changed", {"username": "ada"})


def test_single_file_is_replaced(tmp_path: Path):
    (tmp_path / "password_changed.txt").write_text("Hallo $username, das kostet 5 $$.\n", "utf-8")
    rendered, original = (
        load(tmp_path).render("password_changed", VALUES),
        load(None).render("password_changed", VALUES),
    )
    assert rendered.text == "Hallo ada, das kostet 5 $.\n"
    assert (rendered.subject, rendered.html) == (original.subject, original.html)


def test_file_may_name_what_another_file_of_the_mail_names(tmp_path: Path):
    (tmp_path / "verify_email.subject.txt").write_text("$username, confirm $email at $public_url", "utf-8")
    load(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "password_changed.txt",
            "Hello $user",
            r"'password_changed\.txt' names \$user, .* it has: \$public_url, \$reset_link, \$username",
        ),
        ("password_changed.html", "<p>$token</p>", r"names \$token"),
        ("password_changed.txt", "That is 5 $ a month", r"write '\$\$'"),
        ("pasword_changed.txt", "Hello", r"'pasword_changed\.txt' replaces none"),
        ("password_changed.subject.html", "Hello", "replaces none"),
    ],
)
async def test_wrong_file_is_told_when_the_platform_opens(
    file: str, text: str, said: str, tmp_path: Path, database_url: str
):
    (tmp_path / file).write_text(text, "utf-8")
    with pytest.raises(SettingError, match=said):
        async with Platform.open(database_url, settings=Settings(mail_templates=tmp_path)):
            pass


def test_folder_that_cannot_be_read_is_told(tmp_path: Path):
    (tmp_path / "latin").mkdir()
    (tmp_path / "latin" / "password_changed.txt").write_bytes(b"Gr\xfc\xdfe")
    for folder in (tmp_path / "none", tmp_path / "latin"):
        with pytest.raises(SettingError, match="FREEHOLD_MAIL_TEMPLATES"):
            load(folder)


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path):
    (tmp_path / "README.md").write_text("Our mails.", "utf-8")
    load(tmp_path)


def test_every_mail_has_three_files():
    folder = Path(load.__wrapped__.__code__.co_filename).parent / "templates"
    for place in folder.iterdir():
        assert {path.name for path in place.iterdir()} == {
            WORDS,
            *(name + suffix for name in load(None).names for suffix in SUFFIXES),
        }


@pytest.mark.parametrize("name", sorted(load(None).names))
@pytest.mark.parametrize("locale", sorted(load(None).locales))
def test_every_language_names_the_same_values(name: str, locale: str):
    def values(mail: Mail) -> list[set[str]]:
        return [set(part.get_identifiers()) for part in mail]

    subject, text, page = values(load(None).mail(name, locale))
    english = values(load(None).mail(name))
    assert (text, page) == (english[1], english[2])
    assert subject <= text


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        (None, "Your password was changed"),
        ("en-GB", "Your password was changed"),
        ("de", "Dein Passwort wurde geändert"),
        ("de-AT", "Dein Passwort wurde geändert"),
        ("fr", "Your password was changed"),
        ("", "Your password was changed"),
    ],
)
def test_mail_is_in_the_language_of_its_reader_or_else_in_english(locale: str | None, subject: str):
    assert load(None).render("password_changed", VALUES, locale).subject == subject


def test_own_file_replaces_every_language_but_those_that_have_one_there(tmp_path: Path):
    write(tmp_path / "password_changed.subject.txt", "Everywhere")
    write(tmp_path / "de" / "password_changed.txt", "Hallo $username")
    for suffix, text in zip(SUFFIXES, ("Grüezi", "Hoi $username", "Hoi $username"), strict=True):
        write(tmp_path / "de-CH" / f"password_changed{suffix}", text)
    templates = load(tmp_path)
    rendered = {tag: templates.render("password_changed", VALUES, tag) for tag in ("en", "de", "de-CH", "fr")}
    assert [rendered[tag].subject for tag in ("en", "de", "fr")] == ["Everywhere"] * 3
    assert rendered["de"].text == "Hallo ada"
    assert (rendered["de-CH"].subject, rendered["de-CH"].text) == ("Grüezi", "Hoi ada")
    assert rendered["fr"].text.startswith("Hello ada")


def test_language_of_ones_own_needs_whole_mails_and_leaves_the_others_to_english(tmp_path: Path):
    write(tmp_path / "fr" / "password_changed.subject.txt", "Nouveau mot de passe")
    with pytest.raises(SettingError, match=r"'fr' has no 'password_changed\.txt'"):
        load(tmp_path)
    load.cache_clear()
    for suffix in SUFFIXES[1:]:
        write(tmp_path / "fr" / f"password_changed{suffix}", "Bonjour $username")
    templates = load(tmp_path)
    assert templates.render("password_changed", VALUES, "fr-CA").text == "Bonjour ada"
    assert templates.render("user_deleted", VALUES, "fr").subject == "Your account was deleted"


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8")


def test_reference_names_every_mail_and_its_values():
    page = (Path(__file__).parents[2] / "docs" / "reference" / "mail.md").read_text("utf-8")
    rows = re.findall(r"^\| `(\w+)` \|.*\|(.*)\|$", page, re.MULTILINE)
    documented = {name: set(re.findall(r"\$(\w+)", values)) for name, values in rows}
    templates = load(None)
    real = {
        name: set().union(*(part.get_identifiers() for part in templates.mail(name))) - EVERYWHERE
        for name in templates.names
    }
    assert documented == real


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("name", sorted(load(None).names))
def test_paragraph_of_a_link_that_leads_nowhere_is_left_out(name: str, locale: str):
    mail = load(None)
    names = {each for part in mail.mail(name, locale) for each in part.get_identifiers()}
    values = dict.fromkeys(names, "x") | {"reset_link": "", "link": ""}
    _, text, page = mail.render(name, values, locale)
    assert "ink:" not in text
    assert "<a" not in page
    linked = mail.render(name, values | {"reset_link": "https://a.example/r", "link": "https://a.example/l"}, locale)
    assert ("https://" in linked.text) is bool(names & {"link", "reset_link"})


def test_rule_about_links_holds_for_templates_of_ones_own(tmp_path: Path):
    (tmp_path / "password_changed.txt").write_text("Hallo $username,\n\nhier:\n${reset_link}\n\nGruss\n", "utf-8")
    assert load(tmp_path).render("password_changed", VALUES | {"reset_link": ""}).text == "Hallo ada,\n\nGruss\n"
