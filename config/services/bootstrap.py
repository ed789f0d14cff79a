"""Make `.venv` with the locked packages: `python3 -m config.services.bootstrap`, standard library only.

Debian's Python has no `venv` and its pip refuses to install into the system, but pip installs into a folder: that is
how `uv` comes into `.tools`, and `uv` does the rest.
"""

import importlib.util
import os
import platform
import shutil
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.services.errors import ServiceError
from config.services.locks import is_locked, lock
from config.services.paths import ROOT, STATE
from config.services.stages import Stage, perform

ENVIRONMENT = ROOT / ".venv"
TOOLS = ROOT / ".tools"
PREPARE_LOCK = STATE / "prepare.lock"
LOCKED_PACKAGES = ROOT / "requirements-dev.lock"
UV = "uv==0.13.9"


def prepare() -> None:
    """Make `.venv` and install the locked packages into it, unless that was done.

    Raises:
        ServiceError: pip and uv are missing, or a command failed.
    """
    python = f"{sys.executable} {platform.python_version()} {platform.machine()}"
    packages = Stage(
        "packages",
        "Installing the locked Python packages",
        inputs=[LOCKED_PACKAGES],
        facts=[python, str(ENVIRONMENT)],
        products=[ENVIRONMENT / "bin" / "python"],
    )
    perform(packages, _install_packages)


def installer() -> Path:
    """Return the `uv` program, installed into `.tools` first where the machine has none.

    Raises:
        ServiceError: there is no pip to install it with, or pip failed.
    """
    ours = TOOLS / "bin" / "uv"
    if ours.exists():
        return ours
    if found := shutil.which("uv"):
        return Path(found)
    if importlib.util.find_spec("pip") is None:
        raise ServiceError(
            f"Python {platform.python_version()} at {sys.executable} has no pip, which installs the first package: "
            "install it (on Debian or Ubuntu: apt-get install python3-pip)."
        )
    run([sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", TOOLS, UV])
    return ours


def run(command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None) -> str:
    """Run `command` in the checkout and return what it wrote; without `environment`, as an installer.

    Raises:
        ServiceError: it failed; the message names it and ends with what it said.
    """
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=installation_environment() if environment is None else dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        name = " ".join(Path(str(part)).name for part in command[:3])
        said = "\n".join(f"    {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-20:])
        raise ServiceError(
            f"`{name}` failed (status {done.returncode}); put right what it says and start again:\n{said}"
        )
    return done.stdout


def installation_environment() -> dict[str, str]:
    """Return our environment, in which installers trust what the machine trusts, such as a company's proxy."""
    authorities = ssl.get_default_verify_paths().cafile
    trust = {"SSL_CERT_FILE": authorities, "NODE_EXTRA_CA_CERTS": authorities} if authorities else {}
    return {**trust, **os.environ}


def _install_packages() -> None:
    uv = installer()
    python = ENVIRONMENT / "bin" / "python"
    if not _is_usable():
        run([uv, "venv", "--quiet", "--no-project", "--clear", "--python", sys.executable, ENVIRONMENT])
    # Compiled once here, also where the environment forbids to write bytecode: every later start is seconds faster.
    run([uv, "pip", "sync", "--quiet", "--require-hashes", "--compile-bytecode", "--python", python, LOCKED_PACKAGES])


def _is_usable() -> bool:
    """Say whether `.venv` was made here, and by this Python: its programs name the folder that they were made in."""
    try:
        settings = (ENVIRONMENT / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
        made_here = str(ENVIRONMENT) in (ENVIRONMENT / "bin" / "activate").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    home = f"home = {Path(os.path.realpath(sys.executable)).parent}"
    return made_here and home in settings and f"version_info = {platform.python_version()}" in settings


def main() -> int:
    """Prepare the checkout, one process at a time, and say in a sentence what is missing."""
    try:
        STATE.mkdir(mode=0o700, exist_ok=True)
        if is_locked(PREPARE_LOCK):
            print("  Waiting for another set-up of this checkout …", flush=True)
        with lock(PREPARE_LOCK, wait=True):
            prepare()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"{error.filename or ROOT} cannot be written ({error.strerror}): clone Headroom where you may write.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
