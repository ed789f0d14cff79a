"""A lock belongs to one process at a time, and to nobody when that process is gone."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from config.services.locks import is_locked, lock

HOLD = (
    "import sys, time; from pathlib import Path; from config.services.locks import lock\n"
    "with lock(Path(sys.argv[1]), wait=True): print('held', flush=True); time.sleep(60)"
)


class TestLock:
    def test_is_free_before_and_after(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        assert not is_locked(path)
        with lock(path, wait=False) as handle:
            assert handle is not None
            assert is_locked(path)
        assert not is_locked(path)

    def test_is_refused_while_another_holds_it(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        with lock(path, wait=False), lock(path, wait=False) as second:
            assert second is None

    def test_ends_with_a_killed_holder(self, tmp_path: Path) -> None:
        path = tmp_path / "lock"
        with subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE) as holder:
            assert holder.stdout is not None
            assert holder.stdout.readline() == b"held\n"
            assert is_locked(path)
            holder.send_signal(signal.SIGKILL)
        assert not is_locked(path)
