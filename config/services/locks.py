"""Locks between processes that end with their holder, however it ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lock(path: Path, *, wait: bool) -> Iterator[bool]:
    """Hold the lock of the file `path`, and say whether we do: without `wait`, False where another process holds it.

    The kernel gives the lock back when we die, so no lock is ever stale; the file itself means nothing.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


def is_locked(path: Path) -> bool:
    """Say whether another process holds the lock of `path`."""
    if not path.exists():
        return False
    with lock(path, wait=False) as ours:
        return not ours
