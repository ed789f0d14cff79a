"""What every question states, whatever its kind, validated as it is read from a course's files."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from quizzes.kinds.contract import Json
from quizzes.kinds.prose import Prose

MOST_TRIES: Final = 10
MOST_STEPS_OF_A_RANGE: Final = 10_000
SIGNIFICANT_DIGITS_OF_A_STEP: Final = 12

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Place = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*#[a-z0-9]+(-[a-z0-9]+)*$", max_length=121)]
"""A section of a chapter, `chapter-id#section-id`."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Markdown = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]
ShortMarkdown = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=300)]
FiniteNumber = Annotated[int | float, Field(allow_inf_nan=False)]

Dimension = Literal["concepts", "estimation", "design", "coding", "debugging"]


class Part(BaseModel):
    """A part of a definition: immutable, and an unknown field in it is a fault rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Variable(Part):
    """A number that is drawn for each variant: one of a few, or a step of a range (both ends included)."""

    choose: list[FiniteNumber] | None = Field(default=None, min_length=1, max_length=1_000)
    range: list[FiniteNumber] | None = Field(default=None, min_length=2, max_length=2)
    step: FiniteNumber = Field(default=1, gt=0)

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        if (self.choose is None) == (self.range is None):
            raise ValueError("a variable has either choose or range")
        if self.range is not None:
            low, high = self.range
            if low >= high:
                raise ValueError(f"the range must rise; it goes from {low} to {high}")
            if (high - low) / self.step > MOST_STEPS_OF_A_RANGE:
                raise ValueError(f"the range has more than {MOST_STEPS_OF_A_RANGE:,} steps of {self.step}")
        return self

    def draw(self, generator: Random) -> int | float:
        """Return one value, each equally likely."""
        if self.choose is not None:
            return generator.choice(self.choose)
        assert self.range is not None
        low, high = self.range
        steps = math.floor((high - low) / self.step + 1e-9)
        value = low + generator.randint(0, steps) * self.step
        return value if isinstance(value, int) else float(f"{value:.{SIGNIFICANT_DIGITS_OF_A_STEP}g}")


@dataclass(frozen=True, slots=True)
class Named:
    """A number that is computed for each variant: where in the definition it is written, and its expression."""

    path: str
    expression: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a kind adds to a variant, and why this draw must not be used, if so."""

    rendered: Json
    key: Json
    degeneracy: str = ""


class Definition(Part):
    """What every question states.

    `section` is where its progress counts, `recalls` the section of an earlier chapter whose idea it asks for again.
    `variables` and `values` may come in any order, because the store does not keep the order of a mapping: values are
    computed in the order in which they need each other.
    """

    id: Slug
    kind: str
    dimension: Dimension
    title: str = Field(min_length=1, max_length=200)
    section: Slug
    recalls: Place | None = None
    tries: int = Field(default=3, ge=1, le=MOST_TRIES)
    penalty: float = Field(default=0.25, ge=0, le=1, allow_inf_nan=False)
    variables: dict[Name, Variable] = Field(default_factory=dict)
    values: dict[Name, Expression | FiniteNumber] = Field(default_factory=dict)
    stem: Markdown
    right: ShortMarkdown | None = None
    hint: ShortMarkdown | None = None
    solution: Markdown | None = None

    @model_validator(mode="after")
    def _names_are_distinct(self) -> Self:
        if both := sorted(self.variables.keys() & self.values.keys()):
            raise ValueError(f"{', '.join(both)} cannot be both a variable and a value")
        return self

    def named(self) -> dict[str, Named]:
        """Return the numbers that texts and expressions may use beside the variables, by name."""
        return {name: Named(f"values.{name}", str(expression)) for name, expression in self.values.items()}

    @abstractmethod
    def draw_body(self, prose: Prose, names: Mapping[str, float], generator: Random) -> Body:
        """Return what this kind adds to what every variant shows and keeps back."""
