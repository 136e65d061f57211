.PHONY: help setup check test
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

help: ## list the verbs
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ -/'

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,dev]'
	touch $@

setup: $(VENV)/.ready ## build the virtual environment

check: setup ## format, lint, types, floors
	$(BIN)/ruff format --check src tests
	$(BIN)/ruff check src tests
	$(BIN)/mypy
	$(BIN)/lint-imports

test: setup ## run every test
	$(BIN)/pytest -q
