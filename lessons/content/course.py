"""Check a whole course and return it ready to be stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from lessons.content import chapters, glossary, pages, questions, recalls
from lessons.content.archive import read_archive
from lessons.content.documents import Document, load_yaml, validate
from lessons.content.faults import FaultLog
from lessons.content.files import decode, digest, read_tree
from lessons.content.model import RENDERER_VERSION, ComingChapter, LoadedCourse, LoadedItem, Report
from lessons.content.schemas import CourseFile
from simulations import engine

FILE: Final = "course.yaml"
LONGEST_KEY: Final = 120
LONGEST_TITLE: Final = 200
TAKEN: Final = frozenset(
    """analysis assignments calibration cohort corrections glossary gradebook grades interview my-notes placement
    questions readiness review reviews revision search""".split()  # noqa: SIM905 - the words read better in a row
)
"""What follows a course's address in addresses of other pages: no chapter or appendix can be found there.

A test holds these words to the URL resolver.
"""

_AT_ROOT: Final = {FILE, glossary.FILE, "README.md", "LICENSE.md", "LICENSE"}
_IN_CHAPTER: Final = {pages.FILES["chapter"], questions.FILE}
_IN_APPENDIX: Final = {pages.FILES["appendix"]}


def check_course(path: Path) -> Report:
    """Read, check and render the course in a folder.

    Returns every fault at once, each with file and line, and the course only where there is none. Whatever the files
    hold, nothing is raised.
    """
    faults = FaultLog()
    return _check(read_tree(path, faults), faults)


def check_archive(content: bytes) -> Report:
    """Read, check and render the course in a .zip or .tar.gz, as `check_course` does that in a folder."""
    faults = FaultLog()
    return _check(read_archive(content, faults), faults)


def _check(files: Mapping[str, bytes], faults: FaultLog) -> Report:
    if faults and not files:
        return Report(faults.sorted(), None)
    course = _load(files, faults)
    found = faults.sorted()
    return Report(found, None if found else course)


def digest_of(path: Path) -> str:
    """Return the digest that the course in a folder would have, without checking it."""
    return _digest(read_tree(path, FaultLog()))


def _digest(files: Mapping[str, bytes]) -> str:
    return digest(files, engine.VERSION, RENDERER_VERSION)


def _load(files: Mapping[str, bytes], faults: FaultLog) -> LoadedCourse | None:
    own = faults.in_file(FILE)
    if FILE not in files:
        own.add(1, "There is no course.yaml; it states slug, title, summary, language, licence and chapters.")
    text = decode(FILE, files[FILE], faults) if FILE in files else None
    document = None if text is None else load_yaml(text, own)
    stated = None if document is None else validate(CourseFile, document, own)
    terms = glossary.read_glossary(files, faults)
    folders = _page_folders(files, stated)
    found = pages.find_pages(folders, files)
    items = [item for folder in folders for item in chapters.read_page(folder, files, terms.items, found, faults)]
    found.check_sections(items)
    placed = tuple(glossary.placed_terms(terms, items, found, faults))
    items = [*glossary.with_taught_terms(items, placed, found), *placed]
    items = list(recalls.with_recalled(items, found))
    if document is None or stated is None:
        return None
    _check_files(files, stated, faults)
    _check_outline(stated, document, items, faults)
    _check_keys(stated, document, items, faults)
    return LoadedCourse(
        slug=stated.slug,
        title=stated.title,
        summary=stated.summary,
        language=stated.language,
        licence=stated.licence,
        digest=_digest(files),
        engine_version=engine.VERSION,
        renderer_version=RENDERER_VERSION,
        coming=tuple(ComingChapter(chapter.number, chapter.title) for chapter in stated.outline),
        items=tuple(items),
        removed=tuple(stated.removed),
    )


def _page_folders(files: Mapping[str, bytes], stated: CourseFile | None) -> list[pages.PageFolder]:
    """Return the folders of chapters, then of appendices; without course.yaml those that look like one."""
    folders: dict[pages.PageKind, list[str]] = {}
    for kind, file in pages.FILES.items():
        folders[kind] = sorted(name.removesuffix(f"/{file}") for name in files if name.endswith(f"/{file}"))
    if stated is not None:
        folders = {"chapter": stated.chapters, "appendix": stated.appendices}
    return list(dict.fromkeys(pages.PageFolder(kind, name) for kind, listed in folders.items() for name in listed))


def _check_files(files: Mapping[str, bytes], stated: CourseFile, faults: FaultLog) -> None:
    """Report files that nothing reads, since a misspelt name would otherwise be passed over in silence."""
    for name in files:
        folder, slash, rest = name.partition("/")
        if not slash:
            if name not in _AT_ROOT:
                faults.add(name, 1, f"Nothing reads this file; at the root stand {', '.join(sorted(_AT_ROOT))}.")
        elif folder in stated.chapters:
            if rest not in _IN_CHAPTER:
                faults.add(name, 1, f"Nothing reads this file; a chapter has {', '.join(sorted(_IN_CHAPTER))}.")
        elif folder not in stated.appendices:
            message = f"{folder} is not listed under chapters or appendices in course.yaml; list it or remove it."
            faults.add(name, 1, message)
        elif rest not in _IN_APPENDIX:
            faults.add(name, 1, f"Nothing reads this file; an appendix has {', '.join(sorted(_IN_APPENDIX))}.")


def _check_outline(stated: CourseFile, document: Document, items: list[LoadedItem], faults: FaultLog) -> None:
    """Report folders listed twice and numbers given twice, to written and announced chapters together."""
    own = faults.in_file(FILE)
    for field, listed in (("chapters", stated.chapters), ("appendices", stated.appendices)):
        for index, folder in enumerate(listed):
            if folder in listed[:index] or (listed is stated.appendices and folder in stated.chapters):
                own.add(document.line_of((field, index)), f"{folder} is listed twice.")
    taken = {item.payload["number"] for item in items if item.kind == "chapter"}
    numbers = Counter(item.payload["number"] for item in items if item.kind == "chapter")
    for number, times in numbers.items():
        if times > 1:
            own.add(document.line_of(("chapters",)), f"{times} chapters have the number {number}; number them apart.")
    for index, coming in enumerate(stated.outline):
        if coming.number in taken:
            own.add(document.line_of(("outline", index)), f"Number {coming.number} is taken by another chapter.")
        taken.add(coming.number)


def _refusals_of(key: str, times: int) -> Iterator[str]:
    """Yield why a key that so many items have cannot stay."""
    if times > 1:
        yield f"{times} items have the key {key}; give each an id of its own."
    if len(key) > LONGEST_KEY:
        yield f"The key {key} has {len(key)} characters; {LONGEST_KEY} fit."
    if key == glossary.NAMESPACE:
        yield f"A chapter cannot have the id {key}, which is the glossary's."
    if key in TAKEN:
        yield f"A page cannot have the id {key}: another page has that address. Choose another id."


def _check_keys(stated: CourseFile, document: Document, items: list[LoadedItem], faults: FaultLog) -> None:
    """Report keys that are used twice, too long, reserved, or used again after they were removed."""
    own = faults.in_file(FILE)
    keys = Counter(item.key for item in items)
    for key, times in keys.items():
        for message in _refusals_of(key, times):
            own.add(document.line_of(("chapters",)), message)
    for item in items:
        if len(item.title) > LONGEST_TITLE:
            own.add(
                document.line_of(("chapters",)),
                f"The title of {item.key} has {len(item.title)} characters; {LONGEST_TITLE} fit.",
            )
    for index, key in enumerate(stated.removed):
        if key in keys:
            message = f"{key} is listed as removed and exists; an id is never used again, so choose another."
            own.add(document.line_of(("removed", index)), message)
    earlier = Counter(old for item in items for old in item.was if old in keys)
    for old in earlier:
        own.add(
            document.line_of(("chapters",)), f"{old} is named by was: and still exists; one item cannot become two."
        )
