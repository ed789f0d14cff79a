"""Locks between processes that end with their holder, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lock(path: Path, *, wait: bool) -> Iterator[int | None]:
    """Hold the lock of the file `path` and yield its handle; without `wait`, yield None where another process holds it.

    The kernel gives the lock back when we die, so no lock is ever stale; the file itself means nothing. A child that
    inherits the handle holds the lock as well.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield handle
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Say whether another process holds the lock of `path`."""
    if not path.exists():
        return False
    with lock(path, wait=False) as handle:
        return handle is None
