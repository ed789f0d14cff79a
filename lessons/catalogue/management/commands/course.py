"""Check, load and list courses from the command line."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Organisation
from lessons.catalogue.errors import CatalogueError
from lessons.catalogue.selectors import course_summaries, is_published
from lessons.catalogue.services import publish_course
from lessons.content import LoadedCourse, check_course, digest_of


class Command(BaseCommand):
    """Checks a course's files, loads them as a revision, or lists what is loaded."""

    help = "Check a course's files, load them as a new revision, or list the courses there are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the subcommands."""
        subcommands = parser.add_subparsers(dest="subcommand", required=True)
        check = subcommands.add_parser("check", help="report every fault with file and line; change nothing")
        check.add_argument("path", type=Path, help="the folder that holds course.yaml")
        load = subcommands.add_parser("load", help="store the course and let its readers have it; nothing on any fault")
        load.add_argument("path", type=Path, help="the folder that holds course.yaml")
        load.add_argument("--organisation", metavar="SLUG", help="the school that owns the course; without, it is open")
        subcommands.add_parser("list", help="list the courses and their newest revisions")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the subcommand; a course with faults ends it with status 1."""
        match options["subcommand"]:
            case "check":
                course = self._checked(options["path"])
                self.stdout.write(f"{course.title}: {len(course.items)} items, no fault.")
            case "load":
                self._load(options["path"], self._organisation(options["organisation"]))
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
