"""Parse, check and render a course that is written as files. Pure: no framework, no database."""

from lessons.content.course import check_course, digest_of
from lessons.content.faults import Fault
from lessons.content.model import RENDERER_VERSION, ComingChapter, LoadedCourse, LoadedItem, Report

__all__ = [
    "RENDERER_VERSION",
    "ComingChapter",
    "Fault",
    "LoadedCourse",
    "LoadedItem",
    "Report",
    "check_course",
    "digest_of",
]
