"""A stage is skipped when nothing it depends on has changed, and at no other time."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.services import stages
from config.services.stages import Stage, perform


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(stages, "ROOT", tmp_path)
    monkeypatch.setattr(stages, "STATE", tmp_path / ".state")
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "a.txt").write_text("one", encoding="utf-8")
    return tmp_path


def done(root: Path, *, facts: tuple[str, ...] = (), product: str | None = None) -> bool:
    """Perform a stage over `inputs` and say whether its action ran."""
    ran: list[bool] = []
    products = [root / product] if product else []
    perform(Stage("stage", "Doing it", [root / "inputs"], facts, products), lambda: ran.append(True))
    return bool(ran)


class TestPerform:
    def test_runs_once_for_the_same_inputs(self, root: Path) -> None:
        assert done(root)
        assert not done(root)

    def test_runs_again_when_a_file_changes(self, root: Path) -> None:
        done(root)
        (root / "inputs" / "a.txt").write_text("two", encoding="utf-8")
        assert done(root)

    def test_runs_again_when_a_file_is_renamed(self, root: Path) -> None:
        done(root)
        (root / "inputs" / "a.txt").rename(root / "inputs" / "b.txt")
        assert done(root)

    def test_runs_again_when_a_fact_changes(self, root: Path) -> None:
        done(root, facts=("this database",))
        assert done(root, facts=("another database",))

    def test_runs_again_when_its_product_is_gone(self, root: Path) -> None:
        (root / "made").touch()
        done(root, product="made")
        assert not done(root, product="made")
        (root / "made").unlink()
        assert done(root, product="made")

    def test_ignores_caches(self, root: Path) -> None:
        done(root)
        (root / "inputs" / "__pycache__").mkdir()
        (root / "inputs" / "__pycache__" / "a.pyc").write_text("cache", encoding="utf-8")
        assert not done(root)

    def test_ignores_times(self, root: Path) -> None:
        done(root)
        (root / "inputs" / "a.txt").write_text("one", encoding="utf-8")
        assert not done(root)

    def test_runs_again_after_a_failure(self, root: Path) -> None:
        def fail() -> None:
            raise OSError("no space left")

        done(root)
        (root / "inputs" / "a.txt").write_text("two", encoding="utf-8")
        with pytest.raises(OSError, match="no space left"):
            perform(Stage("stage", "Doing it", [root / "inputs"]), fail)
        (root / "inputs" / "a.txt").write_text("one", encoding="utf-8")
        assert done(root), "the stamp of the earlier inputs outlived a failure"
