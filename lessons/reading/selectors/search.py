"""Full-text search over what an offering reads: chapters, terms, questions' prompts and simulations.

PostgreSQL finds, ranks and cuts out what matched. Where nothing holds every word, words that the course does not have
are set right by its own vocabulary; where they are all there, some of them suffice. See docs/decisions/0011.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accounts.models import Person
from lessons.catalogue.models import Revision
from lessons.catalogue.selectors import offering_visible_to
from lessons.reading.models import SearchEntry
from lessons.reading.search_language import configuration_of
from lessons.reading.searchable import letters_of, words_in

LONGEST_QUERY: Final = 200
SHOWN_OF_A_KIND: Final = 8
SHOWN_OF_ONE_KIND: Final = 50
MOST_RANKED: Final = 500
"""How many matches are ranked, in the order of the course: what more of them have than that is no word to search by."""

ORDER: Final = (
    SearchEntry.Kind.TERM,
    SearchEntry.Kind.SECTION,
    SearchEntry.Kind.SIMULATION,
    SearchEntry.Kind.QUESTION,
)
"""The kinds as a reader wants them: what a word means before where it is asked about."""

Given = dict[str, str | int | UUID | list[str]]
"""The values of a statement, by name."""

START, STOP = "\x02", "\x03"
"""Enclose what matched; the words of an entry hold no control characters."""

_TITLE: Final = f"StartSel={START}, StopSel={STOP}, HighlightAll=true"
_SNIPPET: Final = f'StartSel={START}, StopSel={STOP}, MaxFragments=2, MaxWords=32, MinWords=18, FragmentDelimiter=" … "'

FIND: Final = """
    WITH asked AS (
        SELECT query, querytree(query) NOT IN ('', 'T') AS is_query
        FROM websearch_to_tsquery(%(configuration)s::regconfig, %(words)s) AS query
    ), matching AS MATERIALIZED (
        SELECT id, kind, position, vector FROM reading_searchentry
        WHERE revision_id = %(revision)s AND (%(kind)s = '' OR kind = %(kind)s)
            AND vector @@ websearch_to_tsquery(%(configuration)s::regconfig, %(words)s)
        LIMIT %(most_ranked)s
    ), placed AS (
        SELECT id, row_number() OVER (PARTITION BY kind ORDER BY rank DESC, position) AS place,
            count(*) OVER (PARTITION BY kind) AS found
        FROM (
            SELECT id, kind, position, ts_rank_cd(vector, query, 1) AS rank FROM matching, asked WHERE is_query
        ) AS ranked
    )
    SELECT asked.is_query, entry.kind, entry.key, entry.place, entry.page, entry.anchor, placed.found,
        ts_headline(%(configuration)s::regconfig, entry.title, query, %(title)s),
        ts_headline(%(configuration)s::regconfig, entry.body, query, %(snippet)s)
    FROM asked
    LEFT JOIN placed ON placed.place <= %(shown)s
    LEFT JOIN reading_searchentry AS entry ON entry.id = placed.id
    ORDER BY entry.kind, placed.place
"""
"""One row an entry shown, at least one; the first column says whether there is anything in the query to look for."""

CORRECT: Final = """
    SELECT asked.word, (
        SELECT near.word FROM reading_searchword AS near
        WHERE near.revision_id = %(revision)s AND (near.word %% asked.word OR near.letters = asked.letters)
        ORDER BY near.letters = asked.letters DESC, similarity(near.word, asked.word) DESC, near.uses DESC LIMIT 1
    )
    FROM unnest(%(words)s::text[], %(letters)s::text[]) AS asked (word, letters)
    WHERE NOT EXISTS (
        SELECT FROM reading_searchword AS known WHERE known.revision_id = %(revision)s AND known.word = asked.word
    )
    AND numnode(plainto_tsquery(%(configuration)s::regconfig, asked.word)) > 0
"""
"""One row a word that the course does not have, with the nearest that it has, if any is near."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that matched the query, or one between."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found; `place` names the chapter that it stands in."""

    kind: SearchEntry.Kind
    key: str
    title: tuple[Piece, ...]
    place: str
    page: str
    anchor: str
    snippet: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one kind, best first: `found` of which `hits` are shown."""

    kind: SearchEntry.Kind
    hits: tuple[Hit, ...]
    found: int

    @property
    def is_cut(self) -> bool:
        """Whether more was found than is shown."""
        return self.found > len(self.hits)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What the search page shows.

    `shown_for` is what was looked for in the query's place where nothing matched that, and `is_partial` says that what
    is shown holds only some of the words. `refusal` says why nothing was looked for.
    """

    slug: str
    course: str
    query: str
    kind: str
    groups: tuple[Group, ...] = ()
    shown_for: str = ""
    is_partial: bool = False
    refusal: str = ""

    @property
    def found(self) -> int:
        """How much was found in all."""
        return sum(group.found for group in self.groups)

    @property
    def is_capped(self) -> bool:
        """Whether there may be more matches than were ranked."""
        return self.found >= MOST_RANKED


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks in one revision; `kind` narrows it to one, or is empty."""

    revision: Revision
    kind: str
    configuration: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "configuration", configuration_of(self.revision.language))

    def find(self, words: str) -> tuple[bool, tuple[Group, ...]]:
        """Return whether there is anything to look for, and what was found; one query."""
        given: Given = {
            "revision": self.revision.pk,
            "configuration": self.configuration,
            "words": words,
            "kind": self.kind,
            "most_ranked": MOST_RANKED,
            "shown": SHOWN_OF_ONE_KIND if self.kind else SHOWN_OF_A_KIND,
            "title": _TITLE,
            "snippet": _SNIPPET,
        }
        with connection.cursor() as cursor:
            cursor.execute(FIND, given)
            rows = cursor.fetchall()
        is_query = rows[0][0]
        return is_query, _groups(row[1:] for row in rows if row[1] is not None)

    def corrections(self, words: str) -> Mapping[str, str]:
        """Return words that the course does not have, each with the nearest that it has; one query."""
        asked = list(dict.fromkeys(words_in(words)))
        given: Given = {
            "revision": self.revision.pk,
            "configuration": self.configuration,
            "words": asked,
            "letters": [letters_of(word) for word in asked],
        }
        with connection.cursor() as cursor:
            cursor.execute(CORRECT, given)
            return {word: near for word, near in cursor.fetchall() if near is not None}


def search_page(*, person: Person | None, slug: str, query: str, kind: str = "") -> SearchPage:
    """Return what a query finds in what an offering reads, in four queries at most.

    The query is as people type them: words, "a phrase", or, and -without. An unknown kind searches all of them. Raises
    catalogue's NotFound where the offering is not theirs to see.
    """
    offering = offering_visible_to(person, slug)
    kind = kind if kind in SearchEntry.Kind.values else ""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in query).split())
    page = SearchPage(offering.slug, offering.revision.title, query.strip(), kind)
    if not words:
        return page
    if len(words) > LONGEST_QUERY:
        return _refused(
            page,
            f"That is {len(words):,} characters; {LONGEST_QUERY} are looked for at most. Keep the words that matter.",
        )
    return _searched(page, _Search(offering.revision, kind), words)


def _searched(page: SearchPage, search: _Search, words: str) -> SearchPage:
    is_query, groups = search.find(words)
    if not is_query:
        return _refused(
            page,
            f"There is nothing to look for in “{words}”: it holds no word, only such as stand nearly everywhere, "
            "or only words to leave out. Add one that what you look for is about.",
        )
    if groups:
        return _with(page, groups)
    corrected = _replaced(words, search.corrections(words))
    if corrected != words:
        _, groups = search.find(corrected)
        return _with(page, groups, shown_for=corrected)
    either = " or ".join(words_in(words))
    if " or " in either:
        _, groups = search.find(either)
        return _with(page, groups, is_partial=True)
    return page


def _refused(page: SearchPage, why: str) -> SearchPage:
    return SearchPage(page.slug, page.course, page.query, page.kind, refusal=why)


def _with(page: SearchPage, groups: tuple[Group, ...], *, shown_for: str = "", is_partial: bool = False) -> SearchPage:
    return SearchPage(page.slug, page.course, page.query, page.kind, groups, shown_for, is_partial)


def _replaced(words: str, corrections: Mapping[str, str]) -> str:
    """Return a query with words set right where it has them, letter case aside; as it was where there are none."""
    if not corrections:
        return words
    wrong = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in corrections), re.IGNORECASE)
    return wrong.sub(lambda found: corrections[found.group().lower()], words)


def _groups(rows: Iterable[tuple[Any, ...]]) -> tuple[Group, ...]:
    """Return the rows by kind, the kinds in the order in which a reader wants them."""
    hits: dict[SearchEntry.Kind, list[Hit]] = {kind: [] for kind in ORDER}
    found: dict[SearchEntry.Kind, int] = {}
    for kind_name, key, place, page, anchor, count, title, body in rows:
        kind = SearchEntry.Kind(kind_name)
        hits[kind].append(Hit(kind, key, pieces_of(title), place, page, anchor, pieces_of(body)))
        found[kind] = count
    return tuple(Group(kind, tuple(listed), found[kind]) for kind, listed in hits.items() if listed)


def pieces_of(marked: str) -> tuple[Piece, ...]:
    """Return a text in which what matched stands between START and STOP as pieces, none empty."""
    pieces: list[Piece] = []
    for stretch in marked.split(START):
        matched, stop, between = stretch.partition(STOP)
        pieces += [Piece(matched, True), Piece(between, False)] if stop else [Piece(matched, False)]
    return tuple(piece for piece in pieces if piece.text)
