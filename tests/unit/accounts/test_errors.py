"""Every error of this room has words for the person, and a place in the site's table."""

from __future__ import annotations

import inspect

import pytest

from accounts import errors
from config.error_table import STATUSES

CLASSES = [found for _, found in inspect.getmembers(errors, inspect.isclass)]


class TestErrors:
    @pytest.mark.parametrize("error", CLASSES)
    def test_have_a_status(self, error):
        assert error in STATUSES

    def test_name_the_value_that_was_wrong(self):
        assert "ada@school.example" in str(errors.EmailTaken("ada@school.example"))
        assert "Mars/Olympus" in str(errors.UnknownTimeZone("Mars/Olympus"))
        assert "North" in str(errors.LastOwner("North"))
