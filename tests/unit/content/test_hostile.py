"""Courses from people who mean harm, or whose files are merely broken: reported, bounded, never raised."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lessons.content import check_course, files
from lessons.content.documents import load_yaml
from lessons.content.faults import FaultLog
from tests.unit.content.conftest import MINIMAL

CHAPTER = "01-waiting/chapter.md"
FRAGMENTS = [
    *(
        "{{ all_below(0.99, 20) | percent(1) }}",
        "{{",
        "}}",
        "$x^2$",
        "$",
        "$$",
        "`",
        "``",
        "```\n",
        "~~~\n",
        ":::",
        "::::",
    ),
    *(":::aside\n", ":::table a\ncaption: b\n\n", ":::worked-example x\n", ":::simulation tail_latency\nid: a\n:::\n"),
    *(
        ":::question slow-share\n:::\n",
        ":::review\n1. a\n",
        "## A {#a}\n",
        "## B {#b was=a}\n",
        "# ",
        "- ",
        "1. ",
        "> ",
    ),
    *(
        "\n\n",
        "| a | b |\n|---|--:|\n",
        "[a](",
        "term:straggler)",
        "#tables)",
        "[x]{.given}",
        "{.given}",
        "{#id}",
        "<b>",
    ),
    *("<!--", "-->", "![x](y)", "&amp;", "&#0;", "\\", "*", "_", "**", "20", "p99", "\t", "    ", "---\n", "===\n"),
    *("\u00a0", "é", "😀", "\u202e"),
]
YAML_FRAGMENTS = [
    *(
        "a: ",
        "- ",
        "\n",
        "  ",
        "[",
        "]",
        "{",
        "}",
        "&a ",
        "*a",
        "!!python/object:x ",
        "!x ",
        "'",
        '"',
        "|\n",
        ">\n",
        "? ",
    ),
    *(
        ": ",
        "#",
        "---\n",
        "...\n",
        "1e999",
        "0x1f",
        "yes",
        "~",
        "2020-01-01",
        "1:30",
        '"\\0"',
        '"\\ud800"',
        "%YAML 1.1\n",
    ),
    *("<<: ", "\t"),
]


def faults_of(folder):
    report = check_course(folder)
    assert report.course is None
    return [(fault.file, fault.line, fault.message) for fault in report.faults]


class TestFiles:
    def test_that_are_links_are_refused(self, folder, tmp_path):
        secret = tmp_path / "secret.md"
        secret.write_text("secret", encoding="utf-8")
        (folder / CHAPTER).unlink()
        (folder / CHAPTER).symlink_to(secret)
        (folder / "02-linked").symlink_to(tmp_path)
        found = faults_of(folder)
        assert (CHAPTER, 1, "This is a symbolic link; put the file itself here.") in found
        assert ("02-linked", 1, "This is a symbolic link; put the file itself here.") in found
        assert "secret" not in str([message for _, _, message in found if "secret.md" not in message])

    def test_that_turn_into_links_while_they_are_read_are_not_followed(self, folder, tmp_path):
        link, log = tmp_path / "link", FaultLog()
        link.symlink_to(folder / CHAPTER)
        assert files._read(link, "link", log) == b""
        assert "Too many levels of symbolic links" in str(log.sorted()[0])

    def test_that_may_not_be_read_are_named(self, folder, monkeypatch):
        def refuse(path):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(files.os, "scandir", refuse)
        assert faults_of(folder) == [(".", 1, "This folder cannot be read: Permission denied.")]

    def test_that_are_no_files_are_refused(self, folder):
        os.mkfifo(folder / "pipe")
        assert ("pipe", 1, "This is not a regular file; remove it.") in faults_of(folder)

    def test_that_are_huge_are_refused(self, folder):
        (folder / CHAPTER).write_bytes(b"x" * (files.MOST_BYTES_A_FILE + 1))
        assert (CHAPTER, 1, "This file has 400,001 bytes; 400,000 is the most. Split it.") in faults_of(folder)

    @pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
    def test_that_are_too_many_are_refused(self, folder, monkeypatch, limit):
        monkeypatch.setattr(files, limit, 3)
        assert any("A course may hold" in message for _, _, message in faults_of(folder))

    def test_that_lie_too_deep_are_refused(self, folder):
        (folder / "01-waiting/a/b").mkdir(parents=True)
        assert ("01-waiting/a/b", 1, "Folders may be nested 2 deep; move this up.") in faults_of(folder)

    def test_that_nothing_reads_are_named(self, folder):
        for name in ("notes.txt", "01-waiting/question.yaml", "02-spare/chapter.md", ".hidden"):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text("x", encoding="utf-8")
        assert [(file, message[:24]) for file, _, message in faults_of(folder)] == [
            ("01-waiting/question.yaml", "Nothing reads this file;"),
            ("02-spare/chapter.md", "02-spare is not listed u"),
            ("notes.txt", "Nothing reads this file;"),
        ]

    def test_with_names_that_cannot_be_printed_are_refused(self, folder):
        (folder / "bad\x1bname.md").write_text("x", encoding="utf-8")
        assert any(file == "bad\ufffdname.md" for file, _, _ in faults_of(folder))

    @pytest.mark.parametrize(
        ("content", "line", "message"),
        [
            (b"a\nb\xff\n", 2, "Byte 0xff is not UTF-8; save the file as UTF-8."),
            (b"a\n\x00\n", 2, "Character U+0000 cannot stand in a course; remove it."),
            ("a\n\ue0000\ue001".encode(), 2, "Character U+E000 cannot stand in a course; remove it."),
            (b"a\n" + b"x" * 5001, 2, "This line has 5,001 characters; break it, 5,000 is the most."),
        ],
    )
    def test_that_are_no_text_are_refused(self, folder, content, line, message):
        for name in (CHAPTER, "01-waiting/questions.yaml", "glossary.yaml", "course.yaml"):
            (folder / name).write_bytes(content)
            assert (name, line, message) in faults_of(folder)

    def test_with_other_line_ends_and_a_byte_order_mark_are_read(self, folder):
        text = (folder / CHAPTER).read_bytes()
        (folder / CHAPTER).write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n"))
        assert check_course(folder).faults == ()

    def test_that_are_missing_are_named(self, folder, tmp_path):
        (folder / "course.yaml").unlink()
        assert faults_of(folder)[0][:2] == ("course.yaml", 1)
        assert faults_of(tmp_path / "absent") == [
            (str(tmp_path / "absent"), 1, "There is no such folder; give the folder that holds course.yaml.")
        ]


class TestYaml:
    @pytest.mark.parametrize(
        ("text", "line", "message"),
        [
            ("a: &x [1]\nb: *x", 1, "Anchors and aliases"),
            ("a: 1\nb: *x", 2, "Anchors and aliases"),
            ("a: !!python/object/apply:os.system [x]", 1, "Tags (!) are not allowed"),
            ("[" * 30, 1, "nested 20 deep"),
            ("\n".join(" " * depth + "a:" for depth in range(30)), 21, "nested 20 deep"),
            ("[" + "1," * 25_000 + "]", 1, "may hold 20,000 values"),
            ("a: 1\n---\nb: 2", 2, "one document"),
            ("a: 1\na: 2", 2, "a is given twice."),
            ("? [a]\n: b", 1, "A key must be a plain word."),
            ('a: "\\0"', 1, "cannot be printed"),
            ('a: "\\ud800"', 1, ""),
            ("a: b: c", 1, "This is not YAML"),
            ("a: 'b", 1, "This is not YAML"),
            ("a: \x01", 1, "This is not YAML"),
        ],
    )
    def test_that_could_do_harm_is_refused_at_its_line(self, text, line, message):
        log = FaultLog()
        assert load_yaml(text, log.in_file("a.yaml")) is None
        (fault,) = log.sorted()
        assert fault.line == line
        assert message in fault.message

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("", None),
            ("a: on", {"a": "on"}),
            ("a: yes", {"a": "yes"}),
            ("a: 1:30", {"a": "1:30"}),
            ("a: 2020-01-01", {"a": "2020-01-01"}),
            ("a: 0x1f", {"a": "0x1f"}),
            (
                "a: [1, -2, 1.5, 1e-3, .5, true, false, null, ~]",
                {"a": [1, -2, 1.5, 0.001, 0.5, True, False, None, None]},
            ),
            ("<<: {a: 1}", {"<<": {"a": 1}}),
        ],
    )
    def test_is_read_by_its_plain_core(self, text, value):
        log = FaultLog()
        document = load_yaml(text, log.in_file("a.yaml"))
        assert document is not None
        assert document.value == value

    @settings(max_examples=300)
    @given(st.lists(st.one_of(st.sampled_from(YAML_FRAGMENTS), st.text(max_size=5)), max_size=25).map("".join))
    def test_never_raises(self, text):
        log = FaultLog()
        assert (load_yaml(text, log.in_file("a.yaml")) is None) == bool(log)


class TestChapters:
    @settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(
        st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=30).map("".join),
        st.sampled_from(["chapter", "front", "questions", "glossary", "course"]),
    )
    def test_never_raise_whatever_they_hold(self, folder, text, place):
        chapter = (MINIMAL / CHAPTER).read_text(encoding="utf-8")
        contents = {
            CHAPTER: chapter,
            "01-waiting/questions.yaml": (MINIMAL / "01-waiting/questions.yaml").read_text(encoding="utf-8"),
            "glossary.yaml": (MINIMAL / "glossary.yaml").read_text(encoding="utf-8"),
            "course.yaml": (MINIMAL / "course.yaml").read_text(encoding="utf-8"),
        }
        match place:
            case "chapter":
                contents[CHAPTER] = chapter.replace("The opening asks", text + "\n\nThe opening asks")
            case "front":
                contents[CHAPTER] = chapter.replace("lede: A page", f"lede: {text} A page")
            case "questions":
                contents["01-waiting/questions.yaml"] = contents["01-waiting/questions.yaml"].replace(
                    "A page waits", text
                )
            case "glossary":
                contents["glossary.yaml"] = contents["glossary.yaml"].replace("A call that", text)
            case _:
                contents["course.yaml"] = contents["course.yaml"].replace("A course small", text)
        for name, content in contents.items():
            (folder / name).write_bytes(content.encode("utf-8", "surrogatepass"))
        report = check_course(folder)
        assert (report.course is None) == bool(report.faults)
        lines = {name: content.count("\n") + 2 for name, content in contents.items()}
        assert all(1 <= fault.line <= lines[fault.file] for fault in report.faults)
        html = str(report.course.items) if report.course else ""
        assert "<script" not in html
        assert "javascript:" not in html

    @pytest.mark.parametrize("line", ["[" * 4500, "![[" * 1500, "*a" * 2250, "` ``" * 1100, "[a](b" * 900, "<" * 4500])
    def test_are_not_parsed_where_that_would_take_long(self, changed, line):
        report = changed(CHAPTER, ("The opening asks for [twenty]{.given} calls.", "\n".join([line] * 5)))
        assert any("characters; 4,000 is the most. Break it up." in fault.message for fault in report.faults)

    @pytest.mark.parametrize("insert", ["$x$", "{{ all_below(0.9, 2) }}"])
    def test_hold_a_bounded_number_of_formulas_and_computed_numbers(self, changed, insert):
        paragraph = "\n".join([f"{insert} " * 10] * 10)
        report = changed(CHAPTER, ("The opening asks for [twenty]{.given} calls.", "\n\n".join([paragraph] * 11)))
        assert any("may hold 1,000 computed numbers and formulas" in fault.message for fault in report.faults)


class TestExpressions:
    @pytest.mark.parametrize(
        "expression",
        [
            "9 ** 9 ** 9",
            "[call for call in range(1000000000)]",
            "all_below(0.99, 20) if True else all_below(0.99, 20)",
            "all_below(0.99, 10 ** 12)",
            "(lambda: all_below(0.99, 20))()",
            "all_below.__globals__",
            "().__class__.__base__.__subclasses__()",
            "__import__('os').system('true')",
            "all_below('x' * 1000000000, 20)",
            "all_below(" + "1 + " * 100 + "1, 20)",
            "all_below(" * 17 + "0.9" + ", 2)" * 17,
        ],
    )
    def test_that_loop_reach_out_or_are_huge_are_refused_at_their_line(self, changed, expression):
        report = changed(CHAPTER, ("The opening asks for [twenty]{.given} calls.", f"Here: {{{{ {expression} }}}}."))
        assert report.course is None
        assert (CHAPTER, 11) in [(fault.file, fault.line) for fault in report.faults]

    @pytest.mark.parametrize("expression", ["9 ** 9 ** 9", "().__class__", "share", "[calls for calls in range(9)]"])
    def test_of_a_question_are_refused_at_the_question(self, changed, expression):
        report = changed("01-waiting/questions.yaml", ("union: 100 * calls * 0.01", f"union: '{expression} * union'"))
        assert report.course is None
        assert {fault.file for fault in report.faults} == {"01-waiting/questions.yaml"}
