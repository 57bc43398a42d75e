"""Checks of what stands around the database: backups, disks, mail, proxies."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from freehold.base.settings import SettingError
from freehold.doctor import queries
from freehold.doctor.examination import LOCAL, Check, Patient, finding
from freehold.doctor.types import Finding
from freehold.migrate import backup as backups
from freehold.passwords.breached import RANGES, SAMPLES, open_breached, ranges_in

OLD_BACKUP, OLD_PROOF = timedelta(hours=26), timedelta(days=31)
"""A day and some slack for a nightly backup; a proof by restoring each month."""
OLD_BREACHES = timedelta(days=400)
"""Breaches go on; a year and some slack for a yearly download."""
FULL, NEARLY_FULL = 0.02, 0.10
"""The free part of a disk."""


async def stored_backups(patient: Patient) -> AsyncIterator[Finding]:
    """There is a fresh backup, and one that was proved by restoring it."""
    found = backups.backups_in(patient.settings.backups_dir)
    folder = patient.settings.backups_dir
    if not found:
        yield finding(
            stored_backups,
            "warning",
            f"There is no backup in {folder}",
            "Run 'freehold backup create' each night, and keep a copy on another machine; ignore this where another "
            "tool backs up the server.",
        )
        return
    now = datetime.now(UTC)
    age = now - found[-1].manifest.created_at
    if age > OLD_BACKUP:
        yield finding(
            stored_backups,
            "warning",
            f"The newest backup, {found[-1].folder.name}, is {_span(age)} old",
            "Run 'freehold backup create' each night.",
        )
    proved = max((at for each in found if (at := backups.proved_at(each)) is not None), default=None)
    if proved is None or now - proved > OLD_PROOF:
        since = "No backup was ever" if proved is None else f"For {_span(now - proved)} no backup was"
        yield finding(
            stored_backups,
            "warning",
            f"{since} proved by restoring it",
            f"Run 'freehold backup verify --restore {found[-1].folder.name}'.",
        )


async def disk(patient: Patient) -> AsyncIterator[Finding]:
    """There is room on this machine's disks for what Freehold writes."""
    places = [patient.settings.backups_dir, *([patient.settings.data_dir] if patient.is_embedded else [])]
    for place in places:
        there = next(path for path in (place.absolute(), *place.absolute().parents) if path.exists())
        usage = shutil.disk_usage(there)
        free = usage.free / usage.total
        if free < NEARLY_FULL:
            yield finding(
                disk,
                "error" if free < FULL else "warning",
                f"The disk below {place} is nearly full: {usage.free >> 20} MiB are free",
                "Make room, or move the folder to a larger disk; 'freehold backup prune' removes old backups.",
            )


async def mail(patient: Patient) -> AsyncIterator[Finding]:
    """Mails are delivered."""
    outbox = await queries.outbox(patient.db)
    if patient.settings.smtp_url is None:
        yield finding(
            mail,
            "warning",
            "No SMTP server is set: mails are kept here, and nobody gets them",
            "Set FREEHOLD_SMTP_URL and FREEHOLD_MAIL_FROM.",
        )
    if outbox.given_up:
        yield finding(
            mail,
            "warning",
            f"{outbox.given_up} mails were given up",
            "Run 'freehold mail list' for the reason of each; the people ask for a new mail themselves.",
        )
    if outbox.overdue:
        yield finding(
            mail,
            "error",
            f"{outbox.overdue} mails have been waiting for more than an hour",
            "Check that 'freehold serve' runs and reaches the SMTP server: 'freehold mail list' shows the last error.",
        )


async def proxies(patient: Patient) -> AsyncIterator[Finding]:
    """Addresses and links are those that people have."""
    settings = patient.settings
    public = urlsplit(settings.base_url)
    is_far = (public.hostname or "") not in LOCAL
    if is_far and public.scheme != "https":
        yield finding(
            proxies,
            "error",
            f"People reach the platform by {settings.base_url}: passwords and tokens pass in the clear",
            "Put a proxy with TLS in front, and set FREEHOLD_PUBLIC_URL to its https:// address.",
        )
    if is_far and settings.host in LOCAL and not settings.trusted_proxies:
        yield finding(
            proxies,
            "error",
            "A proxy is in front, but none is trusted: all people count as one address, and share its limits",
            "Set FREEHOLD_TRUSTED_PROXIES to the number of proxies in front (1), or to their addresses.",
        )
    if settings.trusted_proxies and settings.host not in LOCAL and settings.trusted_proxies.strip().isdigit():
        yield finding(
            proxies,
            "warning",
            f"Anybody who reaches {settings.host}:{settings.port} past the proxy can claim any address",
            "Listen on 127.0.0.1, or name the proxies' addresses in FREEHOLD_TRUSTED_PROXIES.",
        )


async def new_passwords(patient: Patient) -> AsyncIterator[Finding]:
    """New passwords are compared with those that came out in data breaches."""
    settings = patient.settings
    path = settings.breached_passwords
    if path is None:
        alone = settings.password_rules == "length"  # noqa: S105 - the name of rules
        yield finding(
            new_passwords,
            "warning" if alone else "note",
            "New passwords need length alone, and breached ones are not refused"
            if alone
            else "New passwords are compared with the most common ones, and not with breached ones",
            "Set FREEHOLD_BREACHED_PASSWORDS to a file of breached passwords: see the page 'Decide which passwords'.",
        )
        return
    try:
        age, lacking = await asyncio.to_thread(_breaches, path)
    except SettingError as error:
        yield finding(new_passwords, "error", str(error), "Put it right: the server does not start with it.")
        return
    if lacking:
        yield finding(
            new_passwords,
            "warning",
            f"The folder of breached passwords lacks {lacking:,} of {RANGES:,} ranges, in which none is refused",
            f"Download them all to {path}.",
        )
    yield finding(
        new_passwords,
        "warning" if age > OLD_BREACHES else "note",
        f"New passwords are compared with breached ones, which are {_span(age)} old: {path}",
        "Download them again about once a year, and restart the server.",
    )


def _breaches(path: Path) -> tuple[timedelta, int]:
    """Return how old a file or folder of breached passwords is, and how many ranges it lacks.

    Raises:
        SettingError: it cannot be used.
    """
    open_breached(path)
    ranges = list(islice(ranges_in(path), 2 * RANGES)) if path.is_dir() else []
    newest = max(each.stat().st_mtime for each in ranges[:SAMPLES] or [path])
    lacking = RANGES - len({each.name[:5].upper() for each in ranges}) if ranges else 0
    return datetime.now(UTC) - datetime.fromtimestamp(newest, UTC), lacking


def _span(time: timedelta) -> str:
    return f"{time.days} days" if time.days > 1 else f"{int(time.total_seconds() // 3600)} hours"


CHECKS: Final[tuple[Check, ...]] = (stored_backups, disk, mail, proxies, new_passwords)
