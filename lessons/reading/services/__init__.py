"""The writes of this room: that somebody opened a chapter, what is searched of a revision, and learners' notes."""

from lessons.reading.services.notes import (
    Passage,
    change_note,
    delete_note,
    erase_notes,
    keep_note,
    move_notes,
)
from lessons.reading.services.opening import note_opened
from lessons.reading.services.search_index import index_revision, rebuild_search

__all__ = [
    "Passage",
    "change_note",
    "delete_note",
    "erase_notes",
    "index_revision",
    "keep_note",
    "move_notes",
    "note_opened",
    "rebuild_search",
]
