"""What the figures of a question say in plain words: what to look at, and what to do about it. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from quizzes.policy.item_statistics import Estimate, Table, correlation, difference, holm, homogeneity, share

FEWEST_ANSWERS: Final = 10
"""First tries under which a share, a time or a variant says nothing."""

FEWEST_PAIRS: Final = 20
"""Learners with other answers under which a discrimination says nothing."""

CONFIDENT_DIFFERENCE: Final = 0.05
"""The chance of any false alarm among a question's variants, by Holm's correction."""

HARD, EASY = 0.3, 0.95
WEAK, WEAK_AT_MOST = 0.15, 0.4
SURE_AND_WRONG: Final = 0.5
UNRECOGNISED: Final = 0.3
SLOW: Final = 3.0
UNUSED_FROM: Final = 40

RIGHT, OTHER = "", "other"
"""What stands for a right answer and for a wrong one that shows no known misconception."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer by what it shows: how many gave it, and how they did elsewhere (0 is the cohort's mean)."""

    name: str
    count: int
    share: Estimate | None
    rest: float | None

    @property
    def is_right(self) -> bool:
        """Whether it is the right answer."""
        return self.name == RIGHT


@dataclass(frozen=True, slots=True)
class VariantFigure:
    """The answers to one draw of the numbers; `p` is the chance of such a difference, corrected for the many looks."""

    numbers: str
    facility: Estimate
    p: float


@dataclass(frozen=True, slots=True)
class ConfidenceFigure:
    """How often those were right who said that they were so sure."""

    confidence: str
    right: Estimate


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the first sight or touch to the first answer: quartiles."""

    lower: float
    median: float
    upper: float
    count: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to look at: its name, whether it is urgent, and what to do."""

    name: str
    is_urgent: bool
    advice: str


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a question's first tries, before anything is inferred."""

    answers: int
    earned: float
    correlation: float
    pairs: int
    choices: Sequence[tuple[str, int, float | None]]
    variants: Sequence[tuple[str, int, float]]
    confidences: Sequence[tuple[str, int, int]]
    times: Times | None
    expected: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """How a question measures; what there is too little evidence for is None or empty."""

    answers: int
    facility: Estimate | None
    discrimination: Estimate | None
    choices: tuple[Choice, ...]
    unused: tuple[str, ...]
    times: Times | None
    variants: tuple[VariantFigure, ...]
    variants_differ: float | None
    confidences: tuple[ConfidenceFigure, ...]
    findings: tuple[Finding, ...] = ()


def figures_of(counted: Counted) -> ItemFigures:
    """Return the figures that first tries come to, each with its interval, and what they say."""
    enough = counted.answers >= FEWEST_ANSWERS
    variants = _variants(counted.variants)
    figures = ItemFigures(
        answers=counted.answers,
        facility=share(counted.earned, counted.answers) if enough else None,
        discrimination=correlation(counted.correlation, counted.pairs) if counted.pairs >= FEWEST_PAIRS else None,
        choices=tuple(
            Choice(name, count, share(count, counted.answers), rest)
            for name, count, rest in sorted(counted.choices, key=lambda row: (row[0] != RIGHT, -row[1], row[0]))
        )
        if enough
        else (),
        unused=tuple(sorted(set(counted.expected) - {name for name, *_ in counted.choices}))
        if counted.answers >= UNUSED_FROM
        else (),
        times=counted.times if counted.times is not None and counted.times.count >= FEWEST_ANSWERS else None,
        variants=variants,
        variants_differ=homogeneity([Table(sum_, count) for _, count, sum_ in _large(counted.variants)]),
        confidences=tuple(
            ConfidenceFigure(confidence, estimate)
            for confidence, count, right in counted.confidences
            if count >= FEWEST_ANSWERS and (estimate := share(right, count)) is not None
        ),
    )
    return replace(figures, findings=tuple(_findings(figures)))


def with_slow_ones(figures: dict[str, ItemFigures]) -> dict[str, ItemFigures]:
    """Return figures by question with those noted that take far longer than the others do."""
    medians = [each.times.median for each in figures.values() if each.times is not None]
    if len(medians) < 3:
        return figures
    usual = statistics.median(medians)
    return {
        name: replace(each, findings=(*each.findings, _slow(each.times.median, usual)))
        if each.times is not None and usual > 0 and each.times.median > SLOW * usual
        else each
        for name, each in figures.items()
    }


def _large(variants: Iterable[tuple[str, int, float]]) -> list[tuple[str, int, float]]:
    return [variant for variant in variants if variant[1] >= FEWEST_ANSWERS]


def _variants(counted: Sequence[tuple[str, int, float]]) -> tuple[VariantFigure, ...]:
    """Return the draws with enough answers, the hardest first, each compared with all the others."""
    large = _large(counted)
    if len(large) < 2:
        return ()
    total, earned = sum(count for _, count, _ in large), sum(sum_ for *_, sum_ in large)
    p_values = holm([difference(Table(sum_, count), Table(earned - sum_, total - count)) for _, count, sum_ in large])
    found = [
        VariantFigure(numbers, estimate, p)
        for (numbers, count, sum_), p in zip(large, p_values, strict=True)
        if (estimate := share(sum_, count)) is not None
    ]
    return tuple(sorted(found, key=lambda variant: (variant.facility.value, variant.numbers)))


def _findings(figures: ItemFigures) -> Iterator[Finding]:
    yield from _of_discrimination(figures.discrimination)
    yield from _of_facility(figures.facility)
    yield from _of_choices(figures)
    odd = [variant for variant in figures.variants if variant.p < CONFIDENT_DIFFERENCE]
    if odd:
        listed = "; ".join(f"{variant.numbers.strip('{}')} ({variant.facility.value:.0%} right)" for variant in odd[:3])
        yield Finding(
            "variants-differ",
            is_urgent=False,
            advice=f"Some draws of its numbers are harder or easier than chance explains: {listed}. "
            "Narrow the range of the variables, or check the key for these numbers.",
        )
    for figure in figures.confidences:
        if figure.confidence == "sure" and figure.right.value < SURE_AND_WRONG:
            wrong = round((1 - figure.right.value) * figure.right.count)
            yield Finding(
                "sure-and-wrong",
                is_urgent=True,
                advice=f"{wrong} of {figure.right.count} who were sure were wrong. Either the key is wrong, or the "
                "chapter leaves a misconception standing: read the most frequent wrong answer.",
            )


def _of_discrimination(found: Estimate | None) -> Iterator[Finding]:
    if found is None:
        return
    if found.high < 0:
        yield Finding(
            "check-key",
            is_urgent=True,
            advice="Those who do well on the other questions get this one wrong more often than the rest. "
            "Check the key first, then whether the wording misleads those who know more.",
        )
    elif found.value < WEAK and found.high < WEAK_AT_MOST:
        yield Finding(
            "says-little",
            is_urgent=False,
            advice="Whether somebody gets this right says little about how they do elsewhere. It may ask for "
            "something that the course does not teach, or be answered by guessing.",
        )


def _of_facility(found: Estimate | None) -> Iterator[Finding]:
    if found is None:
        return
    if found.high < HARD:
        yield Finding(
            "hard",
            is_urgent=False,
            advice=f"Fewer than {HARD:.0%} of first tries earn the mark. Check the key and the tolerance, then whether "
            "the section prepares for it.",
        )
    elif found.low > EASY:
        yield Finding(
            "easy",
            is_urgent=False,
            advice="Nearly everybody gets it right at once. Keep it as a warm-up, or ask for a step more.",
        )


def _of_choices(figures: ItemFigures) -> Iterator[Finding]:
    right = next((choice for choice in figures.choices if choice.is_right), None)
    wrong = [choice for choice in figures.choices if not choice.is_right]
    named = [choice for choice in wrong if choice.name != OTHER]
    frequent = [choice for choice in named if choice.count >= FEWEST_ANSWERS]
    for choice in frequent:
        if right is None or choice.count > right.count:
            yield Finding(
                "wrong-beats-right",
                is_urgent=True,
                advice=f"“{words(choice.name)}” is given more often than the right answer. If the key is right, the "
                "section has to take this on by name.",
            )
        if right is not None and right.count >= FEWEST_ANSWERS and _draws_the_stronger(choice, right):
            yield Finding(
                "draws-the-stronger",
                is_urgent=True,
                advice=f"Those who answer “{words(choice.name)}” do better elsewhere than those who are right. Check "
                "whether it can be defended.",
            )
    unknown = next((choice for choice in wrong if choice.name == OTHER), None)
    if unknown is not None and unknown.count >= FEWEST_ANSWERS and unknown.count > UNRECOGNISED * figures.answers:
        yield Finding(
            "unrecognised",
            is_urgent=False,
            advice=f"{unknown.count} wrong answers show no misconception that the question knows. Look at what was "
            "answered and name what comes up again.",
        )
    if figures.unused:
        listed = ", ".join(f"“{words(name)}”" for name in figures.unused)
        yield Finding(
            "unused",
            is_urgent=False,
            advice=f"Nobody answered {listed}. A wrong answer that tempts nobody makes guessing easier: replace it.",
        )


def _draws_the_stronger(choice: Choice, right: Choice) -> bool:
    return choice.rest is not None and right.rest is not None and choice.rest > right.rest


def _slow(median: float, usual: float) -> Finding:
    return Finding(
        "slow",
        is_urgent=False,
        advice=f"Half of the learners take more than {median:.0f} s, where the usual question takes {usual:.0f} s. "
        "The stem may hide what is asked, or ask for more than one thing.",
    )


def words(name: str) -> str:
    """Return a misconception's id as words."""
    return name.replace("-", " ")
