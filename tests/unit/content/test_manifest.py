"""The first course has everything that it has to have: a thing that goes missing fails here by its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from lessons.content import check_course
from lessons.content.model import LoadedCourse, LoadedItem

HERE = Path(__file__).parent
COURSE = HERE.parents[2] / "lessons/courses/tradeoffs"
MANIFEST: Mapping[str, Mapping[str, str]] = yaml.safe_load((HERE / "manifest.yaml").read_text(encoding="utf-8"))

REQUIRED = {
    "prompts": [*(f"Q{number}" for number in range(10)), "DC-1"],
    "worked examples": [f"WE-{number}" for number in range(1, 12)],
    "tables": [f"TBL-{number}" for number in range(1, 20)],
    "procedures": [f"FW-{number}" for number in range(1, 9)],
    "estimates": list("ABCDE"),
    "drills": [f"DR-{number}" for number in range(1, 5)],
    "simulations": [f"SIM-{number}" for number in range(1, 10)],
    "labs": [f"LAB-{number}" for number in range(1, 10)],
    "experiments": [f"EX-{number}" for number in range(1, 5)],
}
EMBEDDED = ("simulations", "labs")
EXTRAS = 15
DIMENSIONS = {"concepts", "estimation", "design", "coding", "debugging"}
FEWEST_TERMS = 40
FEWEST_QUESTIONS = 110
FEWEST_QUESTIONS_A_CHAPTER = 8
RUNNING_CASE = "CraftyGoods"
RECALLED = Fraction(1, 3)
"""The least share of a chapter's questions that ask again for an idea of an earlier chapter."""


@pytest.fixture(scope="module")
def course() -> LoadedCourse:
    report = check_course(COURSE)
    assert report.course is not None, report.faults
    return report.course


@pytest.fixture(scope="module")
def items(course: LoadedCourse) -> Mapping[str, LoadedItem]:
    return {item.key: item for item in course.items}


def html_of(item: LoadedItem) -> str:
    return "".join(block.get("html", "") for block in item.payload.get("blocks", ()))


def rows_of(item: LoadedItem, table: str) -> int:
    """Return how many rows a table has below its head."""
    (found,) = re.findall(rf'<div id="table-{table}".*?</div>', html_of(item), re.DOTALL)
    return found.count("<tr") - 1


def sections_of(course: LoadedCourse, page: str) -> list[LoadedItem]:
    return [item for item in course.items if item.parent == page and item.kind == "section"]


def places() -> list[tuple[str, str]]:
    return [place for group, things in MANIFEST.items() if group not in EMBEDDED for place in things.items()]


class TestManifest:
    @pytest.mark.parametrize("group", REQUIRED)
    def test_names_each_thing_once_in_order(self, group):
        assert [name.split(" ", 1)[0] for name in MANIFEST[group]] == REQUIRED[group]

    def test_has_no_group_that_is_not_counted(self):
        assert set(MANIFEST) == {*REQUIRED, "extras"}
        assert len(MANIFEST["extras"]) == EXTRAS

    @pytest.mark.parametrize(("name", "place"), places())
    def test_finds_each_thing_where_it_says(self, items, name, place):
        key, _, anchor = place.partition("#")
        assert key in items, f"{name} should be at {key}"
        assert not anchor or f'id="{anchor}"' in html_of(items[key]), f"{name} should be at {place}"

    @pytest.mark.parametrize(("name", "model"), [pair for group in EMBEDDED for pair in MANIFEST[group].items()])
    def test_finds_each_simulation_in_a_chapter(self, course, name, model):
        embedded = {item.payload["model"] for item in course.items if item.kind == "simulation"}
        assert model in embedded, name


class TestChapters:
    def test_are_the_eleven_with_none_to_come(self, course):
        assert [item.payload["number"] for item in course.items if item.kind == "chapter"] == list(range(11))
        assert course.coming == ()

    def test_have_a_closer_each(self, course):
        for chapter in (item for item in course.items if item.kind == "chapter"):
            blocks = [block for section in sections_of(course, chapter.key) for block in section.payload["blocks"]]
            (closer,) = [block for block in blocks if block["type"] == "closer"]
            assert closer["principle_html"], chapter.key
            assert closer["mistake_html"], chapter.key
            assert len(closer["questions"]) == 3, chapter.key

    def test_ask_enough_in_each_of_the_five_dimensions(self, course):
        questions = [item for item in course.items if item.kind == "question"]
        asked = Counter(item.key.split("/")[0] for item in questions)
        few = {chapter: number for chapter, number in asked.items() if number < FEWEST_QUESTIONS_A_CHAPTER}
        assert few == {}
        assert len(questions) >= FEWEST_QUESTIONS
        assert {item.payload["dimension"] for item in questions} == DIMENSIONS

    def test_ask_again_for_what_earlier_chapters_taught(self, course):
        questions = [item for item in course.items if item.kind == "question"]
        asked = Counter(item.key.split("/")[0] for item in questions)
        again = Counter(item.key.split("/")[0] for item in questions if item.payload.get("recalls"))
        first, *others = (item.key for item in course.items if item.kind == "chapter")
        assert again[first] == 0
        for chapter in others:
            assert again[chapter] >= RECALLED * asked[chapter], f"{chapter}: {again[chapter]} of {asked[chapter]}"

    def test_follow_the_running_case(self, course):
        chapters = {
            (item.parent or item.key)
            for item in course.items
            if item.kind in {"chapter", "section"} and RUNNING_CASE in html_of(item)
        }
        assert {"the-problem", "real-world-trade-offs", "cap-and-pacelc", "where-it-leads"} <= chapters


class TestLists:
    def test_define_at_least_forty_terms_with_their_misuse(self, course):
        terms = [item for item in course.items if item.kind == "term"]
        assert len(terms) >= FEWEST_TERMS
        assert [item.key for item in terms if not item.payload["misuse_html"]] == []

    @pytest.mark.parametrize(
        ("key", "table", "rows"),
        [
            ("interview-arsenal/prompts", "all-prompts", 11),
            ("interview-arsenal/drills", "four-drills", 4),
            ("interview-arsenal/symptoms", "symptoms-and-checks", 4),
            ("where-it-leads/dials", "five-dials", 5),
            ("where-it-leads/ahead", "twenty-five-topics", 25),
            ("cap-and-pacelc/four-meanings", "four-consistencies", 4),
            ("numbers-card/availability", "card-availability", 7),
        ],
    )
    def test_have_all_their_rows(self, items, key, table, rows):
        assert rows_of(items[key], table) == rows

    @pytest.mark.parametrize(("page", "fewest"), [("errata", 60), ("reading-list", 23)])
    def test_have_enough_rows_over_all_their_sections(self, course, page, fewest):
        assert sum(html_of(section).count("<tr") - 1 for section in sections_of(course, page)) >= fewest
