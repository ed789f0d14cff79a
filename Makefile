# Headroom in two commands: `make run` and `make test`. Only Python 3.11 or later is needed; the rest is installed here.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

ROOMS := accounts config lessons quizzes simulations
APPS := accounts catalogue simulations quizzes review reading
BIN := .venv/bin
PY := $(BIN)/python
SERVICES := $(PY) -m config.services.testing --
# Written before any site had learners' answers to lock: their indexes are made in place.
BEFORE_ANY_LEARNER := --ignore-name 0002_assignments
DEPLOYED := DJANGO_SETTINGS_MODULE=config.settings.production ALLOWED_HOSTS=headroom.example
PYTEST := $(SERVICES) $(BIN)/coverage run -m pytest

PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)

ifdef CI
export HEADROOM_REQUIRE_BROWSER := 1
endif

.PHONY: help run test check e2e bench fmt environment frontend static clean-coverage

help: ## List the targets
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name about; do \
		printf '  make %-6s %s\n' "$$name" "$$about"; done

run: environment ## Start the whole site and print its address and demo logins; Ctrl-C stops it
	@$(PY) -m config.services.run

test: check static clean-coverage ## Check everything and run every test, on throwaway servers
	@$(PY) -m config.services.frontend test
	$(PYTEST) -n 2 tests/unit tests/integration tests/architecture
	$(PYTEST) tests/faults
	$(PYTEST) -n 2 --dist loadscope tests/e2e
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

check: frontend ## Lint, types, contracts, formats, migrations, settings, packages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint $(ROOMS)
	$(BIN)/compose-lint check --quiet --no-env --skip-suppressed --fail-on medium docker-compose.yml
	$(SERVICES) $(PY) manage.py makemigrations --check --dry-run
	$(SERVICES) $(PY) manage.py lintmigrations --quiet ok --no-cache --include-apps $(APPS) $(BEFORE_ANY_LEARNER)
	$(DEPLOYED) $(SERVICES) $(PY) manage.py check --deploy --fail-level WARNING
	@$(PY) -m config.services.audit

e2e: static ## Drive the site in a real browser
	$(SERVICES) $(BIN)/pytest -n 2 --dist loadscope tests/e2e

bench: static ## Measure what docs/reference/performance.md reports
	$(SERVICES) $(BIN)/pytest tests/benchmarks -s -p no:randomly

fmt: environment ## Put code and templates into the one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat $(ROOMS)

environment:
	@if [ -z "$(PYTHON)" ]; then echo "Headroom needs Python 3.11 or later and found none: install it (on Debian or" \
		"Ubuntu: apt-get install python3) or name one with make PYTHON=/path/to/python3." >&2; exit 1; fi
	@$(PYTHON) -m config.services.bootstrap

frontend: environment
	@$(PY) -m config.services.frontend

static: frontend
	@$(SERVICES) $(PY) -m config.services.preparation

clean-coverage:
	@rm -f .coverage .coverage.*
