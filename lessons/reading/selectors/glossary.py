"""The glossary of what an offering reads: what each word means here, how it is misused, and where it is taught."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Person
from lessons.catalogue.selectors import TermContent, glossary_of, offering_visible_to


@dataclass(frozen=True, slots=True)
class GlossaryPage:
    """What the glossary's page shows."""

    slug: str
    course: str
    terms: tuple[TermContent, ...]


def glossary_page(*, person: Person | None, slug: str) -> GlossaryPage:
    """Return the glossary of an offering; two queries. Raises catalogue's NotFound where it is not theirs to see."""
    offering = offering_visible_to(person, slug)
    return GlossaryPage(offering.slug, offering.revision.title, glossary_of(offering.revision))
