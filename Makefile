# Every target does all the set-up it needs: Python >= 3.11, make and the package registry are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Compiled modules are kept, whatever the shell says: tests start a few hundred processes, and each would compile all it imports.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help install serve test coverage test-long proof soak mutants test-majors test-bounds bench bench-quick bench-replicas renew lint requirements clean contract release-contract

help: ## Show what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

install: $(VENV)/.runtime ## Make the environment .venv with the command .venv/bin/freehold

serve: $(VENV)/.runtime ## Install Freehold into .venv, and start it on http://127.0.0.1:8000 with its embedded PostgreSQL
	@exec $(BIN)/freehold serve

test: $(VENV)/.dev ## Run the tests in parallel on an embedded PostgreSQL
	$(BIN)/pytest

coverage: $(VENV)/.dev ## The same, with a table of the lines that none of them runs
	$(BIN)/pytest --cov

test-long: $(VENV)/.dev ## Run the tests that take long
	$(BIN)/pytest -m long --timeout 3600

proof: $(VENV)/.dev ## Make every fault 20 times, and write the figures into the docs (40 minutes); FAULTS=word chooses
	$(BIN)/python -m tests.faults
	$(BIN)/pytest -m long --timeout 3600 tests/replicas

soak: $(VENV)/.dev ## Load a server for half an hour, and write memory, descriptors and latency into the docs; MINUTES=5 is shorter
	$(BIN)/python -m tests.soak

mutants: $(VENV)/.dev ## Put 120 small faults into what keeps promises, and say which no test notices (an hour at most); SAMPLE, SEED, MODULE, ALL=1
	$(BIN)/python -m tests.mutants

test-bounds: $(VENV)/.dev ## Run the tests with the lowest and the newest versions that pyproject.toml allows
	$(BIN)/python requirements/bounds.py

test-majors: $(VENV)/.dev ## Run the tests on PostgreSQL 14 to 18; MAJORS="14 17" chooses
	$(BIN)/python -m tests.majors $(MAJORS)

bench: $(VENV)/.runtime ## Measure Freehold beside its peers and pgbench, and write the results (20 minutes, a quiet machine)
	$(BIN)/python -m bench

bench-quick: $(VENV)/.runtime ## The same with fewer rows and short rounds, only printed (3 minutes)
	$(BIN)/python -m bench --quick

bench-replicas: $(VENV)/.runtime ## Measure what replicas take off the primary (5 minutes, a quiet machine)
	$(BIN)/python -m bench.replicas

contract: $(VENV)/.dev ## Fail on a change of the HTTP API that breaks clients of the last release; says which
	$(BIN)/python -m tests.contract.breaking

release-contract: $(VENV)/.dev ## Say which changes break clients, and keep the present HTTP API as the released one
	$(BIN)/python -m tests.contract.breaking release

renew: $(VENV)/.dev ## Write every generated file: the schema, the OpenAPI document, reference pages, composed statements
	RENEW=1 $(BIN)/pytest -n 0 -q -m renews
	git --no-pager diff --stat

lint: $(VENV)/.dev ## Check style, types, the layers between modules, and the migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/freehold migrate check

PIN = pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header --no-emit-index-url \
	--no-emit-find-links --no-emit-trusted-host $(if $(UPGRADE),--upgrade)

requirements: $(VENV)/.dev ## Pin what pyproject.toml and each requirements.in name, with hashes; UPGRADE=1 takes the newest
	$(BIN)/python -m venv $(VENV)/pin
	$(VENV)/pin/bin/pip install --quiet --disable-pip-version-check pip-tools
	export PATH="$$PWD/$(VENV)/pin/bin:$$PATH"; cd requirements; \
	$(PIN) --extra server --extra embedded --extra migrate --extra build --output-file runtime.txt ../pyproject.toml; \
	$(PIN) --extra server --extra embedded --extra migrate --extra dev --extra otel --extra build --output-file dev.txt ../pyproject.toml; \
	for wanted in ../bench/peers/*/requirements.in ../tests/transfer/systems/*/requirements.in ../tests/majors/requirements.in ../tests/integrations/servers/oldest/requirements.in ../tests/contract/generators/requirements.in; do \
	    (cd "$$(dirname $$wanted)" && $(PIN) --output-file requirements.txt requirements.in); \
	done

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Freehold needs Python 3.11 or later; name one with: make PYTHON=/path/to/python3.11 install")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: $(VENV)/bin/python requirements/install.py requirements/runtime.txt pyproject.toml
	@echo "Installing Freehold and PostgreSQL into $(VENV): once, and after a change of its requirements ..."
	@$(BIN)/python requirements/install.py requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@$(BIN)/python requirements/install.py requirements/dev.txt
	@touch $@

clean: ## Remove the environment and every cache (never your data)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage*
