"""The writes of this room: that somebody opened a chapter, and what is searched of a revision."""

from lessons.reading.services.opening import note_opened
from lessons.reading.services.search_index import index_revision, rebuild_search

__all__ = ["index_revision", "note_opened", "rebuild_search"]
