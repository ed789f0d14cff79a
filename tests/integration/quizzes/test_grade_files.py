"""Grades as files: what goes out comes back unchanged, and what was changed comes in once, after a look."""

from __future__ import annotations

import csv
import io
import threading
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Login
from quizzes.errors import GradeFileOvertaken
from quizzes.files import LARGEST_BYTES
from quizzes.models import GradeEntry, GradeFile
from quizzes.selectors.grade_imports import plan_of
from quizzes.services.grade_files import apply_grade_file, keep_grade_file
from tests.factories.accounts import MembershipFactory
from tests.factories.quizzes import AllowanceFactory
from tests.integration.quizzes.graded_class import DAY, NOW, Class, question

pytestmark = pytest.mark.django_db


class File:
    """A downloaded file that somebody works on."""

    def __init__(self, browser: Client, school: Class, **asked: str) -> None:
        answer = browser.get(f"{school.address}export/", asked)
        assert answer.status_code == 200
        self.headers = answer.headers
        self.text = b"".join(answer.streaming_content).decode("utf-8-sig")
        self.separator = ";" if asked.get("separator") == "semicolon" else ","
        self.rows = list(csv.reader(io.StringIO(self.text, newline=""), delimiter=self.separator))

    def place(self, start: str) -> int:
        """Return the column whose title begins so."""
        return next(place for place, title in enumerate(self.rows[0]) if start in title)

    def row(self, name: str) -> list[str]:
        return next(row for row in self.rows if name in row[0])

    def set(self, name: str, column: str, mark: str) -> None:
        self.row(name)[self.place(column)] = mark

    def drop(self, column: str) -> None:
        place = self.place(column)
        self.rows = [[*row[:place], *row[place + 1 :]] for row in self.rows]

    @property
    def content(self) -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=self.separator).writerows(self.rows)
        return out.getvalue().encode()


def plan(school: Class, content: bytes):
    return plan_of(school.offering, content, actor=school.teacher, now=NOW)


def upload(browser: Client, school: Class, content: bytes, name: str = "grades.csv"):
    return browser.post(f"{school.address}import/", {"file": SimpleUploadedFile(name, content)})


@pytest.fixture
def quiz(school: Class):
    """A quiz of four points, of which Ada has three and Bo two."""
    assignment = school.assign(points=(3, 1), title="Quiz")
    school.mark("Ada", assignment, "1")
    school.mark("Bo", assignment, "0.5")
    school.mark("Bo", assignment, "0.5", place=1)
    return assignment


class TestExport:
    def test_has_canvas_columns(self, browser, school, quiz):
        file = File(browser, school, shape="canvas")
        header, possible, *rows = file.rows
        category = quiz.category.title
        scores = ["Current Score", "Unposted Current Score", "Final Score", "Unposted Final Score"]
        assert header[:4] == ["Student", "ID", "SIS Login ID", "Section"]
        assert header[4].startswith("Quiz (")
        assert header[5:] == [*(f"{category} {score}" for score in scores), *scores, "Headroom state"]
        assert possible == ["    Points Possible", "", "", "", "4", *["(read only)"] * 9]
        assert [row[0] for row in rows] == ["Ada", "Bo", "Cy"]
        assert [row[4] for row in rows] == ["3", "2", ""]
        assert rows[0][9:13] == ["", "75", "", "75"]
        assert rows[2][9:13] == ["", "0", "", "0"]
        assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in file.headers["Content-Disposition"]

    def test_has_moodle_columns(self, browser, school, quiz):
        Login.objects.filter(name="Ada").update(name="Ada King Lovelace")
        header, ada, *_ = File(browser, school, shape="moodle").rows
        assert header[:6] == ["First name", "Last name", "ID number", "Institution", "Department", "Email address"]
        assert header[6].startswith("Assignment: Quiz (")
        assert header[6].endswith(") (Real)")
        assert header[7:] == ["Course total (Real)", "Last downloaded from this course", "Headroom state"]
        assert ada[:2] == ["Ada King", "Lovelace"]
        assert ada[5:8] == ["ada@school.example", "3", "75"]

    def test_goes_into_questions_and_other_locales(self, browser, school, quiz):
        file = File(browser, school, by="question", separator="semicolon")
        assert file.rows[1][4:6] == ["3", "1"]
        assert file.row("Bo")[4:6] == ["1,5", "0,5"]

    def test_says_excused(self, browser, school, quiz):
        AllowanceFactory(assignment=quiz, enrolment=school.enrolments["Cy"], excused=True)
        assert File(browser, school).row("Cy")[4] == "EX"
        assert File(browser, school, by="question").row("Cy")[4:6] == ["EX", "EX"]

    def test_begins_with_a_mark_for_excel_and_holds_no_formula(self, browser, school, quiz):
        Login.objects.filter(name="Ada").update(name="=cmd|' /C calc'!A0")
        answer = browser.get(f"{school.address}export/")
        content = b"".join(answer.streaming_content)
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert {cell[:1] for row in rows for cell in row}.isdisjoint("=+-@\t\r")

    @pytest.mark.parametrize("learners", [1, 4])
    def test_costs_as_many_queries_whatever_the_number_of_learners(
        self, browser, school, quiz, django_assert_num_queries, learners
    ):
        for number in range(learners):
            school.join(f"Learner {number}")
        with django_assert_num_queries(9):
            File(browser, school, by="question")


class TestRoundTrip:
    @pytest.mark.parametrize("shape", ["canvas", "moodle"])
    @pytest.mark.parametrize("by", ["assignment", "question"])
    @pytest.mark.parametrize("separator", ["comma", "semicolon"])
    def test_changes_nothing(self, browser, school, quiz, shape, by, separator):
        school.mark("Cy", quiz, None, kind="excused")
        file = File(browser, school, shape=shape, by=by, separator=separator)
        found = plan(school, file.text.encode("utf-8-sig"))
        assert (found.changes, found.problems, found.unknown) == ((), (), ())
        assert found.rows == 3

    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        marks=st.lists(st.none() | st.decimals(0, 1, places=4), min_size=3, max_size=3),
        points=st.tuples(st.decimals("0.01", 500, places=2), st.decimals("0.01", 500, places=2)),
        name=st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=30),
    )
    def test_changes_nothing_whatever_the_marks_and_names(self, browser, school, marks, points, name):
        assignment = school.assign(points=points)
        Login.objects.filter(person=school.people["Ada"]).update(name=f"={name}")
        for who, mark in zip(("Ada", "Bo", "Cy"), marks, strict=True):
            if mark is not None:
                school.mark(who, assignment, str(mark))
        for asked in ({"shape": "canvas"}, {"shape": "moodle", "by": "question", "separator": "semicolon"}):
            found = plan(school, File(browser, school, **asked).text.encode())
            assert (found.changes, found.problems) == ((), ())


class TestPlan:
    def test_tells_what_changes_from_what_to_what(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Bo", "Quiz", "3.5")
        (change,) = plan(school, file.content).changes
        assert (change.line, change.learner.name, change.here, change.given) == (4, "Bo", "2", "3.5")
        assert (change.share, change.is_conflict) == (Decimal("0.875"), False)

    def test_tells_of_a_mark_that_changed_on_both_sides(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Ada", "Quiz", "4")
        file.set("Bo", "Quiz", "3.5")
        school.mark("Ada", quiz, "0.5", kind="overridden")
        found = plan(school, file.content)
        assert [(change.learner.name, change.here, change.given) for change in found.conflicts] == [("Ada", "1.5", "4")]
        assert [change.learner.name for change in found.settled] == ["Bo"]

    def test_keeps_what_changed_here_alone(self, browser, school, quiz):
        file = File(browser, school)
        school.mark("Ada", quiz, "0.5", kind="overridden")
        assert plan(school, file.content).changes == ()

    def test_says_when_conflicts_cannot_be_told(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Ada", "Quiz", "4")
        school.mark("Ada", quiz, "0.5", kind="overridden")
        file.drop("Headroom state")
        found = plan(school, file.content)
        assert (found.has_state, [change.is_conflict for change in found.changes]) == (False, [False])

    def test_leaves_marks_for_which_the_file_has_nothing(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Ada", "Quiz", "")
        found = plan(school, file.content)
        assert (found.changes, found.blanks) == ((), 1)

    def test_takes_rows_and_columns_in_any_order_and_by_address_alone(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Bo", "Quiz", "4")
        file.drop("ID")
        file.rows = [list(reversed(row)) for row in (file.rows[0], *reversed(file.rows[2:]))]
        (change,) = plan(school, file.content).changes
        assert change.learner.name == "Bo"

    def test_never_finds_anybody_by_name(self, browser, school, quiz):
        file = File(browser, school)
        for row in file.rows[2:]:
            row[1] = row[2] = ""
        found = plan(school, file.content)
        assert (found.rows, len(found.problems)) == (0, 3)
        assert "neither ID nor e-mail" in found.problems[0].message

    @pytest.mark.parametrize(
        ("mark", "told"),
        [
            ("5", "more than the 4 points"),
            ("3,5", "write 3.5"),
            ("=1+1", "“=1+1” is no mark"),
            ("1e400", "“1e400” is no mark"),
            ("٣", "“٣” is no mark"),
        ],
    )
    def test_refuses_a_mark_with_line_column_and_value(self, browser, school, quiz, mark, told):
        file = File(browser, school)
        file.set("Bo", "Quiz", mark)
        (problem,) = plan(school, file.content).problems
        assert (problem.line, problem.column) == (4, "Quiz")
        assert told in problem.message

    def test_refuses_learners_of_another_cohort_twice_and_under_two_names(self, browser, school, quiz):
        other = Class()
        eve = other.join("Eve")
        file = File(browser, school)
        ada, bo, cy = (list(file.row(name)) for name in ("Ada", "Bo", "Cy"))
        stranger, twice, mixed = list(ada), list(bo), list(cy)
        stranger[1], stranger[2] = f"h{eve.pk.hex}", "eve@school.example"
        mixed[2] = "ada@school.example"
        file.rows = [
            file.rows[0],
            stranger,
            bo,
            twice,
            mixed,
            ["", "", "", "", "", "", "", "", "", "", "", "", "", "", "x"],
        ]
        found = plan(school, file.content)
        assert found.rows == 0
        told = {problem.line: problem.message for problem in found.problems}
        assert "no learner of this cohort" in told[2]
        assert "Bo is on lines 3 and 4" in told[3]
        assert "Bo is on lines 3 and 4" in told[4]
        assert "The ID is that of Cy, the e-mail that of Ada" in told[5]
        assert "The row has 15 cells, the header 14" in told[6]

    def test_refuses_a_column_that_is_out_of_something_else(self, browser, school, quiz):
        file = File(browser, school)
        file.rows[1][4] = "10"
        file.set("Bo", "Quiz", "10")
        found = plan(school, file.content)
        assert found.changes == ()
        assert "out of “10” in the file and out of 4 here" in found.problems[0].message

    def test_names_columns_that_it_leaves_out(self, browser, school, quiz):
        file = File(browser, school)
        for row in file.rows:
            row.append("Remarks")
        assert plan(school, file.content).unknown == ("Remarks",)

    def test_refuses_a_mark_for_who_is_excused_from_the_assignment(self, browser, school, quiz):
        AllowanceFactory(assignment=quiz, enrolment=school.enrolments["Cy"], excused=True)
        file = File(browser, school)
        file.set("Cy", "Quiz", "4")
        assert "Withdraw the excuse" in plan(school, file.content).problems[0].message

    def test_refuses_ones_own_marks(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Ada", "Quiz", "4")
        found = plan_of(school.offering, file.content, actor=school.people["Ada"], now=NOW)
        assert "your own marks" in found.problems[0].message


class TestPages:
    def test_look_a_file_over_and_apply_it(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Bo", "Quiz", "3.5")
        file.set("Cy", "Quiz", "EX")
        answer = upload(browser, school, file.content, "week 3.csv")
        assert answer.status_code == 303
        assert not GradeEntry.objects.filter(kind="overridden").exists(), "a look wrote a mark"

        page = browser.get(answer.url).content.decode()
        assert "2 marks would change" in " ".join(page.split())
        digest = page.partition('name="digest" value="')[2].partition('"')[0]
        assert browser.post(answer.url, {"digest": digest}).status_code == 303
        assert school.cells("Bo") == ["87.5% overridden"]
        assert school.cells("Cy") == ["– excused"]
        reasons = set(GradeEntry.objects.exclude(reason="").values_list("reason", flat=True))
        assert reasons == {"Imported from week 3.csv by Teacher"}
        assert "2 marks set" in browser.get(answer.url).content.decode()
        assert bytes(GradeFile.objects.get().content) == b""

        entries = GradeEntry.objects.count()
        assert browser.post(answer.url, {"digest": digest}).status_code == 303
        assert GradeEntry.objects.count() == entries, "a second tab applied it again"

    def test_apply_the_conflicts_that_were_chosen_and_no_other(self, browser, school, quiz):
        file = File(browser, school)
        for name in ("Ada", "Bo"):
            file.set(name, "Quiz", "4")
            school.mark(name, quiz, "0", kind="overridden")
        address = upload(browser, school, file.content).url
        page = browser.get(address).content.decode()
        choices = [
            part.partition('"')[0] for part in page.split('name="take"')[1:] for part in [part.partition('value="')[2]]
        ]
        digest = page.partition('name="digest" value="')[2].partition('"')[0]
        browser.post(address, {"digest": digest, "take": choices[:1]})
        assert school.cells("Ada") == ["100% overridden"]
        assert school.cells("Bo") == ["12.5% overridden"]

    def test_show_anew_what_a_file_does_where_marks_changed_since(self, browser, school, quiz):
        file = File(browser, school)
        file.set("Bo", "Quiz", "4")
        address = upload(browser, school, file.content).url
        page = browser.get(address).content.decode()
        digest = page.partition('name="digest" value="')[2].partition('"')[0]
        school.mark("Bo", quiz, "0", kind="overridden")
        answer = browser.post(address, {"digest": digest})
        assert answer.status_code == 409
        assert "nothing was applied" in answer.content.decode()
        assert "1 conflict" in " ".join(answer.content.decode().split())

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "empty"),
            (b"Student,Quiz\nAda,4\n", "No column says who a row is about"),
            (b"ID,Quiz\nh1,\xff\n", "Line 2 holds the byte 0xff"),
            (b"x" * (LARGEST_BYTES + 10), "are the most that is read"),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_refuse_a_file_and_keep_nothing(self, browser, school, quiz, content, told):
        answer = upload(browser, school, content)
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert not GradeFile.objects.exists()

    def test_ask_for_a_file(self, browser, school, quiz):
        answer = browser.post(f"{school.address}import/", follow=True)
        assert "No file was chosen" in answer.content.decode()

    def test_let_go_of_files_after_a_day(self, browser, school, quiz):
        address = upload(browser, school, File(browser, school).content).url
        GradeFile.objects.update(uploaded_at=NOW - 60 * DAY)
        assert browser.get(address).status_code == 404
        upload(browser, school, File(browser, school).content)
        assert GradeFile.objects.count() == 1

    def test_are_nobodys_who_does_not_teach_the_cohort(self, browser, school, quiz):
        address = upload(browser, school, File(browser, school).content).url
        other = Class()
        client = Client()
        client.force_login(other.teacher.login)
        assert client.get(address).status_code == 404
        theirs = address.replace(school.offering.slug, other.offering.slug)
        assert client.get(theirs).status_code == 404
        assert client.post(theirs, {"digest": ""}).status_code == 404


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_tabs_apply_a_file_once(self):
        school = Class()
        names = [f"Learner {number}" for number in range(5)]
        for name in names:
            school.join(name)
        assignment = school.assign(points=(1, 1), title="Quiz")
        rows = [f"h{school.people[name].pk.hex},1" for name in names]
        content = "\n".join(["ID,Quiz", *rows]).encode()
        kept = keep_grade_file(offering=school.offering, name="g.csv", content=content, actor=school.teacher, now=NOW)
        digest = plan(school, content).digest
        together, failed = threading.Barrier(2), []

        def apply() -> None:
            together.wait()
            try:
                apply_grade_file(
                    offering=school.offering, file_id=kept.pk, digest=digest, chosen=(), actor=school.teacher, now=NOW
                )
            except GradeFileOvertaken as error:
                failed.append(error)
            finally:
                connection.close()

        tabs = [threading.Thread(target=apply) for _ in range(2)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert failed == []
        assert GradeEntry.objects.filter(assignment=assignment).count() == 10
        assert GradeEntry.objects.filter(item=question(assignment).item).count() == 5

    def test_a_fault_in_the_middle_leaves_nothing(self, monkeypatch):
        school = Class()
        ada = school.join("Ada")
        school.assign(points=(1, 1), title="Quiz")
        content = f"ID,Quiz\nh{ada.pk.hex},1\n".encode()
        kept = keep_grade_file(offering=school.offering, name="g.csv", content=content, actor=school.teacher, now=NOW)
        monkeypatch.setattr("quizzes.services.grade_files.ENTRIES_AT_ONCE", 1)
        real, calls = GradeEntry.objects.bulk_create, []

        def fail_later(entries):
            calls.append(entries)
            if len(calls) == 2:
                raise RuntimeError("The disk is full.")
            return real(entries)

        monkeypatch.setattr(GradeEntry.objects, "bulk_create", fail_later)
        with pytest.raises(RuntimeError, match="disk"):
            apply_grade_file(
                offering=school.offering,
                file_id=kept.pk,
                digest=plan(school, content).digest,
                chosen=(),
                actor=school.teacher,
                now=NOW,
            )
        kept.refresh_from_db()
        assert (GradeEntry.objects.count(), kept.applied_at, bytes(kept.content)) == (0, None, content)


class TestMembers:
    def test_who_never_began_are_enrolled_by_a_mark(self, browser, school, quiz):
        school.join("Abe", enrol=False)
        file = File(browser, school)
        file.set("Abe", "Quiz", "4")
        address = upload(browser, school, file.content).url
        digest = browser.get(address).content.decode().partition('name="digest" value="')[2].partition('"')[0]
        browser.post(address, {"digest": digest})
        assert school.cells("Abe") == ["100% overridden"]

    def test_of_staff_are_no_rows(self, browser, school, quiz):
        MembershipFactory(person=Class().teacher, cohort=school.cohort, observer=True)
        assert len(File(browser, school).rows) == 5
