"""Steps of a set-up that are skipped when nothing they depend on has changed.

A finished stage leaves a stamp: a digest over its inputs' contents. Contents, not times, because a fresh clone or a
switched branch gives every file a new time.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config.services.paths import ROOT, STATE

IGNORED_FOLDERS = {"__pycache__", "node_modules"}


@dataclass(frozen=True)
class Stage:
    """One step: what it is called, the files and facts it depends on, and what must exist once it was done."""

    name: str
    label: str
    inputs: Sequence[Path]
    facts: Sequence[str] = ()
    products: Sequence[Path] = ()

    @property
    def stamp(self) -> Path:
        """The file with the digest of the inputs it was last done for."""
        return STATE / "stamps" / self.name

    def digest(self) -> str:
        """Return a digest of the facts and of the names and contents of every file among the inputs."""
        sum_of_inputs = hashlib.sha256(repr(self.facts).encode())
        for path in sorted(files_in(self.inputs)):
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            sum_of_inputs.update(f"{path.relative_to(ROOT)}\0{content}\n".encode())
        return sum_of_inputs.hexdigest()

    def is_done(self) -> bool:
        """Say whether the stage was done for exactly these inputs and its products are still there."""
        if not self.stamp.exists() or not all(product.exists() for product in self.products):
            return False
        return self.stamp.read_text(encoding="ascii") == self.digest()


def perform(stage: Stage, action: Callable[[], object]) -> None:
    """Do `action` unless the stage is done, say how long it took and leave its stamp; an error leaves none."""
    if stage.is_done():
        return
    print(f"  {stage.label} …", end="", flush=True)
    digest = stage.digest()
    started = time.monotonic()
    stage.stamp.unlink(missing_ok=True)
    try:
        action()
    except BaseException:
        print(" stopped", flush=True)
        raise
    stage.stamp.parent.mkdir(parents=True, exist_ok=True)
    stage.stamp.write_text(digest, encoding="ascii")
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def files_in(inputs: Iterable[Path]) -> set[Path]:
    """Return the files among `inputs` and below its folders, caches left out."""
    found: set[Path] = set()
    for path in inputs:
        if path.is_dir():
            found.update(file for file in path.rglob("*") if file.is_file() and IGNORED_FOLDERS.isdisjoint(file.parts))
        elif path.is_file():
            found.add(path)
    return found
