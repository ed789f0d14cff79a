"""The documentation names what there is: addresses with who is let in, commands, models, and its own pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import find_commands

from simulations import reference
from simulations.engine.registry import MODELS
from tests.architecture.rules import DESCRIPTIONS, rules
from tests.routes import Route, routes
from tests.world import (
    ACTORS,
    GUEST,
    INSTRUCTOR,
    LEARNER,
    LEARNER_B,
    LOGINS,
    OBSERVER,
    OWNER,
    PEER,
    SIBLING,
    VISITOR,
)

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
ADDRESSES = DOCS / "reference" / "addresses.md"
COMMANDS = DOCS / "reference" / "commands.md"
SIMULATIONS = DOCS / "reference" / "simulations"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CONVERTER = re.compile(r"<\w+:(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>(?:\[[^]]*\]|[^)\[])*\)")

MEMBERS = frozenset({LEARNER, PEER, OBSERVER, INSTRUCTOR})
EVERYBODY, KNOWN = frozenset(ACTORS), frozenset(ACTORS) - {VISITOR}
STAFF = frozenset({INSTRUCTOR, OWNER})
WHO: Mapping[str, Mapping[str, frozenset[str]]] = {
    "everybody": dict.fromkeys(("-", "link", "open", "cohort"), EVERYBODY),
    "known": {"-": KNOWN},
    "logins": {"-": frozenset(LOGINS)},
    "readers": {"open": EVERYBODY, "cohort": MEMBERS | STAFF},
    "known readers": {"open": KNOWN, "cohort": MEMBERS | STAFF},
    "members": {"open": frozenset(), "cohort": MEMBERS | STAFF},
    "learners": {"open": frozenset(), "cohort": frozenset({LEARNER, PEER})},
    "workers": {"open": EVERYBODY, "cohort": MEMBERS},
    "known workers": {"open": KNOWN, "cohort": MEMBERS},
    "learner": {"learner": frozenset({LEARNER}), "open": frozenset(), "cohort": frozenset({LEARNER})},
    "learner and staff": {"learner": STAFF | {LEARNER}},
    "staff": {"open": frozenset(), "cohort": STAFF},
    "teachers": {"school": STAFF | {SIBLING}},
    "owners": {"school": frozenset({OWNER})},
    # Whoever is not logged in is shown how to, and may be the one who was invited.
    "invited": {"link": frozenset({VISITOR, GUEST, LEARNER_B})},
}
"""Who is let in, by the words of the page: for each relation, the actors of the world."""


def rows(page: Path) -> Iterator[list[str]]:
    """Yield the cells of each row of the page's tables whose first cell is code."""
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `"):
            yield [cells[0].strip("`"), *cells[1:]]


def written(route: Route) -> str:
    """Return a route's address as the page writes it: `<slug>` for every way to say so in a pattern."""
    pattern = GROUP.sub(r"<\1>", CONVERTER.sub(r"<\1>", route.pattern))
    return "/" + pattern.replace("^", "").replace("$", "")


def let_in(expected: Mapping[str, str]) -> frozenset[str]:
    """Return the actors who are served; a conflict (409) is about the thing, not about who asks."""
    return frozenset(actor for actor, status in expected.items() if status[0] in "23" or status == "409")


def ruled() -> dict[tuple[str, str], dict[str, frozenset[str]]]:
    """Return who is let in, by address and method, then by relation; logging in is allauth's affair."""
    found: dict[tuple[str, str], dict[str, frozenset[str]]] = defaultdict(dict)
    named = {route.name: route for route in routes() if not route.is_admin}
    for rule in rules():
        if not named[rule.route].is_log_in:
            found[written(named[rule.route]), rule.method][rule.relation] = let_in(rule.expected)
    for name in DESCRIPTIONS:
        found[written(named[name]), "GET"]["-"] = EVERYBODY
    return dict(found)


class TestAddresses:
    def test_are_all_listed_and_no_other(self):
        listed = [cells[0] for cells in rows(ADDRESSES)]
        there = {written(route) for route in routes() if not route.is_admin}
        assert sorted(there - set(listed)) == [], "docs/reference/addresses.md lacks these"
        assert sorted(set(listed) - there) == [], "docs/reference/addresses.md lists what is not there"

    def test_say_for_each_method_who_is_let_in(self):
        stated = {
            (cells[0], method): cells[2]
            for cells in rows(ADDRESSES)
            if len(cells) == 4
            for method in cells[1].split(", ")
        }
        expected = ruled()
        assert set(stated) == set(expected)
        for place, who in stated.items():
            for relation, actors in expected[place].items():
                assert WHO[who].get(relation, f"no {relation}") == actors, f"{place}: {who!r} is not who is let in"

    def test_use_only_words_that_the_page_explains(self):
        page = ADDRESSES.read_text(encoding="utf-8")
        assert [who for who in WHO if f"| {who} | " not in page] == []


class TestCommands:
    def test_are_all_listed_and_no_other(self):
        ours = {
            command
            for app in apps.get_app_configs()
            if ROOT in Path(app.path).parents and ".venv" not in app.path
            for command in find_commands(str(Path(app.path) / "management"))
        }
        listed = {cells[0].split()[0] for cells in rows(COMMANDS)} - {"python"}
        assert listed == ours


class TestSimulations:
    def test_have_a_page_each(self):
        index = (SIMULATIONS / "README.md").read_text(encoding="utf-8")
        assert [name for name in MODELS if f"]({name}.md)" not in index] == [], f"run: {reference.COMMAND}"

    def test_have_current_pages_and_no_other(self):
        there = {path.name: path.read_text(encoding="utf-8") for path in SIMULATIONS.glob("*.md")}
        wanted = reference.pages()
        stale = sorted(name for name in there.keys() | wanted.keys() if there.get(name) != wanted.get(name))
        assert stale == [], f"run: .venv/bin/{reference.COMMAND}"

    def test_are_written_again_without_a_change(self, tmp_path):
        (tmp_path / "gone.md").write_text("A model that is no more.", encoding="utf-8")
        for _ in range(2):
            reference.write(tmp_path)
            assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == reference.pages()


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
    def test_link_to_files_that_are_there(self, page):
        gone = [target for target in targets(page) if not (page.parent / target).exists()]
        assert gone == []

    def test_can_all_be_reached_from_the_index(self):
        reached, waiting = set[Path](), [DOCS / "README.md"]
        while waiting:
            page = waiting.pop()
            reached.add(page)
            linked = [(page.parent / target).resolve() for target in targets(page)]
            found = [path for entry in linked for path in (entry.glob("*.md") if entry.is_dir() else [entry])]
            waiting += [path for path in found if path.suffix == ".md" and path not in reached]
        missing = sorted(str(path.relative_to(DOCS)) for path in set(DOCS.rglob("*.md")) - reached)
        assert missing == [], "link these from docs/README.md"


def targets(page: Path) -> list[str]:
    """Return what a page links to within the project; what stands in examples is no link."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    return [target for target in LINK.findall(text) if not re.match(r"[a-z]+:", target)]
