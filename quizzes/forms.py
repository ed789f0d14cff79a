"""What a question's form sends, read without judging it: the kinds and the services do that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Any, Final
from uuid import UUID

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from quizzes.errors import StaleVariant
from quizzes.kinds import AnswerField
from quizzes.kinds.editing import REMOVED, FieldGroup
from quizzes.services import ShownVariant

LARGEST_SEQUENCE: Final = 2**31 - 1
LONGEST_FIELD: Final = 20_000
"""Characters of a definition's field that are shown again; no field may have as many."""


@dataclass(frozen=True, slots=True)
class SentForm:
    """A question's form as it came: which variant it showed, what was typed or ticked, and where to return to."""

    variant: str
    idempotency_key: str
    answer: dict[str, Any]
    confidence: str
    sequence: int
    return_to: str

    @property
    def variant_id(self) -> UUID | None:
        """The stored variant that the form showed, None where it showed a preview or names none."""
        try:
            return self.shown.variant_id
        except StaleVariant:
            return None

    @property
    def shown(self) -> ShownVariant:
        """Return which variant the form showed; raises StaleVariant where it names none."""
        whose, _, identity = self.variant.rpartition(":")
        try:
            pk = UUID(identity)
        except ValueError:
            raise StaleVariant from None
        if whose in {"visitor", "own"}:
            return ShownVariant(version_id=pk, for_visitor=whose == "visitor")
        return ShownVariant(variant_id=pk)


def sent_form(post: QueryDict | MultiValueDict[str, str]) -> SentForm:
    """Return what a form sent; what is absent is empty."""
    sequence = post.get("sequence") or ""
    is_number = sequence.isascii() and sequence.isdigit() and len(sequence) <= len(str(LARGEST_SEQUENCE))
    return SentForm(
        variant=post.get("variant") or "",
        idempotency_key=post.get("idempotency_key") or "",
        answer={str(field): _READERS[field](post) for field in AnswerField},
        confidence=post.get("confidence") or "",
        sequence=min(int(sequence), LARGEST_SEQUENCE) if is_number else 0,
        return_to=post.get("next") or "",
    )


def _parts(post: QueryDict | MultiValueDict[str, str]) -> dict[str, str]:
    """Return what came for each part: one look for each letter, however many fields were sent."""
    names = {letter: f"{AnswerField.PARTS}.{letter}" for letter in ascii_lowercase}
    return {letter: post.get(name) or "" for letter, name in names.items() if name in post}


_READERS: Final[Mapping[AnswerField, Callable[[QueryDict | MultiValueDict[str, str]], Any]]] = {
    AnswerField.TEXT: lambda post: post.get(AnswerField.TEXT) or "",
    AnswerField.CHOICE: lambda post: post.get(AnswerField.CHOICE) or "",
    AnswerField.CHOICES: lambda post: post.getlist(AnswerField.CHOICES),
    AnswerField.PARTS: _parts,
}
"""How each field that a kind's answer may have is read; the values are passed on as they came, whatever their size."""


def page_number(given: str) -> int:
    """Return the page asked for; the first where nothing sensible was."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 6 else 1


def sent_corrections(groups: Iterable[FieldGroup], sent: Mapping[str, str]) -> tuple[FieldGroup, ...]:
    """Return the fields of a correction's form as they were filled in, so that nothing typed is lost."""
    return tuple(
        replace(
            group,
            fields=tuple(
                replace(field, is_ticked=field.path in sent, value=sent.get(field.path, field.value)[:LONGEST_FIELD])
                for field in group.fields
            ),
            is_removed=f"{REMOVED}.{group.path}" in sent,
        )
        for group in groups
    )
