"""A question of a course: its definition, checked, and variants drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from random import Random
from typing import Any, Final

from pydantic import ValidationError

from quizzes.kinds import categorise, choice, estimate, matching, multiple, numeric, ordering, short_text
from quizzes.kinds.contract import Drawn, Examples, Graded, Json, Kind
from quizzes.kinds.definition import Definition
from quizzes.kinds.errors import InvalidQuestion
from quizzes.kinds.prose import Prose
from quizzes.kinds.redraw import differences
from simulations.expressions import InvalidExpression, names_in

KINDS: Final[Mapping[str, Kind]] = {
    "choice": choice.KIND,
    "multiple": multiple.KIND,
    "numeric": numeric.KIND,
    "ordering": ordering.KIND,
    "matching": matching.KIND,
    "categorise": categorise.KIND,
    "short-text": short_text.KIND,
    "estimate": estimate.KIND,
}

MOST_REDRAWS: Final = 50
"""How often a draw in which the answer would be ambiguous is drawn anew before the question is refused."""


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question, from which any number of variants can be drawn."""

    definition: Definition
    order_of_values: tuple[str, ...]

    def draw(self, seed: int) -> Drawn:
        """Draw the variant of a seed: the same seed gives the same variant.

        A draw in which two options agree or a misconception's value counts as right is drawn again. Raises
        InvalidQuestion where an expression fails or every redraw is degenerate.
        """
        reason = ""
        for redraw in range(MOST_REDRAWS):
            drawn, reason = self._draw_once(seed, redraw)
            if not reason:
                return drawn
        raise InvalidQuestion([("variables", f"{MOST_REDRAWS} draws in a row are unusable: {reason}")])

    def redraw(self, stored: Drawn) -> Drawn:
        """Draw a stored variant again, with the key that this definition gives it: for judging anew what was answered.

        What is drawn depends on the variables and on which options or parts there are, never on which of them are
        right, so a definition whose key, tolerance or misconceptions were corrected brings back the same variant, even
        one that it would not draw by itself any more. Raises InvalidQuestion where the definition has no such variant,
        saying what it shows instead for the same numbers.
        """
        others: list[str] = []
        for redraw in range(MOST_REDRAWS):
            drawn, _ = self._draw_once(stored.seed, redraw)
            drawn = faded(drawn, _worked_in(drawn.rendered) - _worked_in(stored.rendered))
            if drawn.parameters == stored.parameters:
                found = list(differences(stored.rendered, drawn.rendered))
                if not found:
                    return drawn
                others = others or found
        if others:
            raise InvalidQuestion(("", f"This changes what learners were shown. {other}") for other in others)
        raise InvalidQuestion([("variables", f"the variant of seed {stored.seed} is not one of this definition's")])

    def examples(self, drawn: Drawn) -> Examples:
        """Return answers to a variant whose judgement is known beforehand."""
        return KINDS[self.definition.kind].examples(drawn.rendered, drawn.key)

    def _draw_once(self, seed: int, redraw: int) -> tuple[Drawn, str]:
        definition = self.definition
        generator = Random(f"{definition.id}/{seed}/{redraw}")  # noqa: S311 - draws numbers, guards nothing
        parameters = {name: definition.variables[name].draw(generator) for name in sorted(definition.variables)}
        names = self._with_values(parameters)
        prose = Prose(names)
        rendered: Json = {
            "kind": definition.kind,
            "title": definition.title,
            "dimension": definition.dimension,
            "stem_html": prose.block("stem", definition.stem),
            "options": [],
            "unit": "",
            "precision_note": "",
        }
        key: Json = {
            "right_html": prose.inline("right", definition.right or ""),
            "hint_html": prose.block("hint", definition.hint or ""),
            "solution_html": prose.block("solution", definition.solution or ""),
        }
        body = definition.draw_body(prose, names, generator)
        prose.finish()
        return Drawn(seed, parameters, {**rendered, **body.rendered}, {**key, **body.key}), body.degeneracy

    def _with_values(self, parameters: Mapping[str, float]) -> dict[str, float]:
        """Return the variables' and the values' numbers by name."""
        names, named = dict(parameters), self.definition.named()
        for name in self.order_of_values:
            prose = Prose(names)
            names[name] = prose.number(named[name].path, named[name].expression)
            prose.finish()
        return names


def parse_question(definition: Mapping[str, Any]) -> Question:
    """Check a question's definition and a first draw of it; raises InvalidQuestion listing what is wrong, and where."""
    kind = definition.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidQuestion([("kind", f"{kind!r} is not a kind of question; there are {', '.join(KINDS)}")])
    try:
        parsed = KINDS[kind].definition.model_validate(dict(definition))
    except ValidationError as refusal:
        raise InvalidQuestion(
            (".".join(str(step) for step in fault["loc"]), fault["msg"].removeprefix("Value error, "))
            for fault in refusal.errors(include_url=False)
        ) from None
    question = Question(parsed, _order_of_values(parsed))
    question.draw(0)
    return question


def faded(drawn: Drawn, steps: int) -> Drawn:
    """Return a variant with so many fewer of its steps shown worked; one that shows none worked is left as it is."""
    rendered, key = KINDS[drawn.rendered["kind"]].fade(drawn.rendered, drawn.key, steps)
    return Drawn(drawn.seed, drawn.parameters, rendered, key)


def _worked_in(rendered: Json) -> int:
    return sum("given" in part for part in rendered.get("parts", ()))


def grade(kind: str, rendered: Json, key: Json, answer: Json) -> Graded:
    """Judge an answer that `read_answer` returned for this variant."""
    return KINDS[kind].grade(rendered, key, answer)


def read_answer(kind: str, rendered: Json, raw: Mapping[str, object], *, key: Json | None = None) -> Json:
    """Return an answer as it is stored and graded; raises MalformedAnswer where it is none.

    With the variant's key, an answer that should be looked at again before it costs a try, such as a misspelt word, is
    handed back as well: that is for a submit, not for judging anew what was submitted.
    """
    answer = KINDS[kind].read_answer(rendered, raw)
    if key is not None:
        KINDS[kind].hand_back(key, answer)
    return answer


def credit_of(kind: str, rendered: Json) -> str:
    """Return in a sentence how an answer that is partly right is marked, or nothing where there is no such answer."""
    return KINDS[kind].credit(rendered)


def keep_draft(kind: str, rendered: Json, raw: Mapping[str, object]) -> Json:
    """Return what can be kept of an answer that may be unfinished."""
    return KINDS[kind].keep_draft(rendered, raw)


def _order_of_values(definition: Definition) -> tuple[str, ...]:
    """Return the values' names, each after those that its expression needs."""
    needs: dict[str, set[str]] = {}
    faults = []
    named = definition.named()
    for name, number in named.items():
        try:
            needs[name] = set(names_in(number.expression)) & named.keys()
        except InvalidExpression as refusal:
            faults.append((number.path, str(refusal)))
    if faults:
        raise InvalidQuestion(faults)
    try:
        return tuple(TopologicalSorter(dict(sorted(needs.items()))).static_order())
    except CycleError as refusal:
        circle = " needs ".join(reversed(refusal.args[1]))
        raise InvalidQuestion([("values", f"values need each other in a circle: {circle}")]) from None
