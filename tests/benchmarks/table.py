"""Print what a benchmark measured as rows of one table."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path


def machine() -> str:
    """Return what the figures were measured on."""
    information = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line.split(":", 1)[1].strip() for line in information.splitlines() if line.startswith("model name")]
    return f"{len(names)} × {names[0] if names else platform.machine()}, Python {platform.python_version()}"


def show(title: str, rows: Sequence[tuple[str, str]]) -> None:
    """Print a title and its rows."""
    width = max(len(name) for name, _ in rows)
    sys.stdout.write(f"\n{title} ({machine()})\n")
    for name, value in rows:
        sys.stdout.write(f"  {name:<{width}}  {value}\n")


def quantile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank quantile."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(share * 1000) * len(ordered) // 1000) - 1)]
