"""Write the files of a new course or chapter: small, without fault, and saying where to go on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lessons.content.directives import KEY

FIRST_CHAPTER: Final = "01-first-chapter"
LONGEST_NAME: Final = 50

_NAME = re.compile(KEY)

_COURSE: Final = """\
slug: {slug}
title: {title}
summary: Say in a sentence or two what a learner can do at the end.
language: en-GB
licence: CC BY 4.0
chapters:
  - 01-first-chapter
"""

_GLOSSARY: Final = """\
- id: straggler
  title: Straggler
  definition: A call that takes far longer than most, such as one in a hundred.
"""

_CHAPTER: Final = """\
---
id: first-chapter
number: 1
title: The first chapter
minutes: 15
lede: Say here, in a sentence, what surprised you when you met this for the first time.
outcomes:
  - Say what a page that waits for many calls inherits from them.
---

Begin with something that happened, or with a number that surprises. Numbers are computed:
all of [twenty]{.given} calls are quick with probability {{ all_below(0.99, 20) | percent(1) }}.

## The idea {#the-idea}

A section holds one idea, and says it in its first two sentences. One
[straggler](term:straggler) is enough to make a page wait.

:::simulation tail_latency
id: twenty-calls
parameters: {calls: 20}
caption: The tail moves with every call that the page waits for.
:::

:::question share-of-slow-pages
:::

:::principle
Ask how many calls a page waits for before you ask how fast each of them is.
:::

:::mistake
Reading the p99 of one service as the p99 of the page.
:::

:::review
1. How many calls does this page wait for?
2. Which of them can be left out?
3. What does the page show when one of them is late?
:::
"""

_QUESTIONS: Final = """\
- id: share-of-slow-pages
  kind: numeric
  dimension: estimation
  title: Share of slow pages
  section: the-idea
  variables:
    calls: {choose: [5, 8, 10, 15, 20]}
  values:
    share: 100 * (1 - all_below(0.99, calls))
    sum: 100 * calls * 0.01
  stem: |
    A page waits for {{ calls }} calls, each slow once in a hundred. What share of pages, in percent, is slow?
  answer: {value: share, unit: "%", significant: 3, tolerance: {relative: 0.005}}
  right: All calls are quick with probability 0.99 to the power of {{ calls }}.
  misconceptions:
    - {id: adds-up, value: sum, feedback: Adding the shares counts a page with two slow calls twice.}
"""


class CannotBegin(ValueError):
    """A new course was to be written where it cannot be; the text says why and what to do."""


def write_course(folder: Path, *, title: str) -> tuple[Path, ...]:
    """Write a new course into a folder and return its files; the folder's name becomes the course's short name.

    Raises CannotBegin where the folder holds something already, or its name is no short name.
    """
    slug = folder.resolve().name
    if not _NAME.fullmatch(slug) or len(slug) > LONGEST_NAME:
        raise CannotBegin(
            f"{slug!r} cannot be a course's short name. Name the folder with small letters, digits and hyphens, "
            f"such as queues-in-practice, {LONGEST_NAME} characters at most."
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CannotBegin(f"{folder} holds something already. Name a folder that does not exist yet.")
    files: Mapping[str, str] = {
        "course.yaml": _COURSE.format(slug=slug, title=_quoted(title)),
        "glossary.yaml": _GLOSSARY,
        f"{FIRST_CHAPTER}/chapter.md": _CHAPTER,
        f"{FIRST_CHAPTER}/questions.yaml": _QUESTIONS,
    }
    written = []
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return tuple(written)


def _quoted(title: str) -> str:
    """Return a title as YAML takes it whatever it holds."""
    return '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
