"""Courses as archives, from people who mean harm or who packed in haste: reported, bounded, never raised."""

from __future__ import annotations

import gzip
import io
import stat
import subprocess
import sys
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.content import apart, archive, check_course
from lessons.content.apart import check_apart
from lessons.content.archive import ARCHIVE, LARGEST_ARCHIVE, MOST_UNPACKED, read_archive
from lessons.content.course import check_archive
from lessons.content.faults import FaultLog
from lessons.content.files import MOST_BYTES_A_FILE
from tests.unit.content.conftest import MINIMAL

FILES = {path.relative_to(MINIMAL).as_posix(): path.read_bytes() for path in MINIMAL.rglob("*.*") if path.is_file()}


def zipped(files=FILES, *, prefix=""):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            out.writestr(prefix + name, content)
    return packed.getvalue()


def with_entry(name, content=b"x", *, mode=stat.S_IFREG | 0o644, files=FILES):
    packed = io.BytesIO(zipped(files))
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr(info, content)
    return packed.getvalue()


def tarred(files=FILES, *members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as out:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            out.addfile(info, io.BytesIO(content))
        for info in members:
            out.addfile(info)
    return packed.getvalue()


def member(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def faults_of(content):
    report = check_archive(content)
    assert report.course is None
    return [(fault.file, fault.message) for fault in report.faults]


class TestSoundArchive:
    @pytest.mark.parametrize(
        "content",
        [
            zipped(),
            zipped(prefix="minimal/"),
            zipped({**FILES, "__MACOSX/._course.yaml": b"\0", ".DS_Store": b"\0"}),
            tarred(),
            tarred({f"./minimal/{name}": content for name, content in FILES.items()}),
        ],
        ids=["zip", "zip with a folder around it", "zip from a Mac", "tar", "tar with a folder around it"],
    )
    def test_is_the_course_that_its_folder_is(self, content):
        report = check_archive(content)
        assert report.faults == ()
        assert report.course == check_course(MINIMAL).course


HOSTILE_NAMES = [
    ("../course.yaml", "leads out of its folder"),
    ("01-waiting/../../etc/passwd", "leads out of its folder"),
    ("01-waiting//chapter.md", "leads out of its folder"),
    ("/etc/passwd", "begins at the root of a disk"),
    ("C:/course.yaml", "begins at the root of a disk"),
    ("..\\course.yaml", "holds a backslash"),
    ("a\x01b.md", "cannot be printed"),
    ("x" * 201, "200 is the most"),
    ("COURSE.YAML", "holds this name twice, or once more in other letters"),
    ("01-waiting/a/b/deep.md", "nested 2 deep"),
    ("run.sh", "Nothing reads this file"),
    ("01-waiting/setup.py", "Nothing reads this file"),
]


class TestZip:
    @pytest.mark.parametrize(("name", "message"), HOSTILE_NAMES)
    def test_with_a_hostile_name_is_refused_by_it(self, name, message):
        content = with_entry(name, mode=stat.S_IFREG | 0o755)
        assert any(message in text for _, text in faults_of(content)), faults_of(content)

    def test_with_one_name_twice_is_refused(self):
        with pytest.warns(UserWarning, match="Duplicate name"):
            content = with_entry("course.yaml", b"slug: other")
        assert ("course.yaml", "The archive holds this name twice, or once more in other letters. Keep one.") in (
            faults_of(content)
        )

    def test_with_a_name_cut_by_a_null_character_is_refused(self):
        content = with_entry("glossaryX.yaml").replace(b"glossaryX.yaml", b"glossary\0.yaml")
        assert any("cannot be printed" in text for _, text in faults_of(content))

    def test_with_a_name_in_another_encoding_is_refused(self):
        content = with_entry("kapitel-\u00e4.md").replace("kapitel-ä.md".encode(), b"kapitel-\xe4\xe4.md")
        plain = bytearray(content)
        at = plain.rindex(b"PK\x01\x02")
        plain[at + 9] &= ~0x08
        assert any("is not stored as UTF-8" in text for _, text in faults_of(bytes(plain)))

    @pytest.mark.parametrize(
        ("mode", "message"), [(stat.S_IFLNK | 0o777, "a symbolic link"), (stat.S_IFIFO | 0o600, "not a regular file")]
    )
    def test_with_what_is_no_file_is_refused(self, mode, message):
        content = with_entry("02-linked.md", b"/etc/passwd", mode=mode)
        assert any(file == "02-linked.md" and message in text for file, text in faults_of(content))

    def test_that_is_encrypted_or_packed_oddly_is_refused(self):
        content = bytearray(with_entry("02.md"))
        content[content.rindex(b"PK\x01\x02") + 8] |= 1
        assert any("is encrypted" in text for _, text in faults_of(bytes(content)))
        odd = io.BytesIO()
        with zipfile.ZipFile(odd, "w", zipfile.ZIP_LZMA) as out:
            out.writestr("course.yaml", b"slug: x")
        assert any("packed in a way that few can read" in text for _, text in faults_of(odd.getvalue()))

    def test_that_unpacks_to_far_more_than_it_says_is_cut_off(self):
        bomb = bytearray(with_entry("bomb.md", b"\0" * 50_000_000))
        at = bomb.rindex(b"PK\x01\x02")
        bomb[at + 24 : at + 28] = (10).to_bytes(4, "little")
        log = FaultLog()
        assert "bomb.md" not in read_archive(bytes(bomb), log)
        assert log

    def test_that_is_damaged_is_refused(self):
        content = bytearray(zipped())
        content[60:80] = b"\xff" * 20
        assert faults_of(bytes(content))
        assert any("cannot be read as a .zip" in text for _, text in faults_of(zipped()[:200]))

    def test_with_too_many_files_or_bytes_is_refused(self, monkeypatch):
        monkeypatch.setattr(archive, "MOST_FILES", 3)
        assert faults_of(zipped()) == [(ARCHIVE, "A course may hold 3 files and 20,000,000 bytes; this is more.")]
        monkeypatch.setattr(archive, "MOST_ENTRIES", 2)
        assert faults_of(zipped()) == [(ARCHIVE, "It holds more than 2 files and folders. Pack the course alone.")]

    def test_with_one_huge_file_is_refused_by_its_name(self):
        content = with_entry("01-waiting/huge.md", b"x" * (MOST_BYTES_A_FILE + 1))
        assert ("01-waiting/huge.md", "This file has more than 400,000 bytes; 400,000 is the most. Split it.") in (
            faults_of(content)
        )


class TestTar:
    @pytest.mark.parametrize(
        ("info", "message"),
        [
            (member("link.md", tarfile.SYMTYPE, "/etc/passwd"), "This is a link"),
            (member("hard.md", tarfile.LNKTYPE, "course.yaml"), "This is a link"),
            (member("device", tarfile.CHRTYPE), "not a regular file"),
            (member("pipe", tarfile.FIFOTYPE), "not a regular file"),
            (member("../out.md", tarfile.REGTYPE), "leads out of its folder"),
            (member("/etc/passwd", tarfile.REGTYPE), "begins at the root of a disk"),
            (member("bad-\udcff.md", tarfile.REGTYPE), "cannot be printed"),
        ],
        ids=["link", "hard link", "device", "pipe", "traversal", "absolute", "bytes"],
    )
    def test_with_what_does_not_belong_is_refused(self, info, message):
        assert any(message in text for _, text in faults_of(tarred(FILES, info)))

    def test_that_unpacks_to_more_than_a_course_may_hold_is_cut_off(self):
        huge = tarfile.TarInfo("bomb.md")
        huge.size = 10 * MOST_UNPACKED
        assert any("is the most" in text for _, text in faults_of(gzip.compress(huge.tobuf() + b"\0" * 10_000)))
        bomb = gzip.compress(huge.tobuf() + b"\0" * (MOST_UNPACKED + 1), compresslevel=1)
        assert len(bomb) < LARGEST_ARCHIVE
        told = "It unpacks to more than 20,000,000 bytes, the most that a course may hold."
        assert faults_of(bomb)[-1] == (ARCHIVE, told)

    def test_that_breaks_off_is_refused(self):
        assert any("cannot be read as a .tar.gz" in text for _, text in faults_of(tarred()[:-40]))


class TestAnything:
    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (b"", "neither a .zip nor a .tar.gz"),
            (b"#!/bin/sh\nrm -rf /\n", "neither a .zip nor a .tar.gz"),
            (b"PK" + b"\0" * (LARGEST_ARCHIVE), "more than 5,000,000 bytes"),
            (zipped({}), "It holds no file"),
            (zipped({".git/config": b""}), "It holds no file"),
        ],
        ids=["nothing", "a program", "too large", "empty", "hidden files alone"],
    )
    def test_else_is_refused(self, content, message):
        ((file, text),) = faults_of(content)
        assert file == ARCHIVE
        assert message in text

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.sampled_from([zipped(), tarred()]),
        st.lists(st.tuples(st.integers(0, 1 << 30), st.integers(0, 255)), min_size=1, max_size=8),
    )
    def test_damaged_never_raises(self, content, edits):
        broken = bytearray(content)
        for place, value in edits:
            broken[place % len(broken)] = value
        read_archive(bytes(broken), FaultLog())


class TestCheckApart:
    def test_gives_the_report_that_a_check_here_gives(self):
        assert check_apart(zipped()) == check_archive(zipped())
        broken = {**FILES, "glossary.yaml": b"- id: [\n"}
        assert check_apart(zipped(broken)).faults == check_archive(zipped(broken)).faults

    def test_ends_what_takes_too_long(self):
        (fault,) = check_apart(zipped(), seconds=0.01).faults
        assert "takes longer than 0 seconds" in fault.message

    def test_says_that_memory_ran_out(self, monkeypatch):
        monkeypatch.setattr(apart, "check_archive", lambda content: bytearray(2 * apart.MOST_MEMORY))
        program = (
            "import lessons.content.apart as apart\n"
            "apart.check_archive = lambda content: bytearray(2 * apart.MOST_MEMORY)\n"
            "apart.main()\n"
        )
        done = subprocess.run([sys.executable, "-c", program], input=b"", capture_output=True, cwd=apart.ROOT)
        assert done.returncode != 0
        assert b"MemoryError" in done.stderr
        monkeypatch.setattr(apart.subprocess, "run", lambda *_, **__: done)
        assert "more than 900 MB of memory" in check_apart(zipped()).faults[0].message

    def test_is_given_nothing_of_our_environment(self, monkeypatch):
        given = {}
        real = subprocess.run

        def run(*arguments, **keywords):
            given.update(keywords["env"])
            return real(*arguments, **keywords)

        monkeypatch.setenv("SECRET_KEY", "kept")
        monkeypatch.setattr(apart.subprocess, "run", run)
        assert check_apart(zipped()).course is not None
        assert set(given) == {"OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "LANG"}
