"""Rules that need no database."""

from __future__ import annotations

import pytest

from accounts.errors import NotAllowed
from accounts.models import Person
from accounts.policy import OPERATOR, is_demo, require_self


class TestIsDemo:
    @pytest.mark.parametrize("email", ["learner@demo.example", "Learner@DEMO.Example", " a.b+c@demo.example "])
    def test_knows_the_demo_domain_in_whatever_case(self, email):
        assert is_demo(email)

    @pytest.mark.parametrize(
        "email",
        ["ada@school.example", "ada@notdemo.example", "ada@demo.example.org", "demo.example", "ada@x.demo.example"],
    )
    def test_takes_nothing_else_for_it(self, email):
        assert not is_demo(email)


class TestRequireSelf:
    def test_lets_the_person_and_the_operator_through(self):
        person = Person()
        require_self(person, person)
        require_self(OPERATOR, person)

    def test_refuses_anybody_else(self):
        with pytest.raises(NotAllowed):
            require_self(Person(), Person())
