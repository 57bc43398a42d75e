"""Describes the machine, since a figure without one means nothing."""

import os
import platform
from pathlib import Path

from freehold.postgres.binaries import program_major, server_binaries


def describe() -> dict[str, str]:
    """Return what a reader needs in order to judge the figures."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores for database, servers and load together",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "PostgreSQL": f"{program_major(server_binaries().path('postgres'))}, durable, on a Unix socket",
        "Python": platform.python_version(),
        "load before": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
