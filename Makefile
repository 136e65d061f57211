# The verbs of the house; CI uses the same words. Needs Python 3.11 or newer and make, nothing else.
.PHONY: help setup check test validate bench docs demo
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
CHROMIUM ?= $(shell command -v chromium || command -v chromium-browser)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
comma := ,
TEST_EXTRAS := test$(comma)reports$(if $(CHROMIUM),$(comma)e2e)
TESTS := $(VENV)/.stage-test$(if $(CHROMIUM),-e2e)
NPM := $(shell command -v npm)
PROVIDER := $(VENV)/.stage-provider
ARGS ?=
# Python keeps what it compiled: without that, each start of Garrod takes twice as long.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

# The environment grows in stages, so that the demo need not wait for the tools of a developer.
$(VENV)/.stage-run: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Garrod needs Python 3.11 or newer: make PYTHON=/path/to/python")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(TESTS): $(VENV)/.stage-run
	@$(PIP) -e '.[$(TEST_EXTRAS)]'
	@touch $@

$(VENV)/.stage-dev: $(TESTS)
	@$(PIP) -e '.[dev]'
	@touch $@

$(VENV)/.stage-docs: $(VENV)/.stage-run
	@$(PIP) -e '.[docs]'
	@touch $@

setup: $(VENV)/.stage-dev ## build the virtual environment that check and test need

check: $(VENV)/.stage-dev ## format, lint, types, floors, house rules, stale pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python -m tools.docs --check
	$(BIN)/pytest -q tests/house

# A real OpenID provider; without npm, or offline, the tests that need it say that they skipped.
$(PROVIDER): tests/oidc/package-lock.json
	@{ [ -n "$(NPM)" ] && npm ci --prefix tests/oidc --ignore-scripts --no-audit --no-fund --silent && touch $@; } \
		|| echo "No npm, or no packages to be had: the tests with a real OpenID provider will be skipped."

test: $(VENV)/.stage-dev $(PROVIDER) ## run every test, a real browser included where Chromium is installed
	$(BIN)/pytest -q -n auto --dist worksteal $(ARGS)

validate: $(TESTS) ## compare with the outside world (needs the shared data folder)
	$(BIN)/python -m validation $(ARGS)

bench: $(TESTS) ## measure speed and memory
	$(BIN)/python -m bench $(ARGS)

docs: $(VENV)/.stage-docs ## write the generated pages and build the site
	$(BIN)/python -m tools.docs
	$(BIN)/mkdocs build --quiet --strict

demo: $(VENV)/.stage-run ## a real alert on a synthetic person; ONCE=1 prints it and exits
	@$(BIN)/garrod demo $(if $(ONCE),--once) $(ARGS)
