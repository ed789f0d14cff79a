"""The same start by somebody who is not root, and by root in a folder that nobody else may enter."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig

import pytest

from tests.faults.checkouts import Checkout

pytestmark = [
    pytest.mark.fault,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process as somebody else"),
]

NOBODY = 65534
PACKAGES = sysconfig.get_path("purelib")


@pytest.fixture(scope="module")
def their_python() -> str:
    """A Python of our version that an unprivileged user may run with our packages."""
    own_version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in filter(None, (sys.executable, shutil.which(own_version, path="/usr/bin:/usr/local/bin"))):
        try:
            tried = subprocess.run(
                [candidate, "-c", "import celery, gunicorn, psycopg"],
                env={"PYTHONPATH": PACKAGES},
                cwd="/",
                user=NOBODY,
                group=NOBODY,
                extra_groups=[],
                capture_output=True,
                check=False,
            )
        except PermissionError:
            continue
        if tried.returncode == 0:
            return candidate
    pytest.skip("no Python with our packages that an unprivileged user may run")


class TestUnprivilegedUser:
    def test_keeps_everything_in_the_checkout(self, checkout: Checkout, their_python: str) -> None:
        checkout.lend_to(NOBODY, their_python, PACKAGES)
        run = checkout.start().wait_until_up()
        assert run.page().isdigit()
        owners = {os.stat(f"/proc/{process.pid}").st_uid for process in checkout.processes()}  # noqa: PTH116
        assert owners == {NOBODY}
        assert checkout.home() == checkout.folder / ".state" / "services"
        assert run.interrupt() == 0
        assert checkout.processes() == []


class TestRoot:
    def test_starts_from_a_private_folder_with_servers_that_are_not_root(self, checkout: Checkout) -> None:
        checkout.folder.chmod(0o700)
        run = checkout.start().wait_until_up()
        servers = [*checkout.processes("postgres -D"), *checkout.processes("valkey-server")]
        assert len(servers) == 2
        assert 0 not in {os.stat(f"/proc/{server.pid}").st_uid for server in servers}  # noqa: PTH116
        secrets = [checkout.folder / ".state" / "secret-key", *checkout.home().glob("postgres-*/password")]
        assert len(secrets) == 2
        assert all(secret.stat().st_mode & 0o077 == 0 and secret.stat().st_uid == 0 for secret in secrets)
        assert run.interrupt() == 0
