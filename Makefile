# SPDX-License-Identifier: EUPL-1.2
# One door for every task. `make run` and `make test` set up what they need.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
VAR ?= var
export CARENE_VAR := $(VAR)

.PHONY: help run setup dev assets test test-fast test-e2e lint style types rules format bench screenshots lock clean

help: ## Show the tasks
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: $(VENV)/.run assets ## Set up if needed, load the demonstration, start the server
	@$(BIN)/carene serve --demo

setup: $(VENV)/.run assets ## Everything `make run` needs, without starting

dev: $(VENV)/.dev assets ## Tools for developers

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Carène demande Python 3.11 ou plus récent."; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Le module venv manque : installer le paquet python3-venv."; exit 2; }

$(VENV)/.run: requirements.lock | $(VENV)/bin/python
	@echo "Installation des bibliothèques…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python scripts/link.py
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "Installation des outils de développement…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/.stamp: package-lock.json
	@command -v npm >/dev/null || { echo "npm manque : installer Node.js 18 ou plus récent."; exit 2; }
	@echo "Installation des polices et des styles…"
	@npm ci --silent --no-progress
	@touch $@

src/carene/ui/static/vendor/.stamp: node_modules/.stamp scripts/assets.py | $(VENV)/.run
	@$(BIN)/python scripts/assets.py
	@touch $@

assets: src/carene/ui/static/vendor/.stamp

test: dev ## Everything: style, types, architecture, tests on both databases, browser
	@bash scripts/test_tools.sh
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest -q -n 2
	@echo "Les mêmes pages sur PostgreSQL…"
	@$(BIN)/python scripts/with_postgresql.py $(BIN)/python -m pytest -q -n 2 -m "not e2e" tests/apps tests/core tests/isolation

test-fast: dev ## What one runs often: no browser, no PostgreSQL
	@$(BIN)/python -m pytest -q -n 2 -m "not e2e and not postgresql" -x

test-e2e: dev ## The browser tests alone
	@bash scripts/test_tools.sh
	@$(BIN)/python -m pytest -q -m e2e tests/e2e

lint: dev ## Style, types, import contracts, templates, known vulnerabilities
	@$(MAKE) --no-print-directory -j 2 --output-sync=target style types rules

style:
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@git ls-files -z -- '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 --check

types:
	@$(BIN)/mypy

rules:
	@$(BIN)/lint-imports --no-cache
	@said=$$($(BIN)/bandit --quiet --recursive --configfile pyproject.toml --confidence-level medium src 2>&1) || { echo "$$said"; exit 1; }
	@$(BIN)/python scripts/audit.py

format: dev ## Rewrite in the project's style
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@git ls-files -z -- '*.html' | xargs -0 $(BIN)/djade --target-version 5.2 || true

bench: dev ## Our figures beside the targets (PART=server,engines,directory,planning,pages,registers,load; LOAD=300 seconds)
	@LOAD="$(LOAD)" PART="$(PART)" $(BIN)/python -m bench

screenshots: dev ## The pictures of README.md, taken from the demonstration
	@bash scripts/test_tools.sh
	@$(BIN)/python scripts/screenshots.py

lock: ## Compile the requirement locks anew (needs uv)
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra postgresql pyproject.toml -o requirements.lock
	uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --extra postgresql --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove what can be made again (never the data folder)
	rm -rf $(VENV) node_modules src/carene/ui/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis
