"""An estimate: a chain of figures, each found from the ones before it and each graded by itself.

The first steps may be shown worked (`given`), so that one chain serves as a worked example, a half-worked one or a
blank one; a variant can be faded, the last of the worked steps first, for somebody who has met the chain before.
Every step earns an equal share. A step that is right by the learner's own earlier figures is right: its expression is
evaluated again with them, so that a mistake costs once. A figure within a factor of HALF_RIGHT of either earns half the
step's share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from string import ascii_lowercase
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from quizzes.kinds import parts, quantities
from quizzes.kinds.contract import AnswerField, Examples, Graded, Json, JudgedPart, Kind, Outcome
from quizzes.kinds.definition import Body, Definition, Name, Named, ShortMarkdown
from quizzes.kinds.errors import MalformedAnswer
from quizzes.kinds.prose import Prose
from quizzes.kinds.quantities import Quantity, WrongValue
from simulations.expressions import InvalidExpression, names_in, value_of

HALF_RIGHT: Final = 10**0.5
FEWEST_STEPS: Final = 2
MOST_STEPS: Final = 10
WORKED: Final = ("given", "worked_html")
"""What a step shows that is worked for the learner."""

_MARKS: Final = {Outcome.CORRECT: Fraction(1), Outcome.PARTIAL: Fraction(1, 2), Outcome.WRONG: Fraction(0)}


class Step(Quantity):
    """A figure of the chain, under a name that later steps' expressions may use."""

    name: Name
    text: ShortMarkdown
    worked: ShortMarkdown
    misconceptions: list[WrongValue] = Field(default_factory=list, max_length=6)


class EstimateDefinition(Definition):
    """A question answered by the figures of a chain, of which the first `given` are shown worked."""

    kind: Literal["estimate"]
    right: ShortMarkdown
    steps: list[Step] = Field(min_length=FEWEST_STEPS, max_length=MOST_STEPS)
    given: int = Field(default=0, ge=0, le=MOST_STEPS - 1)

    @model_validator(mode="after")
    def _is_a_chain(self) -> Self:
        names = [step.name for step in self.steps]
        if shared := parts.first_repeated(names):
            raise ValueError(f"two steps are named {shared}")
        if taken := sorted(set(names) & (self.variables.keys() | self.values.keys())):
            raise ValueError(f"{', '.join(taken)} cannot be both a step and a variable or value")
        if self.given >= len(self.steps):
            raise ValueError(f"of {len(self.steps)} steps {self.given} are given, which leaves none to answer")
        asked = [misconception for step in self.steps[self.given :] for misconception in step.misconceptions]
        if not asked:
            raise ValueError("at least one step that is asked needs a misconception")
        if twice := parts.repeated_ids(misconception for step in self.steps for misconception in step.misconceptions):
            raise ValueError(f"the misconception id {', '.join(twice)} is used twice")
        for name, expression in self.values.items():
            if used := sorted(_needs(expression) & set(names)):
                raise ValueError(f"the value {name} uses the step {used[0]}; only later steps may")
        for place, step in enumerate(self.steps):
            expressions = (step.value, *(misconception.value for misconception in step.misconceptions))
            if later := sorted(set().union(*map(_needs, expressions)) & set(names[place:])):
                raise ValueError(f"the step {step.name} uses {later[0]}, which does not come before it")
        return self

    def named(self) -> dict[str, Named]:
        """Return the values and the steps, so that texts may use either."""
        steps = {step.name: Named(f"steps.{place}.value", str(step.value)) for place, step in enumerate(self.steps)}
        return super().named() | steps

    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Compute the figures; the steps stay in their order, and those given are shown with their working."""
        step_names = {step.name for step in self.steps}
        shown, kept, needed, degeneracy = [], {}, set[str](), ""
        for place, (letter, step) in enumerate(zip(ascii_lowercase, self.steps, strict=False)):
            path = f"steps.{place}"
            exact, exactness = names[step.name], step.exactness
            figure = quantities.unit_of(step.shown).joined_to(quantities.as_asked(exact, exactness))
            worked = prose.inline(f"{path}.worked", step.worked)
            part = {"id": letter, "html": prose.inline(f"{path}.text", step.text), **step.shown}
            is_given = place < self.given
            shown.append(part | ({"given": figure, "worked_html": worked} if is_given else {}))
            wrong = [
                {
                    "id": misconception.id,
                    "expression": str(misconception.value),
                    "value": prose.number(f"{path}.misconceptions.{index}.value", str(misconception.value)),
                    "feedback_html": prose.inline(f"{path}.misconceptions.{index}.feedback", misconception.feedback),
                }
                for index, misconception in enumerate(step.misconceptions)
            ]
            kept[letter] = {
                "id": step.name,
                "is_given": is_given,
                "expression": str(step.value),
                "value": exact,
                **exactness,
                "misconceptions": wrong,
                "answer_text": figure,
                "why_html": worked,
            }
            needed |= _needs(step.value).union(*(_needs(misconception.value) for misconception in step.misconceptions))
            degeneracy = degeneracy or _degeneracy(step.name, kept[letter])
        known = {name: names[name] for name in sorted(needed - step_names) if name in names}
        return Body({"parts": shown}, {"parts": kept, "names": known}, degeneracy)


def read_answer(rendered: Json, raw: Mapping[str, object]) -> Json:
    """Read `{"parts": {letter: "1,200 requests/s"}}`; raises MalformedAnswer naming the step that holds no number."""
    figures = parts.read_parts(rendered, raw, lacking="Steps without a figure")
    for place, part in enumerate(rendered["parts"], start=1):
        if part["id"] in figures:
            try:
                quantities.readings(part, figures[part["id"]])
            except MalformedAnswer as refusal:
                raise MalformedAnswer(f"Step {place}: {refusal}") from None
    return {"parts": figures}


def grade(rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge each step by the exact chain and by the learner's own."""
    judged = list(_judged(rendered, key, answer["parts"]))
    told = {each.letter: JudgedPart(each.outcome, each.feedback_html) for each in judged}
    fraction = sum((_MARKS[each.outcome] for each in judged), Fraction(0)) / len(judged)
    if fraction == 1:
        return Graded(Outcome.CORRECT, fraction, "", key["right_html"], parts=told)
    right = sum(each.outcome == Outcome.CORRECT for each in judged)
    said = f"{right} of {len(judged)} steps {'is' if right == 1 else 'are'} right."
    if any(each.is_carried for each in judged):
        said += " A step that follows from your own earlier figure counts as right."
    misconception = next((each.misconception for each in judged if each.misconception), "")
    return Graded(Outcome.PARTIAL if fraction else Outcome.WRONG, fraction, misconception, said, parts=told)


def examples(rendered: Json, key: Json) -> Examples:
    """Give every figure exactly and rounded, each misconception carried forward, the edges of each step, nonsense."""
    asked = parts.answerable(rendered)
    exact = {letter: _typed(key["parts"][letter]["value"]) for letter in asked}
    first, last = asked[0], key["parts"][asked[-1]]
    reach = quantities.half_width(last["value"], last)
    alone = Outcome.WRONG if len(asked) == 1 else Outcome.PARTIAL
    edges = [
        (Outcome.CORRECT, last["value"] + reach * (1 - 1e-6)),
        (Outcome.PARTIAL, last["value"] + reach * (1 + 1e-6)),
        (Outcome.PARTIAL, last["value"] * HALF_RIGHT * (1 - 1e-6)),
        (alone, last["value"] * HALF_RIGHT * (1 + 1e-6)),
        (alone, -last["value"]),
    ]
    return Examples(
        correct=(
            {"parts": exact},
            {"parts": {letter: key["parts"][letter]["answer_text"] for letter in asked}},
            {"parts": _followed(key, {}, is_rounded=True)},
        ),
        wrong=tuple(
            (wrong["id"], {"parts": _followed(key, {letter: wrong["value"]})})
            for letter in asked
            for wrong in key["parts"][letter]["misconceptions"]
        ),
        borderline=tuple((outcome, {"parts": {**exact, asked[-1]: _typed(value)}}) for outcome, value in edges),
        invalid=(
            {},
            {"parts": {}},
            {"parts": list(exact.values())},
            *(
                {"parts": {**exact, first: text}}
                for text in ("", "many", "1e400", "NaN", "٣", "４２", "1,5", "5 parsecs", 5, "9" * 1_000_000)
            ),
            {"parts": {**exact, "z": "1"}},
            *({"parts": {**exact, letter: "1"}} for letter in key["parts"] if letter not in asked),
        ),
    )


def credit(rendered: Json) -> str:
    """Say how the steps are marked, and that worked ones fade."""
    said = (
        "Every step earns an equal share of the mark, and half of it for a figure within a factor of √10, about 3.2. "
        "A step that follows from your own earlier figure counts as right, so that a mistake costs once."
    )
    is_worked = any("given" in part for part in rendered["parts"])
    return f"{said} Each further try shows one worked step fewer." if is_worked else said


def fade(rendered: Json, key: Json, steps: int) -> tuple[Json, Json]:
    """Leave so many more of the worked steps to be answered, from the last of them backwards."""
    worked = [part["id"] for part in rendered["parts"] if "given" in part]
    blank = set(worked[max(len(worked) - steps, 0) :])
    shown = [
        {name: said for name, said in part.items() if part["id"] not in blank or name not in WORKED}
        for part in rendered["parts"]
    ]
    kept = {
        letter: part | {"is_given": part["is_given"] and letter not in blank} for letter, part in key["parts"].items()
    }
    return rendered | {"parts": shown}, key | {"parts": kept}


@dataclass(frozen=True, slots=True)
class _JudgedStep:
    letter: str
    outcome: Outcome
    is_carried: bool = False
    misconception: str = ""
    feedback_html: str = ""


def _judged(rendered: Json, key: Json, figures: Mapping[str, str]) -> Iterator[_JudgedStep]:
    """Judge the steps in turn, remembering the learner's figure of each for those after it."""
    own: dict[str, float] = dict(key["names"])
    for part in rendered["parts"]:
        kept = key["parts"][part["id"]]
        if kept["is_given"]:
            own[kept["id"]] = kept["value"]
            continue
        readings = quantities.readings(part, figures[part["id"]])
        carried = _carried(kept["expression"], own)
        yield _judged_step(part, kept, readings, carried, own)
        own[kept["id"]] = _meant(readings, (kept["value"], carried), kept)


def _judged_step(
    part: Json, kept: Json, readings: Sequence[float], carried: float | None, own: Mapping[str, float]
) -> _JudgedStep:
    letter, given = part["id"], quantities.unit_of(part).joined_to(quantities.written(readings[0]))
    if any(quantities.counts_as(reading, kept["value"], kept) for reading in readings):
        return _JudgedStep(letter, Outcome.CORRECT)
    if carried is not None and any(quantities.counts_as(reading, carried, kept) for reading in readings):
        said = f"{given} follows from your own earlier figure, so nothing is taken off here."
        return _JudgedStep(letter, Outcome.CORRECT, is_carried=True, feedback_html=said)
    is_near = any(_is_within_factor(reading, wanted) for reading in readings for wanted in (kept["value"], carried))
    outcome = Outcome.PARTIAL if is_near else Outcome.WRONG
    for wrong in kept["misconceptions"]:
        led_to = (wrong["value"], _carried(wrong["expression"], own))
        if any(
            value is not None and quantities.counts_as(reading, value, kept) for reading in readings for value in led_to
        ):
            return _JudgedStep(letter, outcome, misconception=wrong["id"], feedback_html=wrong["feedback_html"])
    if is_near:
        said = f"{given} is of the right size and earns half of this step."
        return _JudgedStep(letter, outcome, feedback_html=said)
    slip = quantities.slip(readings[0], kept["value"], quantities.unit_of(part), kept)
    return _JudgedStep(
        letter, outcome, misconception=slip, feedback_html=quantities.slip_feedback(slip, readings[0], part)
    )


def _carried(expression: str, own: Mapping[str, float]) -> float | None:
    """Return what an expression comes to with the learner's own figures, or None where it comes to nothing.

    The figures are the learner's, so evaluation must be bounded whatever they are: `value_of` and the engine's
    functions are.
    """
    try:
        return value_of(expression, own)
    except InvalidExpression:
        return None


def _meant(readings: Sequence[float], wanted: Sequence[float | None], kept: Json) -> float:
    """Return the reading of an answer to go on with: one that counts, or else the plain one."""
    counting = (
        reading
        for value in wanted
        for reading in readings
        if value is not None and quantities.counts_as(reading, value, kept)
    )
    return next(counting, readings[0])


def _is_within_factor(value: float, wanted: float | None) -> bool:
    return wanted is not None and wanted > 0 and wanted / HALF_RIGHT <= value <= wanted * HALF_RIGHT


def _followed(key: Json, changed: Mapping[str, float], *, is_rounded: bool = False) -> dict[str, str]:
    """Return the figures of somebody who goes on from their own: some changed, the rest as they follow."""
    own: dict[str, float] = dict(key["names"])
    typed = {}
    for letter, kept in key["parts"].items():
        carried = _carried(kept["expression"], own)
        follows = kept["value"] if carried is None else carried
        figure = changed.get(letter, follows)
        if is_rounded:
            figure = quantities.rounded(figure, kept)
        own[kept["id"]] = figure
        if not kept["is_given"]:
            typed[letter] = _typed(figure)
    return typed


def _typed(value: float) -> str:
    return repr(value)


def _needs(expression: str | float) -> frozenset[str]:
    """Return the names that an expression uses; a faulty one, which is reported when it is computed, uses none."""
    try:
        return names_in(str(expression))
    except InvalidExpression:
        return frozenset()


def _degeneracy(name: str, kept: Json) -> str:
    """Return why a step cannot be graded fairly, if so."""
    if kept["value"] <= 0:
        return f"the step {name} comes to {kept['value']:.9g}, and only a figure above 0 has a size to be near"
    others = [(wrong["id"], wrong["value"]) for wrong in kept["misconceptions"]]
    unfair = quantities.unfairness(kept["value"], others, kept)
    return f"the step {name}: {unfair}" if unfair else ""


KIND: Final = Kind(
    EstimateDefinition, AnswerField.PARTS, read_answer, parts.keep_texts, grade, examples, credit, fade=fade
)
