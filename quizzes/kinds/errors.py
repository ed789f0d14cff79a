"""What can be wrong with a question or with what somebody answered."""

from __future__ import annotations

from collections.abc import Iterable


class InvalidQuestion(ValueError):
    """Lists every fault of a question's definition as (path within it, message)."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{path}: {message}" if path else message for path, message in self.faults))


class MalformedAnswer(ValueError):
    """Says why what was typed or ticked is no answer to this question; it costs no try."""
