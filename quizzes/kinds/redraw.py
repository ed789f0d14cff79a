"""Compare a variant as somebody saw it with the same variant drawn from a changed definition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from quizzes.kinds.contract import Json

MAY_CHANGE: Final = frozenset({"precision_note", "accepts"})
"""What a change may alter in a variant that was shown: how precisely to answer, and in which further units."""

LONGEST_QUOTATION: Final = 120


def looks_alike(shown: Json, redrawn: Json) -> bool:
    """Return whether a learner would see the same question, apart from MAY_CHANGE."""
    return next(differences(shown, redrawn), None) is None


def differences(shown: Json, redrawn: Json) -> Iterator[str]:
    """Yield, for each part of a variant that differs, what was shown and what would be; both as they are stored."""
    stored = json.loads(json.dumps(redrawn))
    for part in sorted((shown.keys() | stored.keys()) - MAY_CHANGE):
        before, after = _lasting(shown.get(part)), _lasting(stored.get(part))
        if before != after:
            yield f"{part.removesuffix('_html')}: shown was {_quoted(before)}, now it would be {_quoted(after)}"


def _lasting(value: object) -> object:
    """Return what may not change of options or parts, and anything else as it is."""
    if not isinstance(value, list):
        return value
    return [_without_what_may_change(each) if isinstance(each, dict) else each for each in value]


def _without_what_may_change(part: Json) -> Json:
    return {name: said for name, said in part.items() if name not in MAY_CHANGE}


def _quoted(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{text if len(text) <= LONGEST_QUOTATION else text[: LONGEST_QUOTATION - 1] + '…'}”"
