"""Short text: a term or a few words, compared by their letters and digits alone.

Case, spaces, punctuation, accents and a leading article make no difference; symbols such as < and + do. An answer that
misses one that counts by a slip of the keyboard, and is none of the known wrong ones, is handed back with a hint and
costs no try; it is never counted as right, because one letter is all that tells some terms apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from fractions import Fraction
from random import Random
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from quizzes.kinds import parts
from quizzes.kinds.contract import LONGEST_ANSWER, AnswerField, Examples, Graded, Json, Kind, Outcome
from quizzes.kinds.definition import Body, Definition, Part, ShortMarkdown, Slug
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.numbers import quoted
from quizzes.kinds.prose import Prose

MISSPELT: Final = "misspelt"
"""The misconception of an answer that is kept although it only misses by its spelling: the key was corrected since."""

SLIPS_ALLOWED: Final = ((8, 2), (4, 1))
"""From how many letters on how many slips are forgiven; a shorter term must be spelt as it is."""

NOTE: Final = "A term or a few words. Case, spaces, punctuation and accents make no difference."

_ARTICLE: Final = re.compile(r"\A\W*(?:an?|the)\s+(?=\w)")
_DROPPED: Final = ("M", "P", "Z", "C")
"""Categories of Unicode that say nothing here: marks, punctuation, separators, controls."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ANSWER)]


class TextAnswer(Part):
    """The term that is shown as the answer, and others that count as well."""

    text: Text
    accepts: list[Text] = Field(default_factory=list, max_length=20)


class TextMisconception(Part):
    """The terms that somebody gives who reasons in one particular wrong way."""

    id: Slug
    texts: list[Text] = Field(min_length=1, max_length=20)
    feedback: ShortMarkdown


class ShortTextDefinition(Definition):
    """A question answered by a term."""

    kind: Literal["short-text"]
    right: ShortMarkdown
    answer: TextAnswer
    misconceptions: list[TextMisconception] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _misconceptions_have_distinct_ids(self) -> Self:
        if twice := parts.repeated_ids(self.misconceptions):
            raise ValueError(f"the misconception id {', '.join(twice)} is used twice")
        return self

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Write out the terms, which may hold computed numbers."""
        accepted = [prose.plain("answer.text", self.answer.text)]
        accepted += [prose.plain(f"answer.accepts.{place}", text) for place, text in enumerate(self.answer.accepts)]
        key: Json = {
            "answer_text": accepted[0],
            "accepted": accepted,
            "misconceptions": [
                {
                    "id": misconception.id,
                    "texts": [
                        prose.plain(f"misconceptions.{index}.texts.{place}", text)
                        for place, text in enumerate(misconception.texts)
                    ],
                    "feedback_html": prose.inline(f"misconceptions.{index}.feedback", misconception.feedback),
                }
                for index, misconception in enumerate(self.misconceptions)
            ],
        }
        return Body({"precision_note": NOTE}, key, _degeneracy(key))


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"text": "idempotent"}`; raises MalformedAnswer where it holds no letter or digit, or too many."""
    text = raw.get("text", "")
    if not isinstance(text, str):
        raise MalformedAnswer(f"The answer must be text; {quoted(str(text))} is not.")
    if len(text) > LONGEST_ANSWER:
        raise MalformedAnswer(
            f"Your answer has {len(text):,} characters, beginning {quoted(text)}; {LONGEST_ANSWER} is the most. "
            "Write the term alone."
        )
    if not text.strip():
        raise MalformedAnswer("There is no answer yet. Write a term.")
    if not folded(text):
        raise MalformedAnswer(f"{quoted(text.strip())} has no letter and no digit. Write a term.")
    return {"text": text.strip()}


def keep_draft(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Keep what is typed so far, up to the length that an answer may have."""
    text = raw.get("text", "")
    return {"text": text[:LONGEST_ANSWER] if isinstance(text, str) else ""}


def hand_back(key: Json, answer: Json) -> None:
    """Raise MalformedAnswer for what only misses by its spelling."""
    if _judgement(key, answer["text"]) == MISSPELT:
        raise MalformedAnswer(
            f"{quoted(answer['text'])} is spelt nearly like a term that counts here. Check its letters and send it "
            "again; no try is spent."
        )


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge a term: those that count, then the known wrong ones."""
    judgement = _judgement(key, answer["text"])
    if judgement is None:
        return Graded(Outcome.CORRECT, Fraction(1), "", key["right_html"])
    told = next((each["feedback_html"] for each in key["misconceptions"] if each["id"] == judgement), "")
    return Graded(Outcome.WRONG, Fraction(0), judgement, told or "This is not the term that is asked for.")


def examples(rendered: Json, key: Json) -> Examples:
    """Type each term that counts in several spellings, each known wrong one, too many slips, and what is no term."""
    shown = key["accepted"][0]
    spellings = (f"  {shown.upper()} ", f"“{shown}”.", _full_width(shown), _accented(shown))
    beyond = folded(shown) + "q" * (_slips_allowed(folded(shown)) + 1)
    return Examples(
        correct=tuple({"text": text} for text in (*key["accepted"], *spellings) if len(text) <= LONGEST_ANSWER),
        wrong=tuple(
            (misconception["id"], {"text": text})
            for misconception in key["misconceptions"]
            for text in misconception["texts"]
        ),
        borderline=((Outcome.WRONG, {"text": beyond[-LONGEST_ANSWER:]}),),
        invalid=(
            *({"text": text} for text in _misspelt(key)),
            *({"text": text} for text in ("", "  ", "…", "?!", "\N{COMBINING ACUTE ACCENT}", "x" * 1_000_000)),
            {"text": 5},
            {"text": [shown]},
            {},
        ),
    )


def credit(rendered: Json) -> str:
    """Say what a misspelt answer costs."""
    return "An answer that only seems misspelt is handed back and costs no try."


def folded(text: str) -> str:
    """Return what of a text is compared: its letters, digits and symbols, without case, accents or leading article.

    Compatibility forms (NFKC: full-width letters, ligatures) are taken apart, and so are letters with accents.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).strip()
    named = _ARTICLE.sub("", plain)
    return "".join(letter for letter in named if unicodedata.category(letter)[0] not in _DROPPED)


def edit_distance(one: str, other: str, *, most: int) -> int:
    """Return how many letters to insert, drop, change or swap with their neighbour lead from one text to the other.

    Counts up to `most` and returns `most + 1` for anything beyond, in time that grows with one length only (optimal
    string alignment within a band; Ukkonen 1985).
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: dict[int, int] = {}
    row = {column: column for column in range(min(most, len(other)) + 1)}
    for line in range(1, len(one) + 1):
        earlier, before, row = before, row, {}
        for column in range(max(0, line - most), min(len(other), line + most) + 1):
            steps = [before[column] + 1] if column in before else []
            if column:
                is_same = one[line - 1] == other[column - 1]
                steps += [before[column - 1] + (not is_same)] if column - 1 in before else []
                steps += [row[column - 1] + 1] if column - 1 in row else []
                is_swap = line > 1 and column > 1 and one[line - 2 : line] == other[column - 2 : column][::-1]
                steps += [earlier[column - 2] + 1] if is_swap and column - 2 in earlier else []
            row[column] = min(steps)
    return min(row[len(other)], most + 1)


def _judgement(key: Json, text: str) -> str | None:
    """Return the id of the misconception that a text shows, "" where it is simply wrong, None where it is right."""
    given = folded(text)
    accepted = [folded(each) for each in key["accepted"]]
    if given in accepted:
        return None
    for misconception in key["misconceptions"]:
        if given in map(folded, misconception["texts"]):
            return str(misconception["id"])
    return MISSPELT if any(_is_near(given, each) for each in accepted) else ""


def _is_near(given: str, wanted: str) -> bool:
    most = _slips_allowed(wanted)
    return bool(most) and edit_distance(given, wanted, most=most) <= most


def _slips_allowed(wanted: str) -> int:
    return next((slips for letters, slips in SLIPS_ALLOWED if len(wanted) >= letters), 0)


def _degeneracy(key: Json) -> str:
    """Return why these terms cannot be told apart, if so."""
    counting = {folded(text) for text in key["accepted"]}
    if "" in counting:
        return "a term that counts has no letter and no digit"
    seen: dict[str, str] = {}
    for misconception in key["misconceptions"]:
        for text in misconception["texts"]:
            fold, identity = folded(text), misconception["id"]
            if fold in counting:
                return f"“{text}” of {identity} counts as right"
            if not fold:
                return f"“{text}” of {identity} has no letter and no digit"
            if seen.setdefault(fold, identity) != identity:
                return f"“{text}” of {identity} cannot be told from that of {seen[fold]}"
    return ""


def _misspelt(key: Json) -> Iterable[str]:
    """Return slips of the keyboard in the first term, none of which is a term that the key knows."""
    shown = folded(key["accepted"][0])
    slips = (shown[1:], shown[:-2] + shown[:-3:-1], f"{shown[:2]}q{shown[2:]}")
    return [slip for slip in slips if slip != shown and _judgement(key, slip) == MISSPELT]


def _full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def _accented(text: str) -> str:
    return "".join(f"{letter}\N{COMBINING DIAERESIS}" if letter in "aeiou" else letter for letter in text)


KIND: Final = Kind(ShortTextDefinition, AnswerField.TEXT, read_answer, keep_draft, grade, examples, credit, hand_back)
