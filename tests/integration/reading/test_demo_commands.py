"""The demo's commands where there is nothing yet."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


class TestSeedDemo:
    def test_needs_the_course_first(self):
        with pytest.raises(CommandError, match="course load"):
            call_command("seed_demo")


class TestDemoLogins:
    def test_says_so_where_there_is_no_demo(self):
        said = StringIO()
        call_command("demo_logins", stdout=said)
        assert "There is no demo here" in said.getvalue()
