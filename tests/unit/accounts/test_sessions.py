"""What is read off a request without a database."""

from __future__ import annotations

import pytest

from accounts.sessions import is_from_this_machine, may_use_demo_logins


class TestIsFromThisMachine:
    @pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1"])
    def test_is_loopback(self, rf, address):
        assert is_from_this_machine(rf.get("/", REMOTE_ADDR=address))

    @pytest.mark.parametrize("address", ["10.0.0.1", "203.0.113.9", "2001:db8::1", "", "localhost", "127.0.0.1.evil"])
    def test_is_nothing_else(self, rf, address):
        assert not is_from_this_machine(rf.get("/", REMOTE_ADDR=address))

    @pytest.mark.parametrize("header", ["x-forwarded-for", "x-real-ip", "forwarded"])
    def test_is_not_what_a_proxy_on_this_machine_passes_on(self, rf, header):
        assert not is_from_this_machine(rf.get("/", REMOTE_ADDR="127.0.0.1", headers={header: "203.0.113.9"}))


class TestMayUseDemoLogins:
    def test_takes_the_switch_and_the_machine(self, rf, settings):
        here, elsewhere = rf.get("/", REMOTE_ADDR="127.0.0.1"), rf.get("/", REMOTE_ADDR="203.0.113.9")
        settings.DEMO_LOGINS = True
        assert [may_use_demo_logins(request) for request in (here, elsewhere, None)] == [True, False, False]
        settings.DEMO_LOGINS = False
        assert not may_use_demo_logins(here)
