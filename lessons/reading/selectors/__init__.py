"""What pages and the API show of courses and progress, each in a number of queries that does not grow."""

from lessons.reading.selectors.chapter import ChapterPage, chapter_page
from lessons.reading.selectors.cohort import CohortPage, cohort_page
from lessons.reading.selectors.courses import OfferedCourse, courses_for
from lessons.reading.selectors.glossary import GlossaryPage, glossary_page
from lessons.reading.selectors.home import Home, home_of
from lessons.reading.selectors.landing import Landing, landing_page
from lessons.reading.selectors.notes import (
    ChapterNotes,
    NotePage,
    NotesPage,
    chapter_notes,
    note_page,
    notes_of,
    notes_page,
)
from lessons.reading.selectors.outline import OutlinePage, outline_page
from lessons.reading.selectors.search import SearchPage, search_page

__all__ = [
    "ChapterNotes",
    "ChapterPage",
    "CohortPage",
    "GlossaryPage",
    "Home",
    "Landing",
    "NotePage",
    "NotesPage",
    "OfferedCourse",
    "OutlinePage",
    "SearchPage",
    "chapter_notes",
    "chapter_page",
    "cohort_page",
    "courses_for",
    "glossary_page",
    "home_of",
    "landing_page",
    "note_page",
    "notes_of",
    "notes_page",
    "outline_page",
    "search_page",
]
