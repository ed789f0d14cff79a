"""Search in the course as it is, in ten times and in a hundred times as much of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import pytest
from django.db import connection
from django.utils import timezone

from lessons.catalogue.models import Offering
from lessons.catalogue.services import publish_course
from lessons.content import check_course
from lessons.reading.models import SearchEntry, SearchWord
from lessons.reading.selectors import search_page
from tests.benchmarks.table import quantile, show

TRADEOFFS = Path(__file__).parents[2] / "lessons" / "courses" / "tradeoffs"
TIMES = (1, 10, 100)
ROUNDS = 20
VOCABULARY_GROWTH = 0.6
"""Distinct words grow as the text to this power (Heaps, 1978: 0.4 to 0.6 for English)."""

ASKED: Mapping[str, str] = {
    "a rare word": "coordinated omission",
    "a common word": "requests",
    "three words": "replica lag read",
    "a phrase": '"shared cause"',
    "a word misspelt": "avalability",
    "letters swapped": "chace",
    "words never together": "hedged quorum billing percentile",
    "nothing like it": "xylophonist",
}
COPY_ENTRIES = """
    INSERT INTO reading_searchentry (revision_id, position, kind, key, title, place, page, anchor, body, vector)
    SELECT revision_id, position + %(copy)s * 10000, kind, key || '-' || %(copy)s, title, place, page, anchor, body,
        vector
    FROM reading_searchentry WHERE key = ANY(%(keys)s)
"""
COPY_WORDS = """
    INSERT INTO reading_searchword (revision_id, word, letters, uses)
    SELECT revision_id, left(word, 30) || %(ending)s, letters || %(ending)s, uses
    FROM reading_searchword WHERE word = ANY(%(words)s) ON CONFLICT DO NOTHING
"""


def ending_of(copy: int) -> str:
    """Return two letters that no other copy has."""
    return chr(ord("a") + copy // 26) + chr(ord("a") + copy % 26)


@pytest.mark.django_db
class TestSearch:
    def test_cost(self):
        report = check_course(TRADEOFFS)
        assert report.course is not None, report.faults
        started = time.perf_counter()
        revision = publish_course(source=report.course, organisation=None, now=timezone.now())
        rows = [("storing the course, index included", f"{time.perf_counter() - started:.2f} s")]
        offering = Offering.objects.get(revision=revision)
        keys = list(SearchEntry.objects.values_list("key", flat=True))
        words = list(SearchWord.objects.values_list("word", flat=True))
        entries_there = words_there = 1
        for times in TIMES:
            with connection.cursor() as cursor:
                for copy in range(entries_there, times):
                    cursor.execute(COPY_ENTRIES, {"copy": copy, "keys": keys})
                entries_there, wanted = times, round(times**VOCABULARY_GROWTH)
                for copy in range(words_there, wanted):
                    cursor.execute(COPY_WORDS, {"ending": ending_of(copy), "words": words})
                words_there = wanted
                cursor.execute("ANALYZE reading_searchentry, reading_searchword")
            rows.append(
                (f"{times} times", f"{SearchEntry.objects.count():,} entries, {SearchWord.objects.count():,} words")
            )
            rows += [(f"{times:>4} times, {name}", self._search(offering.slug, query)) for name, query in ASKED.items()]
        show("Search, the selector with its queries", rows)

    @staticmethod
    def _search(slug: str, query: str) -> str:
        page = search_page(person=None, slug=slug, query=query)
        took = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            search_page(person=None, slug=slug, query=query)
            took.append((time.perf_counter() - started) * 1000)
        return f"p50 {median(took):6.1f} ms, p95 {quantile(took, 0.95):6.1f} ms, {page.found:,} found"
