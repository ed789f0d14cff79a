"""Read a course's folder without trusting it: bounded, regular files only, nothing outside the folder."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from lessons.content.faults import FaultLog

MOST_FILES = 2_000
MOST_BYTES_A_FILE = 400_000
MOST_BYTES = 20_000_000
LONGEST_LINE = 5_000
DEEPEST_FOLDER = 2
TEXT_SUFFIXES = (".md", ".yaml")

# Control characters have no place in text and PostgreSQL refuses NUL; the private use area is the renderer's own.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff]")


def read_tree(root: Path, faults: FaultLog) -> dict[str, bytes]:
    """Return the content of every file of a course by its path relative to the root, `/` between folders.

    Names that begin with a dot are passed over. Symbolic links, devices and whatever is too large, too deep or too
    many are reported and left out.
    """
    files: dict[str, bytes] = {}
    if not root.is_dir():
        faults.add(str(root), 1, "There is no such folder; give the folder that holds course.yaml.")
        return files
    total = 0
    pending = [(root, 0)]
    while pending:
        folder, depth = pending.pop()
        for entry in _entries(folder, root, faults):
            name = Path(entry.path).relative_to(root).as_posix()
            if refusal := _refusal(entry, depth):
                faults.add(_printable(name), 1, refusal)
            elif entry.is_dir(follow_symlinks=False):
                pending.append((Path(entry.path), depth + 1))
            else:
                content = _read(Path(entry.path), name, faults)
                total += len(content)
                if len(files) >= MOST_FILES or total > MOST_BYTES:
                    message = f"A course may hold {MOST_FILES:,} files and {MOST_BYTES:,} bytes; this is more."
                    faults.add("course.yaml", 1, message)
                    return files
                files[name] = content
    return files


def digest(files: Mapping[str, bytes], *versions: str) -> str:
    """Return the SHA-256, in hexadecimal, of the files with their names and of the versions that shape the result."""
    total = hashlib.sha256()
    for part in versions:
        total.update(f"{len(part)}:{part}".encode())
    for name in sorted(files):
        total.update(f"{len(name)}:{name}{len(files[name])}:".encode())
        total.update(files[name])
    return total.hexdigest()


def decode(name: str, content: bytes, faults: FaultLog) -> str | None:
    """Return a file's text with line feeds at its line ends, or None after reporting why it cannot be read."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        broken = content.count(b"\n", 0, error.start) + 1
        faults.add(name, broken, f"Byte {content[error.start]:#04x} is not UTF-8; save the file as UTF-8.")
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), start=1):
        if stranger := _UNPRINTABLE.search(line):
            faults.add(name, number, f"Character U+{ord(stranger.group()):04X} cannot stand in a course; remove it.")
            return None
        if len(line) > LONGEST_LINE:
            faults.add(name, number, f"This line has {len(line):,} characters; break it, {LONGEST_LINE:,} is the most.")
            return None
    return text


def is_printable(text: str) -> bool:
    """Return whether a text is free of control, surrogate and private characters (line ends and tabs are fine)."""
    return _UNPRINTABLE.search(text) is None


def _refusal(entry: os.DirEntry[str], depth: int) -> str:
    """Return why an entry cannot belong to a course, or nothing."""
    if not is_printable(entry.name):
        return "This name holds characters that cannot be printed; rename it."
    if entry.is_symlink():
        return "This is a symbolic link; put the file itself here."
    if entry.is_dir(follow_symlinks=False):
        return "" if depth < DEEPEST_FOLDER else f"Folders may be nested {DEEPEST_FOLDER} deep; move this up."
    status = entry.stat(follow_symlinks=False)
    if not stat.S_ISREG(status.st_mode):
        return "This is not a regular file; remove it."
    if status.st_size > MOST_BYTES_A_FILE:
        return f"This file has {status.st_size:,} bytes; {MOST_BYTES_A_FILE:,} is the most. Split it."
    return ""


def _entries(folder: Path, root: Path, faults: FaultLog) -> list[os.DirEntry[str]]:
    """Return what a folder holds by name, reporting a folder that may not be read."""
    try:
        entries = sorted(os.scandir(folder), key=lambda found: found.name)
    except OSError as error:
        faults.add(_printable(folder.relative_to(root).as_posix()), 1, f"This folder cannot be read: {error.strerror}.")
        return []
    return [entry for entry in entries if not entry.name.startswith(".")]


def _read(path: Path, name: str, faults: FaultLog) -> bytes:
    """Return a regular file's content, never following a link put there meanwhile; report what cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            return file.read(MOST_BYTES_A_FILE + 1)
    except OSError as error:
        faults.add(name, 1, f"This file cannot be read: {error.strerror}.")
        return b""


def _printable(name: str) -> str:
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", name)
