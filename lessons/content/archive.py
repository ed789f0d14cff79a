"""Read a course from an archive without trusting it: in memory, bounded, and never written to a disk.

Names are only keys of a mapping here, so that none of them can lead anywhere; they are refused all the same, because an
archive with such names was not made by somebody who packed a course. What an archive says of its sizes is not believed:
bytes are counted as they are unpacked, and unpacking stops at the limit.
"""

from __future__ import annotations

import gzip
import io
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lessons.content.faults import FaultLog
from lessons.content.files import DEEPEST_FOLDER, MOST_BYTES, MOST_BYTES_A_FILE, MOST_FILES, is_printable

LARGEST_ARCHIVE: Final = 5_000_000
"""Bytes of an archive as it is sent; text packs to a quarter, so this is a course of the largest size."""
MOST_ENTRIES: Final = 2 * MOST_FILES
"""Files and folders together."""
MOST_UNPACKED: Final = MOST_BYTES + MOST_ENTRIES * 2 * tarfile.BLOCKSIZE
"""Bytes that a compressed tar may unpack to: its files and what a tar adds to each."""
ARCHIVE: Final = "the archive"
"""What stands for the file's name in faults of the archive as a whole."""

_ZIP: Final = b"PK"
_GZIP: Final = b"\x1f\x8b"
_ENCRYPTED: Final = 0x1
_UTF8_NAME: Final = 0x800
_LEFT_BY_PACKERS: Final = "__MACOSX"
_LONGEST_NAME: Final = 200
_READABLE = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class _UnreadableError(Exception):
    """The archive as a whole cannot be read; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file in an archive, or why it cannot belong to a course."""

    name: str
    content: bytes = b""
    refusal: str = ""


def read_archive(content: bytes, faults: FaultLog) -> dict[str, bytes]:
    """Return the files in a zip or tar.gz archive by name, reporting whatever cannot belong to a course.

    A single folder around everything, which many programs add, is taken off. Names that begin with a dot are passed
    over, as in a folder.
    """
    try:
        files = _taken(content, faults)
    except _UnreadableError as refusal:
        faults.add(ARCHIVE, 1, str(refusal))
        return {}
    return _without_wrapping(files, faults)


def _taken(content: bytes, faults: FaultLog) -> dict[str, bytes]:
    """Return the files that may belong to a course, reporting each of the others."""
    files: dict[str, bytes] = {}
    seen: set[str] = set()
    total = 0
    for count, entry in enumerate(_entries(content), start=1):
        if count > MOST_ENTRIES:
            raise _UnreadableError(f"It holds more than {MOST_ENTRIES:,} files and folders. Pack the course alone.")
        name = entry.name.removeprefix("./")
        folded = unicodedata.normalize("NFC", name).casefold()
        if refusal := _refusal_of_name(name) or entry.refusal:
            faults.add(_shown(name), 1, refusal)
        elif folded in seen:
            faults.add(name, 1, "The archive holds this name twice, or once more in other letters. Keep one.")
        else:
            seen.add(folded)
            files[name] = entry.content
            total += len(entry.content)
        if len(files) > MOST_FILES or total > MOST_BYTES:
            most = f"{MOST_FILES:,} files and {MOST_BYTES:,} bytes"
            raise _UnreadableError(f"A course may hold {most}; this is more.")
    return files


def _entries(content: bytes) -> Iterator[_Entry]:
    if len(content) > LARGEST_ARCHIVE:
        raise _UnreadableError(
            f"It has more than {LARGEST_ARCHIVE:,} bytes, the most that is taken. Leave out whatever is no course text."
        )
    if content.startswith(_ZIP):
        return _zipped(content)
    if content.startswith(_GZIP):
        return _tarred(content)
    raise _UnreadableError(
        "It is neither a .zip nor a .tar.gz. Pack the folder that holds course.yaml as one of these."
    )


def _zipped(content: bytes) -> Iterator[_Entry]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield _zip_entry(archive, info)
    # Python's zipfile raises NotImplementedError for a .zip that asks for a later version of the format than it reads.
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, EOFError, struct.error) as error:
        raise _UnreadableError(f"It cannot be read as a .zip: {error}. Pack it again.") from error


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> _Entry:
    # Python cuts a name at a null character, so that what is shown would not be what was packed.
    name = info.orig_filename
    if refusal := _refusal_of_zipped(info):
        return _Entry(name, refusal=refusal)
    try:
        with archive.open(info) as file:
            return _bounded(name, file.read(MOST_BYTES_A_FILE + 1))
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        return _Entry(name, refusal=f"This is damaged: {error}. Pack the course again.")


def _refusal_of_zipped(info: zipfile.ZipInfo) -> str:
    """Return why what a zip says of a file makes it none of a course's, or nothing."""
    mode = info.external_attr >> 16
    if stat.S_ISLNK(mode):
        return "This is a symbolic link; put the file itself here."
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "This is not a regular file; remove it."
    if info.flag_bits & _ENCRYPTED:
        return "This is encrypted; pack it without a password."
    if info.compress_type not in _READABLE:
        return "This is packed in a way that few can read; pack it as an ordinary .zip."
    if not info.orig_filename.isascii() and not info.flag_bits & _UTF8_NAME:
        return "This name is not stored as UTF-8; name files with letters, digits and hyphens."
    return ""


def _tarred(content: bytes) -> Iterator[_Entry]:
    unpacked = _Bounded(gzip.GzipFile(fileobj=io.BytesIO(content)))
    try:
        with tarfile.open(fileobj=unpacked, mode="r|", errorlevel=1) as archive:
            for member in archive:
                if not member.isdir():
                    yield _tar_entry(archive, member)
    except (tarfile.TarError, zlib.error, EOFError, OSError, ValueError, OverflowError) as error:
        raise _UnreadableError(f"It cannot be read as a .tar.gz: {error}. Pack it again.") from error


def _tar_entry(archive: tarfile.TarFile, member: tarfile.TarInfo) -> _Entry:
    if member.issym() or member.islnk():
        return _Entry(member.name, refusal="This is a link; put the file itself here.")
    if not member.isreg() or member.issparse():
        return _Entry(member.name, refusal="This is not a regular file; remove it.")
    if member.size > MOST_BYTES_A_FILE:
        return _Entry(member.name, refusal=_too_long(f"{member.size:,}"))
    file = archive.extractfile(member)
    assert file is not None, "a regular file can be read"
    return _bounded(member.name, file.read(MOST_BYTES_A_FILE + 1))


def _bounded(name: str, content: bytes) -> _Entry:
    if len(content) > MOST_BYTES_A_FILE:
        return _Entry(name, refusal=_too_long(f"more than {MOST_BYTES_A_FILE:,}"))
    return _Entry(name, content)


def _too_long(size: str) -> str:
    return f"This file has {size} bytes; {MOST_BYTES_A_FILE:,} is the most. Split it."


class _Bounded(io.RawIOBase):
    """What a stream unpacks to, up to a limit: a few bytes may unpack to any number."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream
        self._left = MOST_UNPACKED

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self._left + 1:
            size = self._left + 1
        part = self._stream.read(size)
        self._left -= len(part)
        if self._left < 0:
            raise _UnreadableError(f"It unpacks to more than {MOST_BYTES:,} bytes, the most that a course may hold.")
        return part


def _refusal_of_name(name: str) -> str:
    """Return why a name cannot be one of a course's file, or nothing."""
    if not is_printable(name) or not _encodable(name):
        return "This name holds characters that cannot be printed; rename it."
    if name.startswith(("/", "\\")) or name[1:2] == ":":
        return "This name begins at the root of a disk; pack the folder itself, with names relative to it."
    if "\\" in name:
        return "This name holds a backslash; folders are separated by / in a course."
    if any(part in {"", ".", ".."} for part in name.split("/")):
        return "This name leads out of its folder or through an empty one; pack the folder itself."
    if len(name) > _LONGEST_NAME:
        return f"This name has {len(name):,} characters; {_LONGEST_NAME} is the most. Shorten it."
    return ""


def _encodable(name: str) -> bool:
    """Return whether a name is text; tar hands bytes that are none over as lone surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


def _without_wrapping(files: Mapping[str, bytes], faults: FaultLog) -> dict[str, bytes]:
    """Return the files of the course itself: without one folder around all, and without what packers leave."""
    own = {name: content for name, content in files.items() if not _is_passed_over(name)}
    tops = {name.partition("/")[0] for name in own}
    if len(tops) == 1 and all("/" in name for name in own):
        own = {name.partition("/")[2]: content for name, content in own.items()}
    kept: dict[str, bytes] = {}
    for name, content in own.items():
        if _is_passed_over(name):
            continue
        if name.count("/") > DEEPEST_FOLDER:
            faults.add(name, 1, f"Folders may be nested {DEEPEST_FOLDER} deep; move this up.")
        else:
            kept[name] = content
    if not kept and not faults:
        faults.add(ARCHIVE, 1, "It holds no file. Pack the folder that holds course.yaml.")
    return kept


def _is_passed_over(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == _LEFT_BY_PACKERS or any(part.startswith(".") for part in parts)


def _shown(name: str) -> str:
    """Return a refused name so that it can be printed and kept."""
    shown = "".join(sign if is_printable(sign) and _encodable(sign) else "\N{REPLACEMENT CHARACTER}" for sign in name)
    return shown[:_LONGEST_NAME] or ARCHIVE
