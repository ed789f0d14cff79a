"""Where a checkout keeps what it makes: its state, and the folder of its servers.

A server refuses to run as root, and the account it runs as instead cannot enter a checkout under a private folder. So
root's servers live in `/var/lib/headroom/<key>`, where the key names the checkout; anybody else's live in the
checkout's `.state`.
"""

import contextlib
import hashlib
import os
import pwd
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.services.errors import ServiceError

ROOT = Path(__file__).resolve().parents[2]
STATE = ROOT / ".state"

SHARED_ROOT_FOLDER = Path("/var/lib/headroom")
LONGEST_SOCKET_PATH = 103  # bytes: the smallest limit of the systems we run on (macOS; Linux allows 107)
LONGEST_SOCKET_NAME = len(".s.PGSQL.5432.lock")


@dataclass(frozen=True)
class Account:
    """An unprivileged login that root lends to the servers."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True)
class Home:
    """One set of servers: a folder for data and logs, a folder for sockets, and the account that owns both.

    `binaries` is the folder to copy the servers' programs to where the account could not reach the installed ones.
    """

    folder: Path
    sockets: Path
    account: Account | None
    binaries: Path | None

    def within(self, name: str) -> "Home":
        """Return a home for a second set of servers inside this one, sharing the copied programs."""
        folder = self.folder / name
        return Home(folder, _socket_folder(folder, self.account), self.account, self.binaries)

    def private_folder(self, path: Path) -> Path:
        """Make `path`, for the servers' account only, and return it.

        Raises:
            ServiceError: somebody else has made it, which a shared folder such as `/tmp` allows.
        """
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = os.geteuid() if self.account is None else self.account.uid
        if path.is_symlink() or path.stat().st_uid not in {os.geteuid(), owner}:
            raise ServiceError(f"The folder {path} belongs to somebody else: remove it, or have its owner remove it.")
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)
        path.chmod(0o700)
        return path


def server_account() -> Account | None:
    """Return the account for the servers, or None where the current one will do.

    Raises:
        ServiceError: we are root, and the machine has neither `postgres` nor `nobody`.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise ServiceError(
        "PostgreSQL does not run as root and this machine has no account `postgres` or `nobody` to lend it: "
        "add one (useradd --system postgres) or run this as another user."
    )


def checkout_home() -> Home:
    """Return the home of this checkout's servers, made if it is absent.

    Raises:
        ServiceError: the folder cannot be made, or somebody else owns it.
    """
    account = server_account()
    try:
        STATE.mkdir(mode=0o700, exist_ok=True)
        if account is None:
            folder, binaries = STATE / "services", None
            folder.mkdir(mode=0o700, exist_ok=True)
        else:
            folder = SHARED_ROOT_FOLDER / _checkout_key()
            binaries = SHARED_ROOT_FOLDER / "programs"
            for reachable in (SHARED_ROOT_FOLDER, binaries, folder):
                reachable.mkdir(mode=0o711, exist_ok=True)
                reachable.chmod(0o711)
            (folder / "checkout").write_text(f"{ROOT}\n", encoding="utf-8")
    except OSError as error:
        raise ServiceError(
            f"The folder {error.filename} cannot be written ({error.strerror}): make it writable for the user "
            "who runs this, or clone Headroom where that user may write."
        ) from error
    return Home(folder, _socket_folder(folder, account), account, binaries)


def _checkout_key() -> str:
    """Name this checkout: its path, and a mark that a later clone at the same path will not have."""
    mark = STATE / "checkout-mark"
    if not mark.exists():
        own = STATE / f"checkout-mark-{os.getpid()}"
        own.write_text(secrets.token_hex(16), encoding="ascii")
        with contextlib.suppress(FileExistsError):  # another process was first: its mark holds
            os.link(own, mark)
        own.unlink()
    return hashlib.sha256(f"{ROOT}\n{mark.read_text(encoding='ascii')}".encode()).hexdigest()[:12]


def _socket_folder(folder: Path, account: Account | None) -> Path:
    """Return `folder/sockets`, or a short private folder where the path would be too long for a socket."""
    sockets = folder / "sockets"
    if account is not None or len(os.fsencode(sockets)) + 1 + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH:
        return sockets
    key = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(f"/tmp/headroom-{os.geteuid()}-{key}")  # noqa: S108 - made private, and refused if another owns it


def install_copy(target: Path, copy: Callable[[Path], object]) -> None:
    """Have `copy` fill a folder, readable by all and writable by us, that becomes `target` when it is whole.

    Does nothing where `target` exists. Two checkouts may do this at once: the first to finish wins.
    """
    if target.exists():
        return
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        unfinished = Path(folder) / "copy"
        unfinished.mkdir()
        copy(unfinished)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        try:
            unfinished.rename(target)
        except OSError:
            if not target.exists():
                raise
