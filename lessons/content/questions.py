"""Read a chapter's questions.yaml and let every question test itself on a few variants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lessons.content.documents import Document, Schema, load_yaml, validate
from lessons.content.faults import FaultLog, FileFaults
from lessons.content.files import decode
from lessons.content.schemas import Was
from quizzes.kinds import InvalidQuestion, parse_question, verify_question

FILE: Final = "questions.yaml"
TESTED_SEEDS: Final = range(5)
MOST_QUESTIONS: Final = 200


class _Earlier(Schema):
    """What the course keeps of a question beside its definition."""

    was: Was = []


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question that passed its tests; `definition` is what `quizzes.kinds.parse_question` takes."""

    id: str
    line: int
    was: tuple[str, ...]
    title: str
    section: str
    recalls: str | None
    definition: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a chapter by id; `known` also has those with faults, so that one mistake is told once."""

    read: Mapping[str, ReadQuestion]
    known: frozenset[str]


def read_questions(name: str, files: Mapping[str, bytes], faults: FaultLog) -> Questions:
    """Return the questions in a file, reporting what is wrong with each at its line; without a file there are none."""
    own = faults.in_file(name)
    text = decode(name, files[name], faults) if name in files else None
    document = None if text is None else load_yaml(text, own)
    if document is None:
        return Questions({}, frozenset())
    if not isinstance(document.value, list) or len(document.value) > MOST_QUESTIONS:
        own.add(1, f"The file is a list of at most {MOST_QUESTIONS} questions, each beginning with - id: …")
        return Questions({}, frozenset())
    read: dict[str, ReadQuestion] = {}
    known: set[str] = set()
    for index in range(len(document.value)):
        part = document.under(index)
        if not isinstance(part.value, dict):
            own.add(part.line_of(()), "A question is a mapping that begins with - id: …")
            continue
        identifier = str(part.value.get("id", ""))
        if identifier in known:
            own.add(part.line_of(("id",)), f"{identifier} is defined twice; give one of them another id.")
        known.add(identifier)
        if question := _read_question(part, own):
            read.setdefault(question.id, question)
    return Questions(read, frozenset(known))


def _read_question(part: Document, faults: FileFaults) -> ReadQuestion | None:
    """Return a question, or None after reporting why it is refused."""
    definition = {name: value for name, value in part.value.items() if name != "was"}
    earlier = Document({"was": part.value.get("was", [])}, part.lines)
    kept = validate(_Earlier, earlier, faults)
    try:
        question = parse_question(definition)
    except InvalidQuestion as refusal:
        for path, message in refusal.faults:
            steps = [int(step) if step.isdigit() else step for step in path.split(".") if step]
            shown = f"{path}: {message}" if path else message
            faults.add(part.line_of(steps), shown.rstrip(".") + ".")
        return None
    for fault in verify_question(question, TESTED_SEEDS):
        faults.add(part.line_of(()), f"{question.definition.id}: {fault.rstrip('.')}.")
    if kept is None:
        return None
    return ReadQuestion(
        id=question.definition.id,
        line=part.line_of(()),
        was=tuple(kept.was),
        title=question.definition.title,
        section=question.definition.section,
        recalls=question.definition.recalls,
        definition=definition,
    )
