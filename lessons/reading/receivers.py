"""What this room does when the catalogue reports something."""

from __future__ import annotations

from typing import Any

from lessons.catalogue.models import Revision
from lessons.reading.services import index_revision


def index_published(*, revision: Revision, **_: Any) -> None:
    """Let what an offering reads from now on be searched."""
    index_revision(revision=revision)
