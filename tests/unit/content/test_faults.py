"""Every kind of fault: the file and the line where it is reported, and that nothing comes of the course."""

from __future__ import annotations

import pytest

from lessons.content import check_course
from lessons.content.faults import MOST_FAULTS, FaultLog
from tests.unit.content.conftest import MINIMAL

CHAPTER, QUESTIONS, COURSE, GLOSSARY = (
    "01-waiting/chapter.md",
    "01-waiting/questions.yaml",
    "course.yaml",
    "glossary.yaml",
)
OPENING = "The opening asks for [twenty]{.given} calls."
QUESTION = ":::question slow-share\n:::\n"
RUN = ":::run tail_latency\nid: correlated\nparameters: {calls: 20}\nrequests: 1000\n:::\n"
DEEP_LIST = "\n".join(f"{'  ' * depth}- x" for depth in range(12))

PROSE_FAULTS = [
    ("20 calls", 11, "'20' has no origin: compute it with {{ … }}, or mark it [20]{.given}"),
    ("Calls.\nAbout 3x.", 12, "'3' has no origin"),
    ("A `p99`\\\nand 7 more", 12, "'7' has no origin"),
    ("{{ 0.818 | percent(1) }}", 11, "{{ 0.818 | percent(1) }} wraps a literal"),
    ("{{ all_belw(0.9, 2) }}", 11, "all_belw is not a function of the engine; did you mean all_below?"),
    ("{{ all_below(0.9, 2) | percents(1) }}", 11, "'percents(1)' is not a format"),
    ("{{ all_below(0.9, n) }}", 11, "n is not known here"),
    ("{{ all_below(0.9, 2) | percent(1)", 11, "{{ and }} enclose one expression on one line"),
    ("[a]({{ all_below(0.9, 2) }})", 11, "stands where nothing can be computed"),
    ("$\\unknown{x}$", 11, "\\unknown in $\\unknown{x}$ is not a macro"),
    ("$x^{$", 11, "The braces of $x^{$ do not pair up"),
    ("$x}{$", 11, "The braces of $x}{$ do not pair up"),
    ("$x^$", 11, "$x^$ cannot be read as a formula"),
    (f"${'x' * 501}$", 11, "A formula may have 500 characters; this has 501."),
    ("Some <b>bold</b> words", 11, "'<b>' is raw HTML"),
    ("<div>\nhello\n</div>", 11, "'<div>' is raw HTML"),
    ("<!-- note -->", 11, "'<!-- note -->' is raw HTML"),
    ("[a](javascript:alert)", 11, "'javascript:alert' cannot be linked"),
    ("[a](data:text/html,x)", 11, "'data:text/html,x' cannot be linked"),
    ("[a](/relative)", 11, "'/relative' cannot be linked"),
    ("[a](https://)", 11, "'https://' names no site."),
    ("[a](#nowhere)", 11, "#nowhere leads nowhere"),
    ("[a](term:absent)", 11, "term:absent is not in glossary.yaml"),
    ("![picture](https://example.org/x.png)", 11, "Pictures are not part of a course"),
    ("[x]{.important}", 11, "A span in brackets can be marked .given, .cited, .illustrative"),
    ("[x]{onclick=a}", 11, "A span in brackets can be marked"),
    ("# Title", 11, "Only ### and #### can stand here"),
    ("Title\n=====", 11, "Only ### and #### can stand here"),
    ("- one\n- ## Two", 12, "Only ### and #### can stand here"),
    ("| a | b |\n|---|---|\n| x | y |", 11, "A table stands in :::table"),
    ("- x\n\n  :::aside\n  y\n  :::", 13, "::: opens a directive only at the beginning of a line"),
    (DEEP_LIST, 17, "Markdown may be nested 12 deep"),
    ("[" * 14 + "x" + "]{.given}" * 14, 11, "Markdown may be nested 12 deep"),
    ("## No id", 11, "A section needs an id"),
    ("## Bad id {#Bad_Id}", 11, "A section needs an id"),
    ("## {#untitled}\n\nText.", 11, "A section needs a title"),
    ("## Empty {#empty}", 11, "Section 'Empty' is empty"),
    ("## Sum $x$ {#sum}\n\nText.", 11, "$x$ is a formula; here only words and numbers can stand."),
    ("::: !", 11, "'::: !' is not a directive; write :::name"),
    (":::", 11, "::: closes nothing"),
    (":::video\n:::", 11, ":::video is not a directive; there are question, simulation, run, table, worked-example"),
    (":::aside extra\nText.\n:::", 11, ":::aside takes nothing after its name; remove 'extra'."),
    (":::aside\n:::", 11, "This aside is empty"),
    (":::aside\ntitel: A title\n\nText.\n:::", 12, "titel is not known here"),
    (":::aside\ntitle: A title: and more\n\nText.\n:::", 12, "This is not YAML: mapping values are not allowed here."),
    (":::aside\ntitle: A\nb\n\nText.\n:::", 13, "This is not YAML: could not find expected ':'."),
    (":::aside\n:::::\n:::", 12, "::::: closes nothing; ::: is open here."),
    (":::aside\n## Section {#inner}\n:::", 12, "A section cannot begin inside :::aside"),
    ("::::aside\n:::aside\nText.\n:::\n::::", 12, ":::aside cannot stand inside :::aside"),
    ("::::incident\n:::question slow-share\n:::\n::::", 12, ":::question cannot stand inside :::incident"),
    (":::table Bad_Id\ncaption: x\n\n| a |\n|---|\n| b |\n:::", 11, "'Bad_Id' is no id"),
    (":::table same\nsource: x\n\n| a |\n|---|\n| b |\n:::", 12, "caption is missing."),
    (":::table same\ncaption: x\n\nNo table.\n:::", 11, "This directive holds one Markdown table and nothing else."),
    (":::table same\ncaption: x\nnumbers: made-up\n\n| a |\n|---|\n| b |\n:::", 13, "numbers is 'made-up'"),
    (":::worked-example\nText.\n:::", 11, "'' is no id"),
    (":::worked-example tables\nText.\n:::", 29, "tables is used on line 11 already"),
    (":::simulation\nid: x\n:::", 11, "There is no model named ''"),
    (
        ":::simulation percentile\nid: x\n:::",
        11,
        "There is no model named 'percentile'; the models are percentiles, tail_latency",
    ),
    (":::simulation tail_latency\n:::", 11, "id is missing."),
    (":::simulation tail_latency\nid: x\nparameters:\n  calls: 1000000\n:::", 14, "calls must lie between 1 and"),
    (":::simulation tail_latency\nid: x\nparameters:\n  callz: 1\n:::", 14, "callz is not an input of this model"),
    (
        ":::simulation tail_latency\nid: x\npredict: nothing\n:::",
        13,
        "'nothing' is not a prediction of tail_latency; it has",
    ),
    (
        ":::simulation percentiles\nid: x\npredict: p99\n:::",
        13,
        "has median_of_50_calls, merged_p99, slowest_of_a_thousand, p99_of_both.",
    ),
    (":::simulation tail_latency\nid: x\n\nText.\n:::", 13, ":::simulation holds options and no text"),
    (":::run tail_latency\nid: x\n:::", 12, "requests is missing."),
    (":::run tail_latency\nid: x\nrequests: 99999999999999\n:::", 13, "requests are too many"),
    (":::run absent\nid: x\nrequests: 5\n:::", 11, "There is no model named 'absent'"),
    (":::run tail_latency\nid: tables\nrequests: 5\n:::", 30, "tables is used on line 11 already"),
    (":::question absent\n:::", 11, "There is no question absent in 01-waiting/questions.yaml"),
    (":::question slow-share\n:::", 25, "Question slow-share stands on line 11 already"),
    (":::principle\nAgain.\n:::", 76, "A chapter has one :::principle; this is the second."),
]


def expected(report):
    assert report.course is None
    return [(fault.file, fault.line, fault.message) for fault in report.faults]


class TestProse:
    @pytest.mark.parametrize(("markdown", "line", "message"), PROSE_FAULTS)
    def test_is_reported_where_it_stands(self, changed, markdown, line, message):
        faults = expected(changed(CHAPTER, (OPENING, markdown)))
        assert any(file == CHAPTER and at == line and message in text for file, at, text in faults), faults


class TestChapter:
    @pytest.mark.parametrize(
        ("before", "after", "line", "message"),
        [
            ("---\nid: waiting", "id: waiting", 1, "A page begins with its front matter"),
            ("id: waiting\n", "", 2, "id is missing."),
            (
                "minutes: 10",
                "minutes: soon",
                5,
                "minutes is 'soon', which is not right: Input should be a valid integer.",
            ),
            ("minutes: 10", "minutes: 0", 5, "minutes is 0"),
            ("minutes: 10", "minute: 10", 5, "minute is not known here; check its spelling."),
            ("title: Waiting", "title: 20 calls", 4, "'20' has no origin"),
            ("  - Say why", "  - Say why 20", 8, "'20' has no origin"),
            ("lede: A page", "lede: A page of 20", 6, "'20' has no origin"),
            ("outcomes:\n  - Say why one slow call matters.", "outcomes: []", 7, "outcomes is not right"),
            ("id: waiting", "id: {", 4, "This is not YAML"),
            ("id: waiting", "id: &anchor waiting", 2, "Anchors and aliases (& and *) are not allowed"),
            ("id: waiting", "id: !!python/name:os.system waiting", 2, "Tags (!) are not allowed"),
            ("id: waiting", "id: waiting\nid: again", 3, "id is given twice."),
            ("id: waiting", "? [a]\n: b\nid: waiting", 2, "A key must be a plain word."),
            ("id: waiting", 'id: "\\0"', 2, "holds a character that cannot be printed"),
            (
                ":::principle\nAsk how many calls a page waits for.\n:::\n",
                "",
                84,
                "The chapter ends without :::principle",
            ),
            (
                ":::mistake\nReading one service's p99 as the page's.\n:::\n",
                "",
                84,
                "The chapter ends without :::mistake",
            ),
            ("Ask how many calls a page waits for.\n", "", 74, "This principle is empty"),
            (
                "3. What does the page do then?\n",
                "",
                82,
                "A review is an ordered list of 3 questions and nothing else; this has 2.",
            ),
            ("1. How many", "- How many", 82, "this has something else."),
            ("3. What does", "\nAnd:\n\n3. What does", 82, "this has something else."),
            ("{#tables}", "{#slow-share}", 27, "slow-share is used on line 24 already"),
            ("{#one-slow-call}", "{#slow-share}", 24, "slow-share is used on line 13 already"),
            ("1. How many", "Now:\n\n1. How many", 82, "this has something else."),
            (":::principle\nAsk", ":::principle now\nAsk", 74, ":::principle takes nothing after its name"),
            (":::incident\n", ":::incident\n:::::incident\n", 62, ":::incident is never closed by :::."),
            (":::review\n", "::::review\n", 82, "::::review is never closed by ::::."),
            ("{#tables}", "{#one-slow-call}", 27, "one-slow-call is used on line 13 already"),
            ("id: correlated", "id: straggler-instrument", 68, "straggler-instrument is used on line 18 already"),
            (QUESTION, "", None, "slow-share stands nowhere in the chapter; place it by :::question."),
        ],
    )
    def test_is_reported_where_it_stands(self, changed, before, after, line, message):
        faults = expected(changed(CHAPTER, (before, after)))
        file, at = (CHAPTER, line) if line else (QUESTIONS, 1)
        assert any(found[:2] == (file, at) and message in found[2] for found in faults), faults

    def test_without_sections_is_reported(self, folder):
        path = folder / CHAPTER
        text = path.read_text(encoding="utf-8")
        head, closer = text[: text.index("## One slow")], text[text.index(":::principle") :]
        path.write_text(head + closer, encoding="utf-8")
        (folder / QUESTIONS).unlink()
        (fault,) = check_course(folder).faults
        assert (fault.line, fault.message[:28]) == (26, "The page has no section; beg")

    def test_that_is_computed_exactly_cannot_be_run(self, changed, monkeypatch):
        import dataclasses

        from lessons.content import embeds

        exact = dataclasses.replace(embeds.get_model("tail_latency"), sampler=None)
        monkeypatch.setattr(embeds, "get_model", lambda name: exact)
        faults = expected(changed(CHAPTER))
        assert (CHAPTER, 68, "tail_latency is computed exactly and draws nothing; use :::simulation.") in faults


class TestQuestions:
    @pytest.mark.parametrize(
        ("before", "after", "line", "message"),
        [
            ("kind: numeric", "kind: riddle", 2, "'riddle' is not a kind of question"),
            (
                "section: one-slow-call",
                "section: absent",
                1,
                "slow-share counts in section absent, which the chapter lacks.",
            ),
            ("  tries: 3", "  recalls: waiting", 6, "recalls"),
            (
                "  tries: 3",
                "  recalls: waiting#one-slow-call",
                1,
                "slow-share recalls waiting#one-slow-call, which is in no earlier chapter; the earlier ones are none",
            ),
            ("  penalty: 0.25", "  penalty: 2", 7, "penalty"),
            ("100 * (1 - all_below(0.99, calls))", "all_belw(1)", 11, "all_belw is not a function"),
            ("  tries: 3", "  trys: 3", 6, "trys"),
            ("  tries: 3", "  tries: 3\n  was: Not_An_Id", 7, "was.0 is 'Not_An_Id'"),
            ("[5, 6, 8, 10, 12, 15]", "[5]", 1, "another try brings the same variant again"),
            ("- id: slow-share", "- wrong\n- id: slow-share", 1, "A question is a mapping"),
            ("- id: slow-share", "id: slow-share", 2, "This is not YAML"),
        ],
    )
    def test_are_reported_where_they_stand(self, changed, before, after, line, message):
        faults = expected(changed(QUESTIONS, (before, after)))
        assert any(found[:2] == (QUESTIONS, line) and message in found[2] for found in faults), faults

    def test_with_one_id_are_reported_at_the_second(self, folder):
        path = folder / QUESTIONS
        text = path.read_text(encoding="utf-8")
        path.write_text(text + text, encoding="utf-8")
        line = text.count("\n") + 1
        assert expected(check_course(folder)) == [
            (QUESTIONS, line, "slow-share is defined twice; give one of them another id.")
        ]

    @pytest.mark.parametrize(
        ("recalled", "message"),
        [
            ("waiting#one-slow-call", ""),
            ("waiting#absent", "page:waiting#absent leads nowhere: waiting has no such section."),
            (
                "again#one-slow-call",
                "slow-share recalls again#one-slow-call, which is in no earlier chapter; the earlier ones are waiting.",
            ),
        ],
    )
    def test_recall_sections_of_earlier_chapters_alone(self, folder, changed, recalled, message):
        (folder / "02-again").mkdir()
        chapter = (folder / CHAPTER).read_text(encoding="utf-8")
        chapter = chapter.replace("id: waiting", "id: again").replace("number: 1", "number: 3")
        (folder / "02-again/chapter.md").write_text(chapter, encoding="utf-8")
        questions = (folder / QUESTIONS).read_text(encoding="utf-8")
        questions = questions.replace("  tries: 3", f"  recalls: {recalled}\n  tries: 3")
        (folder / "02-again/questions.yaml").write_text(questions, encoding="utf-8")
        report = changed(COURSE, ("- 01-waiting", "- 01-waiting\n  - 02-again"))
        assert [fault.message for fault in report.faults] == ([message] if message else [])
        if report.course is not None:
            placed = [
                block
                for item in report.course.items
                if item.kind == "section"
                for block in item.payload["blocks"]
                if block["type"] == "question"
            ]
            section = {"page": "waiting", "anchor": "one-slow-call", "title": "One slow call", "number": 1}
            assert [block.get("recalls") for block in placed] == [None, section]

    def test_that_are_no_list_are_reported(self, folder):
        (folder / QUESTIONS).write_text("id: slow-share\n", encoding="utf-8")
        faults = expected(check_course(folder))
        assert faults[1][:2] == (QUESTIONS, 1)
        assert "The file is a list of at most 200 questions" in faults[1][2]


class TestCourse:
    @pytest.mark.parametrize(
        ("before", "after", "file", "line", "message"),
        [
            ("slug: minimal\n", "", COURSE, 1, "slug is missing."),
            ("slug: minimal", "slug: Not A Slug", COURSE, 1, "slug is 'Not A Slug'"),
            ("- 01-waiting", "- 02-absent", COURSE, 1, "02-absent/chapter.md is missing"),
            ("- 01-waiting", "- 02-absent", CHAPTER, 1, "01-waiting is not listed under chapters"),
            ("- 01-waiting", "- 01-waiting\n  - 01-waiting", COURSE, 8, "01-waiting is listed twice."),
            ("number: 2", "number: 1", COURSE, 9, "Number 1 is taken by another chapter."),
            ("waiting/gone", "waiting/tables", COURSE, 11, "waiting/tables is listed as removed and exists"),
            ("waiting/gone", "Waiting", COURSE, 11, "removed.0 is 'Waiting'"),
            ("licence: CC BY 4.0", "licence: [CC, BY]", COURSE, 5, "licence is not right"),
        ],
    )
    def test_is_reported_where_it_stands(self, changed, before, after, file, line, message):
        faults = expected(changed(COURSE, (before, after)))
        assert any(found[:2] == (file, line) and message in found[2] for found in faults), faults

    def test_is_reported_together_with_its_chapters_when_course_yaml_is_no_help(self, changed, folder):
        (folder / COURSE).write_text("- wrong\n", encoding="utf-8")
        faults = expected(changed(CHAPTER, (OPENING, "20 calls")))
        assert [found[:2] for found in faults] == [(CHAPTER, 11), (COURSE, 1)]

    def test_lists_every_fault_at_once(self, changed, folder):
        (folder / GLOSSARY).write_text("- id: straggler\n  title: Straggler\n", encoding="utf-8")
        changed(QUESTIONS, ("kind: numeric", "kind: riddle"))
        faults = expected(changed(CHAPTER, (OPENING, "20 calls"), ("{#tables}", "{#Tables}")))
        assert [found[:2] for found in faults] == [
            (CHAPTER, 11),
            (CHAPTER, 16),
            (CHAPTER, 16),
            (CHAPTER, 27),
            (QUESTIONS, 2),
            (GLOSSARY, 1),
        ]

    def test_refuses_two_chapters_with_one_id_and_number(self, folder, changed):
        (folder / "02-again").mkdir()
        (folder / "02-again/chapter.md").write_bytes((folder / CHAPTER).read_bytes())
        (folder / "02-again/questions.yaml").write_bytes((folder / QUESTIONS).read_bytes())
        messages = [text for _, _, text in expected(changed(COURSE, ("- 01-waiting", "- 01-waiting\n  - 02-again")))]
        assert "2 chapters have the number 1; number them apart." in messages
        assert "2 items have the key waiting; give each an id of its own." in messages

    def test_reserves_the_glossary_s_name(self, changed):
        messages = [text for _, _, text in expected(changed(CHAPTER, ("id: waiting", "id: terms")))]
        assert "A chapter cannot have the id terms, which is the glossary's." in messages

    def test_refuses_the_address_of_another_page(self, changed):
        messages = [text for _, _, text in expected(changed(CHAPTER, ("id: waiting", "id: gradebook")))]
        assert "A page cannot have the id gradebook: another page has that address. Choose another id." in messages

    def test_refuses_keys_and_titles_that_do_not_fit(self, changed):
        long = "x" * 130
        report = changed(
            CHAPTER, ("## Tables and boxes {#tables}", f"## {long * 2} {{#{long}}}"), ("#tables", f"#{long}")
        )
        messages = [text for _, _, text in expected(report)]
        assert f"The key waiting/{long} has 138 characters; 120 fit." in messages
        assert f"The title of waiting/{long} has 260 characters; 200 fit." in messages

    def test_refuses_to_continue_what_still_exists(self, changed):
        report = changed(CHAPTER, ("{#tables}", "{#tables was=one-slow-call}"))
        assert expected(report) == [
            (COURSE, 6, "waiting/one-slow-call is named by was: and still exists; one item cannot become two.")
        ]


class TestGlossary:
    @pytest.mark.parametrize(
        ("before", "after", "line", "message"),
        [
            ("  title: Straggler\n", "", 1, "title is missing."),
            ("- id: fan-out", "- id: straggler", 5, "straggler is defined twice"),
            ("beyond p99 say", "beyond 20 say", 3, "'20' has no origin"),
            ("Often said", "Often 20 times said", 4, "'20' has no origin"),
            ("beyond p99 say", "beyond [here](#tables)", 3, "#tables leads nowhere: a glossary has no sections."),
            ("term:straggler", "term:absent", 7, "term:absent is not in glossary.yaml"),
            ("- id: fan-out", "- id: fan-out\n  taught: waiting#absent", 6, "waiting#absent is not a section"),
            ("- id: fan-out", "- id: fan-out\n  taught: waiting", 6, "taught is 'waiting', which is not right"),
        ],
    )
    def test_is_reported_where_it_stands(self, changed, before, after, line, message):
        faults = expected(changed(GLOSSARY, (before, after)))
        assert any(found[:2] == (GLOSSARY, line) and message in found[2] for found in faults), faults

    def test_that_is_no_list_is_reported(self, folder):
        (folder / GLOSSARY).write_text("straggler: slow\n", encoding="utf-8")
        faults = expected(check_course(folder))
        assert (GLOSSARY, 1, "The glossary is a list of terms, each with id, title and definition.") in faults

    def test_that_is_not_yaml_is_reported(self, folder):
        (folder / GLOSSARY).write_text("- {\n", encoding="utf-8")
        assert any(file == GLOSSARY for file, _, _ in expected(check_course(folder)))

    def test_can_be_left_out(self, folder, changed):
        (folder / GLOSSARY).unlink()
        assert changed(CHAPTER, ("[straggler](term:straggler)", "straggler")).course is not None


class TestFaultLog:
    def test_counts_what_it_does_not_list(self):
        log = FaultLog()
        for line in range(MOST_FAULTS + 3):
            log.add("a.md", line, "Wrong.")
        listed = log.sorted()
        assert len(listed) == MOST_FAULTS + 1
        assert listed[-1].message == "3 more faults are not listed; mend these first."

    def test_keeps_the_same_fault_once(self):
        log = FaultLog()
        log.add("a.md", 1, "Wrong.")
        log.add("a.md", 1, "Wrong.")
        assert [str(fault) for fault in log.sorted()] == ["a.md:1: Wrong."]


class TestMinimalCourse:
    def test_has_no_fault(self):
        report = check_course(MINIMAL)
        assert report.faults == ()
        assert report.course is not None
