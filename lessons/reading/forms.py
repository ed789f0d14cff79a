"""What pages and the API of this room read from a request."""

from __future__ import annotations

import re

PAGE_NUMBER = re.compile(r"[0-9]{1,6}")


def page_number(given: str) -> int:
    """Return the page asked for; the first where nothing sensible was."""
    return int(given) if PAGE_NUMBER.fullmatch(given) else 1
