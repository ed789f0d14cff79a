"""Settings are typed, and a bad one stops the start with a sentence that names it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.celery_settings import broker_address


class TestText:
    def test_reads_what_is_set(self, monkeypatch):
        monkeypatch.setenv("A_NAME", "harbour")
        assert env.text("A_NAME", meaning="a name") == "harbour"

    def test_takes_the_default_when_absent_or_empty(self, monkeypatch):
        monkeypatch.setenv("A_NAME", "")
        assert env.text("A_NAME", meaning="a name", default="none") == "none"

    def test_names_the_variable_that_is_missing(self, monkeypatch):
        monkeypatch.delenv("A_NAME", raising=False)
        with pytest.raises(ImproperlyConfigured, match="A_NAME is not set. It is a name"):
            env.text("A_NAME", meaning="a name")


class TestWholeNumber:
    @pytest.mark.parametrize("raw", ["three", "1.5", "-1", "١e"])
    def test_refuses_what_is_none_and_shows_it(self, monkeypatch, raw):
        monkeypatch.setenv("A_COUNT", raw)
        with pytest.raises(ImproperlyConfigured, match="A_COUNT must be a whole number of at least 0"):
            env.whole_number("A_COUNT", meaning="a count")

    def test_reads_a_number(self, monkeypatch):
        monkeypatch.setenv("A_COUNT", "12")
        assert env.whole_number("A_COUNT", meaning="a count") == 12


class TestTruth:
    @pytest.mark.parametrize(("raw", "expected"), [("1", True), ("Yes", True), ("off", False), ("0", False)])
    def test_reads_yes_and_no(self, monkeypatch, raw, expected):
        monkeypatch.setenv("A_SWITCH", raw)
        assert env.truth("A_SWITCH", meaning="a switch") is expected

    def test_refuses_anything_else(self, monkeypatch):
        monkeypatch.setenv("A_SWITCH", "perhaps")
        with pytest.raises(ImproperlyConfigured, match="A_SWITCH must be 1 or 0; it is 'perhaps'"):
            env.truth("A_SWITCH", meaning="a switch")


class TestSecret:
    def test_refuses_a_short_one_without_showing_it(self, monkeypatch):
        monkeypatch.setenv("A_SECRET", "hunter2")
        with pytest.raises(ImproperlyConfigured) as raised:
            env.secret("A_SECRET", meaning="a secret")
        assert "it needs at least 32" in str(raised.value)
        assert "hunter2" not in str(raised.value)


class TestDatabaseAddress:
    def test_reads_host_and_port(self, monkeypatch):
        monkeypatch.setenv("A_DATABASE", "postgresql://ann:p%40ss@db:5433/headroom?sslmode=require")
        address = env.database_address("A_DATABASE", meaning="a database")
        assert (address.user, address.password, address.host, address.port) == ("ann", "p@ss", "db", "5433")
        assert address.name == "headroom"
        assert address.options == {"sslmode": "require"}

    def test_reads_a_socket_folder(self, monkeypatch):
        monkeypatch.setenv("A_DATABASE", "postgresql://ann:secret@/headroom?host=/run/pg")
        address = env.database_address("A_DATABASE", meaning="a database")
        assert (address.host, address.name) == ("/run/pg", "headroom")

    @pytest.mark.parametrize("raw", ["mysql://u:secret@h/d", "postgresql://u:secret@h/", "nonsense secret"])
    def test_refuses_others_without_showing_the_password(self, monkeypatch, raw):
        monkeypatch.setenv("A_DATABASE", raw)
        with pytest.raises(ImproperlyConfigured) as raised:
            env.database_address("A_DATABASE", meaning="a database")
        assert "A_DATABASE" in str(raised.value)
        assert "secret" not in str(raised.value)


class TestBrokerAddress:
    def test_turns_a_socket_into_the_form_of_the_transport(self):
        assert broker_address("unix:///run/v.sock?db=2") == "redis+socket:///run/v.sock?virtual_host=2"

    def test_leaves_a_host_alone(self):
        assert broker_address("redis://cache:6379/0") == "redis://cache:6379/0"
