"""Where servers live: reachable by their account, out of reach of others, and short enough for a socket."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from config.services import paths
from config.services.errors import ServiceError
from config.services.paths import Account, Home


def home_in(folder: Path, account: Account | None = None) -> Home:
    return Home(folder, paths._socket_folder(folder, account), account, None)


class TestSocketFolder:
    def test_is_inside_a_short_home(self) -> None:
        home = home_in(Path("/home/ada/headroom/.state/services"))
        assert home.sockets == home.folder / "sockets"

    def test_is_short_where_the_home_is_deep(self) -> None:
        deep = home_in(Path("/home/ada") / ("a-long-name/" * 10))
        longest = deep.sockets / ".s.PGSQL.5432.lock"
        assert len(os.fsencode(longest)) <= paths.LONGEST_SOCKET_PATH
        assert str(os.geteuid()) in deep.sockets.name

    def test_differs_between_two_deep_homes(self) -> None:
        one, two = (home_in(Path("/home/ada") / ("a-long-name/" * 10) / name) for name in ("one", "two"))
        assert one.sockets != two.sockets


class TestPrivateFolder:
    def test_is_for_its_owner_only(self, tmp_path: Path) -> None:
        made = home_in(tmp_path).private_folder(tmp_path / "data")
        assert stat.S_IMODE(made.stat().st_mode) == 0o700

    def test_is_refused_through_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "data").symlink_to(tmp_path / "elsewhere")
        with pytest.raises(ServiceError, match="belongs to somebody else"):
            home_in(tmp_path).private_folder(tmp_path / "data")

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
    def test_is_refused_where_another_made_it(self, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        os.chown(tmp_path / "data", 12345, 12345)
        with pytest.raises(ServiceError, match="belongs to somebody else"):
            home_in(tmp_path).private_folder(tmp_path / "data")


class TestServerAccount:
    def test_is_the_current_one_unless_that_is_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert paths.server_account() is None

    def test_is_an_unprivileged_one_for_root(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        account = paths.server_account()
        assert account is not None
        assert account.uid > 0

    def test_is_asked_for_in_a_sentence_where_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def nobody(name: str) -> None:
            raise KeyError(name)

        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr("pwd.getpwnam", nobody)
        with pytest.raises(ServiceError, match=r"useradd --system postgres"):
            paths.server_account()


class TestCheckoutKey:
    def test_stays_the_same_and_differs_for_a_later_clone_at_the_same_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paths, "STATE", tmp_path)
        first = paths._checkout_key()
        assert paths._checkout_key() == first
        (tmp_path / "checkout-mark").unlink()
        assert paths._checkout_key() != first


class TestInstallCopy:
    def test_appears_whole_and_readable_by_all(self, tmp_path: Path) -> None:
        def copy(unfinished: Path) -> None:
            (unfinished / "program").write_text("#!", encoding="utf-8")
            (unfinished / "program").chmod(0o700)

        paths.install_copy(tmp_path / "copy", copy)
        assert stat.S_IMODE((tmp_path / "copy" / "program").stat().st_mode) == 0o755
        assert [path.name for path in tmp_path.iterdir()] == ["copy"]

    def test_leaves_nothing_after_a_failure(self, tmp_path: Path) -> None:
        def fail(unfinished: Path) -> None:
            (unfinished / "half").touch()
            raise OSError("no space left")

        with pytest.raises(OSError, match="no space left"):
            paths.install_copy(tmp_path / "copy", fail)
        assert list(tmp_path.iterdir()) == []
