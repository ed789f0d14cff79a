"""Write what can be searched of a revision, when an offering begins to read it."""

from __future__ import annotations

from typing import Final

from django.db import connection, transaction

from lessons.catalogue.models import ItemVersion, Offering, Revision
from lessons.reading.models import SearchEntry, SearchWord
from lessons.reading.search_language import configuration_of
from lessons.reading.searchable import letters_of, searchable_parts, vocabulary
from simulations.selectors import model_cards

INSERT_ENTRIES: Final = """
    INSERT INTO reading_searchentry (revision_id, position, kind, key, title, place, page, anchor, body, vector)
    SELECT %(revision)s, part.position, part.kind, part.key, part.title, part.place, part.page, part.anchor, part.body,
        setweight(to_tsvector(%(configuration)s::regconfig, part.title), 'A')
        || setweight(to_tsvector(%(configuration)s::regconfig, part.body), 'D')
    FROM unnest(
        %(kinds)s::text[], %(keys)s::text[], %(titles)s::text[], %(places)s::text[], %(pages)s::text[],
        %(anchors)s::text[], %(bodies)s::text[]
    ) WITH ORDINALITY AS part (kind, key, title, place, page, anchor, body, position)
    ON CONFLICT (revision_id, kind, key) DO NOTHING
"""
INSERT_WORDS: Final = """
    INSERT INTO reading_searchword (revision_id, word, letters, uses)
    SELECT %(revision)s, found.* FROM unnest(%(words)s::text[], %(letters)s::text[], %(uses)s::int[]) AS found
    ON CONFLICT (revision_id, word) DO NOTHING
"""
"""A statement each, where rows by the hundred would take many: loading a course waits for them."""


@transaction.atomic
def index_revision(*, revision: Revision) -> int:
    """Write what can be searched of a revision and return how many entries that are; none where it was done before."""
    if SearchEntry.objects.filter(revision=revision).exists():
        return 0
    versions = ItemVersion.objects.filter(revision=revision).select_related("item").order_by("position")
    parts = searchable_parts(versions, model_cards())
    words = vocabulary(parts)
    with connection.cursor() as cursor:
        cursor.execute(
            INSERT_ENTRIES,
            {
                "revision": revision.pk,
                "configuration": configuration_of(revision.language),
                "kinds": [part.kind.value for part in parts],
                "keys": [part.key for part in parts],
                "titles": [part.title for part in parts],
                "places": [part.place for part in parts],
                "pages": [part.page for part in parts],
                "anchors": [part.anchor for part in parts],
                "bodies": [part.body for part in parts],
            },
        )
        entries = int(cursor.rowcount)
        cursor.execute(
            INSERT_WORDS,
            {
                "revision": revision.pk,
                "words": list(words),
                "letters": [letters_of(word) for word in words],
                "uses": list(words.values()),
            },
        )
    return entries


@transaction.atomic
def rebuild_search() -> int:
    """Write anew what can be searched of every revision that an offering reads, drop the rest; return the entries."""
    SearchWord.objects.all().delete()
    SearchEntry.objects.all().delete()
    read = Revision.objects.filter(pk__in=Offering.objects.values("revision"))
    return sum(index_revision(revision=revision) for revision in read)
