"""Text in a spreadsheet: what a program would run as a formula is kept from running, and read back as it was.

A quotation mark before the text tells a spreadsheet that it is text, as OWASP advises against CSV injection. Text that
already stands behind such marks gets one more, so that reading is exact.
"""

from __future__ import annotations

import re
from typing import Final

_DANGEROUS: Final = re.compile(r"'*\s*[=+\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """Return text as it may stand in a cell: marked as text if a spreadsheet might take it for a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def plain(cell: str) -> str:
    """Return the text that was guarded."""
    return cell[1:] if cell.startswith("'") and _DANGEROUS.match(cell[1:]) else cell
