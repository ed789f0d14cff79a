"""Check, load, offer and list courses from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Cohort, Organisation
from lessons.catalogue.errors import CatalogueError
from lessons.catalogue.models import Course, Offering
from lessons.catalogue.selectors import course_summaries, is_published
from lessons.catalogue.services import adopt_revision, offer_course, publish_course
from lessons.content import LoadedCourse, check_course, digest_of


class Command(BaseCommand):
    """Checks a course's files, loads them as a revision, offers it to a cohort, or lists what is loaded."""

    help = "Check a course's files, load them as a new revision, offer it to a cohort, or list the courses there are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        subcommands = parser.add_subparsers(dest="subcommand", required=True)
        check = subcommands.add_parser("check", help="report every fault with file and line; change nothing")
        check.add_argument("path", type=Path, help="the folder that holds course.yaml")
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
            case "check":
                course = self._checked(options["path"])
                self.stdout.write(f"{course.title}: {len(course.items)} items, no fault.")
            case "load":
                self._load(options["path"], self._organisation(options["organisation"]))
            case "offer":
                self._offer(options["course"], self._organisation(options["organisation"]), options["cohort"])
            case "adopt":
                self._adopt(options["offering"])
            case _:
                self._list()

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
