"""Test a question with its own examples over many seeds, as the course check and the test suite do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from quizzes.kinds.contract import Drawn, Json, Outcome
from quizzes.kinds.errors import InvalidQuestion, MalformedAnswer
from quizzes.kinds.estimate import MOST_STEPS
from quizzes.kinds.question import Question, faded, grade, read_answer

REFUSED: Final = "refused"


def verify_question(question: Question, seeds: Iterable[int]) -> list[str]:
    """Return what is wrong with a question in any of its variants, each fault once with the first seed that shows it.

    Checks that right answers are right, that each misconception is recognised as itself, that the edges of the
    tolerance fall on their sides, that nonsense is refused, that a variant survives being stored as JSON, and that
    another try can bring a fresh variant. A variant that shows steps worked is tried as it is and without them.
    """
    faults: dict[str, int] = {}
    variants: set[str] = set()
    for seed in seeds:
        try:
            drawn = question.draw(seed)
        except InvalidQuestion as refusal:
            faults.setdefault(str(refusal), seed)
            continue
        variant = json.dumps([drawn.rendered, drawn.key], allow_nan=False)
        if variant in variants:
            continue
        variants.add(variant)
        stored = Drawn(seed, drawn.parameters, *json.loads(variant))
        blank = faded(stored, MOST_STEPS)
        for each in (stored, blank) if blank != stored else (stored,):
            for fault in _faults_of(question, each):
                faults.setdefault(fault, seed)
    if len(variants) == 1 and question.definition.tries > 1:
        faults.setdefault("another try brings the same variant again: give it variables, or one try", 0)
    return [f"{fault} (seed {seed})" for fault, seed in faults.items()]


def _faults_of(question: Question, drawn: Drawn) -> Iterator[str]:
    examples = question.examples(drawn)
    for answer in examples.correct:
        if (found := _judged(drawn, answer)[0]) != Outcome.CORRECT:
            yield f"the answer {answer} should be right, but is {found}"
    for misconception, answer in examples.wrong:
        found, recognised = _judged(drawn, answer)
        if found == Outcome.CORRECT or recognised != misconception:
            yield f"the answer {answer} should show {misconception}, but is {found} {recognised}".rstrip()
    for outcome, answer in examples.borderline:
        if (found := _judged(drawn, answer)[0]) != outcome:
            yield f"the answer {answer} at the edge should be {outcome}, but is {found}"
    for raw in examples.invalid:
        found, _ = _judged(drawn, raw)
        if not found.startswith(REFUSED):
            yield f"{str(raw)[:60]} should be refused, but is {found}"


def _judged(drawn: Drawn, raw: Json) -> tuple[str, str]:
    """Return the outcome of an answer and the misconception recognised, or why it was refused."""
    kind = drawn.rendered["kind"]
    try:
        graded = grade(kind, drawn.rendered, drawn.key, read_answer(kind, drawn.rendered, raw, key=drawn.key))
    except MalformedAnswer as refusal:
        return f"{REFUSED}: {refusal}", ""
    return graded.outcome, graded.misconception
