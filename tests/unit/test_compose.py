"""The container files, read as text: no engine is needed to see that they keep their promises."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from config.celery_settings import QUEUES
from config.services import postgres

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
LASTING = ("web", "worker", "beat", "database", "broker")
OURS = ("web", "worker", "beat", "migrate")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def literal_secrets(services: dict[str, Any]) -> list[str]:
    """Return the settings that hold a secret themselves instead of naming a variable that must be set."""
    found = []
    for service, about in services.items():
        for name, value in about.get("environment", {}).items():
            if re.search("SECRET|PASSWORD|TOKEN", name) and not re.fullmatch(r"\$\{\w+:(\?.+|-)\}", str(value)):
                found.append(f"{service}.{name}")
            if re.search(r"://[^:/]*:(?!\$\{\w+:\?[^}]+\}@)[^@]+@", str(value)):
                found.append(f"{service}.{name}")
    return found


class TestCompose:
    def test_passes_the_linter(self) -> None:
        command = [sys.executable, "-m", "compose_lint", "check", "--no-env", "--fail-on", "medium", "--strict-config"]
        checked = subprocess.run([*command, str(COMPOSE)], cwd=ROOT, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def test_runs_every_process_of_the_site(self, compose: dict[str, Any]) -> None:
        assert set(compose["services"]) == {*LASTING, "migrate"}

    @pytest.mark.parametrize("name", LASTING)
    def test_checks_the_health_of_what_lasts_and_restarts_it(self, compose: dict[str, Any], name: str) -> None:
        service = compose["services"][name]
        assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
        assert service["restart"] == "unless-stopped"

    @pytest.mark.parametrize("name", OURS)
    def test_runs_our_processes_without_rights(self, compose: dict[str, Any], name: str) -> None:
        service = compose["services"][name]
        assert int(service["user"].split(":")[0]) > 0
        assert service["cap_drop"] == ["ALL"]
        assert service["read_only"] is True

    def test_migrates_once_before_anything_serves(self, compose: dict[str, Any]) -> None:
        services = compose["services"]
        assert services["migrate"]["restart"] == "no"
        for name in ("web", "worker", "beat"):
            assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"

    def test_keeps_the_data_of_both_servers(self, compose: dict[str, Any]) -> None:
        assert set(compose["volumes"]) == {"database", "broker"}
        assert compose["services"]["database"]["volumes"] == ["database:/var/lib/postgresql"]
        assert compose["services"]["broker"]["volumes"] == ["broker:/data"]

    def test_publishes_no_server_and_the_site_on_loopback_only(self, compose: dict[str, Any]) -> None:
        published = {name: about["ports"] for name, about in compose["services"].items() if "ports" in about}
        assert set(published) == {"web"}
        assert all(port.startswith("127.0.0.1:") for port in published["web"])
        assert compose["networks"]["servers"]["internal"] is True

    def test_serves_every_queue(self, compose: dict[str, Any]) -> None:
        assert f"--queues={','.join(QUEUES)}" in compose["services"]["worker"]["command"]

    def test_has_the_database_that_a_local_start_has(self, compose: dict[str, Any]) -> None:
        assert compose["services"]["database"]["image"] == f"postgres:{postgres.major_version()}"

    def test_holds_no_secret(self, compose: dict[str, Any]) -> None:
        assert literal_secrets(compose["services"]) == []

    @pytest.mark.parametrize(
        "environment",
        [
            {"SECRET_KEY": "a-literal"},
            {"SECRET_KEY": "${SECRET_KEY:-a-default}"},
            {"DATABASE_URL": "postgresql://headroom:a-literal@database/headroom"},
        ],
    )
    def test_would_notice_a_secret(self, environment: dict[str, str]) -> None:
        assert len(literal_secrets({"web": {"environment": environment}})) == 1


class TestImage:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    def test_runs_as_the_user_that_compose_names(self, compose: dict[str, Any]) -> None:
        last_stage = self.dockerfile.rsplit("\nFROM ", 1)[1]
        assert "USER headroom" in last_stage
        assert f"--uid {compose['services']['web']['user'].split(':')[0]} " in last_stage

    def test_installs_only_locked_packages(self) -> None:
        assert "--require-hashes --requirement requirements.lock" in self.dockerfile
        assert "npm ci --ignore-scripts" in self.dockerfile

    def test_finds_all_that_it_copies(self) -> None:
        sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
        copied = {
            name
            for line in re.findall(r"^COPY (?!--from)(.+) \S+$", self.dockerfile, re.MULTILINE)
            for name in line.split()
        }
        assert copied == sent
        assert all((ROOT / name).exists() for name in copied)
