"""Begin, check, compare, load, offer and list courses from the command line."""

from __future__ import annotations

import re
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Cohort, Organisation
from lessons.catalogue.errors import CatalogueError
from lessons.catalogue.models import Course, Offering, Revision
from lessons.catalogue.selectors import course_summaries, is_published, known_keys, stated_items
from lessons.catalogue.services import adopt_revision, offer_course, publish_course
from lessons.content import LoadedCourse, check_course, digest_of
from lessons.content.difference import StatedItem, difference, lines_of, stated
from lessons.content.scaffold import CannotBegin, write_course
from lessons.content.watch import check_on_change

REVISION: Final = re.compile(r"(?P<course>[a-z0-9-]+)@(?P<number>[0-9]{1,9})")
"""A revision as the command line names it, such as tradeoffs@3."""


class Command(BaseCommand):
    """Begins a course, checks its files, compares and loads them, offers it to a cohort, or lists what is loaded."""

    help = "Begin, check, compare, load, offer and list courses."
    # They look over the whole site, every page of it included, which takes longer than most courses do.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        subcommands = parser.add_subparsers(dest="subcommand", required=True)
        new = subcommands.add_parser("new", help="write a small course without fault, to go on from")
        new.add_argument("path", type=Path, help="a folder that is not there yet; its name is the course's short name")
        new.add_argument("--title", default="A new course", help="the course's title")
        check = subcommands.add_parser("check", help="report every fault with file and line; change nothing")
        check.add_argument("path", type=Path, help="the folder that holds course.yaml")
        check.add_argument("--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C")
        compare = subcommands.add_parser("diff", help="say what differs, item by item, and what it means for learners")
        compare.add_argument(
            "states", nargs="+", metavar="STATE", help="a folder, or a revision as COURSE@NUMBER; one or two of them"
        )
        compare.add_argument(
            "--organisation", metavar="SLUG", help="the school that owns the course; without, it is open"
        )
        load = subcommands.add_parser("load", help="store the course and let its readers have it; nothing on any fault")
        load.add_argument("path", type=Path, help="the folder that holds course.yaml")
        load.add_argument("--organisation", metavar="SLUG", help="the school that owns the course; without, it is open")
        offer = subcommands.add_parser("offer", help="give a course to a cohort, which reads its newest revision")
        offer.add_argument("course", help="the course's short name")
        offer.add_argument("--cohort", required=True, metavar="ORGANISATION/COHORT", help="both short names")
        offer.add_argument(
            "--organisation", metavar="SLUG", help="the school that owns the course; without, it is open"
        )
        adopt = subcommands.add_parser("adopt", help="let an offering read the newest revision of its course")
        adopt.add_argument("offering", help="the offering's short name, as in its address")
        subcommands.add_parser("list", help="list the courses and their newest revisions")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand; a course with faults ends it with status 1."""
        match options["subcommand"]:
            case "new":
                self._new(options["path"], options["title"])
            case "check" if options["watch"]:
                check_on_change(options["path"], say=self.stdout.write, wait=time.sleep)
            case "check":
                course = self._checked(options["path"])
                self.stdout.write(f"{course.title}: {len(course.items)} items, no fault.")
            case "diff":
                self._diff(options["states"], self._organisation(options["organisation"]))
            case "load":
                self._load(options["path"], self._organisation(options["organisation"]))
            case "offer":
                self._offer(options["course"], self._organisation(options["organisation"]), options["cohort"])
            case "adopt":
                self._adopt(options["offering"])
            case _:
                self._list()

    def _new(self, path: Path, title: str) -> None:
        try:
            written = write_course(path, title=title)
        except CannotBegin as refusal:
            raise CommandError(str(refusal)) from refusal
        for file in written:
            self.stdout.write(str(file))
        self.stdout.write(f"Write, and let it be checked as you do: manage.py course check --watch {path}")

    def _diff(self, states: list[str], organisation: Organisation | None) -> None:
        if len(states) > 2:
            raise CommandError(f"Two states can be compared; these are {len(states)}: {', '.join(states)}.")
        sides = [self._state(state, organisation) for state in states]
        if len(sides) == 1:
            sides.insert(0, self._newest(sides[0], organisation))
        before, after = sides
        known = next((known_keys(side.course) for side in sides if isinstance(side, Revision)), None)
        if known is None:
            assert isinstance(before, LoadedCourse)
            known = frozenset(item.key for item in before.items)
        for line in lines_of(difference(_stated(before, known), _stated(after, known))):
            self.stdout.write(line)

    def _state(self, name: str, organisation: Organisation | None) -> Revision | LoadedCourse:
        """Return the revision or the checked folder that the command line names."""
        named = REVISION.fullmatch(name)
        if named is None:
            return self._checked(Path(name))
        revisions = Revision.objects.filter(course__organisation=organisation, course__slug=named["course"])
        revision = revisions.select_related("course").filter(number=named["number"]).first()
        if revision is None:
            raise CommandError(f"There is no revision {name} here. `course list` shows the courses and their newest.")
        return revision

    def _newest(self, other: Revision | LoadedCourse, organisation: Organisation | None) -> Revision:
        """Return what a state is compared with where nothing else is named: its course's newest revision."""
        slug = other.course.slug if isinstance(other, Revision) else other.slug
        revisions = Revision.objects.filter(course__organisation=organisation, course__slug=slug)
        newest = revisions.select_related("course").order_by("-number").first()
        if newest is None:
            raise CommandError(f"No revision of {slug!r} is loaded here, so there is nothing to compare with.")
        return newest

    def _load(self, path: Path, organisation: Organisation | None) -> None:
        if path.is_dir() and is_published(organisation=organisation, digest=digest_of(path)):
            self.stdout.write("Nothing has changed since the course was loaded.")
            return
        try:
            revision = publish_course(source=self._checked(path), organisation=organisation, now=timezone.now())
        except CatalogueError as refusal:
            raise CommandError(f"{refusal} Nothing was loaded.") from refusal
        self.stdout.write(f"{revision.title}: revision {revision.number} is loaded.")

    def _offer(self, slug: str, organisation: Organisation | None, names: str) -> None:
        course = Course.objects.filter(organisation=organisation, slug=slug).first()
        if course is None:
            raise CommandError(f"There is no course {slug!r} here. `course list` shows those there are.")
        school, _, name = names.partition("/")
        cohort = Cohort.objects.filter(organisation__slug=school, slug=name).first()
        if cohort is None:
            raise CommandError(f"There is no cohort {names!r}. Make it with create_cohort.")
        try:
            offering = offer_course(course=course, cohort=cohort, slug=f"{school}-{name}", now=timezone.now())
        except CatalogueError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{cohort} reads revision {offering.revision.number} at /learn/{offering.slug}/")

    def _adopt(self, slug: str) -> None:
        offering = Offering.objects.select_related("course").filter(slug=slug).first()
        if offering is None:
            raise CommandError(f"There is no offering {slug!r}. It is the first part of an address after /learn/.")
        newest = offering.course.revisions.latest("number")
        adopt_revision(offering=offering, revision=newest, actor=None, now=timezone.now())
        self.stdout.write(f"{slug} reads revision {newest.number}.")

    def _checked(self, path: Path) -> LoadedCourse:
        """Return the course without faults, or print them all and end with status 1."""
        report = check_course(path)
        if report.course is None:
            for fault in report.faults:
                self.stderr.write(f"{path / fault.file}:{fault.line}: {fault.message}")
            count = len(report.faults)
            raise CommandError(
                f"{count} {'fault' if count == 1 else 'faults'}; nothing can be loaded before that is mended."
            )
        return report.course

    def _organisation(self, slug: str | None) -> Organisation | None:
        if slug is None:
            return None
        organisation = Organisation.objects.filter(slug=slug).first()
        if organisation is None:
            known = ", ".join(Organisation.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no organisation {slug!r}; there are: {known}.")
        return organisation

    def _list(self) -> None:
        summaries = course_summaries()
        if not summaries:
            self.stdout.write("No course is loaded yet; load one with: manage.py course load PATH")
        for course in summaries:
            owner = course.organisation or "open"
            line = f"{course.slug} ({owner}): {course.title}, revision {course.revision}, {course.items} items"
            self.stdout.write(line)


def _stated(side: Revision | LoadedCourse, known: frozenset[str]) -> tuple[StatedItem, ...]:
    return stated_items(side) if isinstance(side, Revision) else stated(side.items, known)
