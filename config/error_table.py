"""Status and code of every error class that the apps define."""

from __future__ import annotations

STATUSES: dict[type[BaseException], tuple[int, str]] = {}
