# `make run` starts the program, `make test` checks it; both set up what they need first.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint types contracts docs check-docs pytest constraints clean

run: $(VENV)/.runtime
	$(BIN)/python -m bot

test: lint types contracts check-docs pytest

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/hadolint Dockerfile

types: $(VENV)/.dev
	$(BIN)/mypy

contracts: $(VENV)/.dev
	$(BIN)/lint-imports

check-docs: $(VENV)/.dev
	$(BIN)/python -m core.settings.reference --check

docs: $(VENV)/.dev
	$(BIN)/python -m core.settings.reference

pytest: $(VENV)/.dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

constraints: $(VENV)/.dev
	( echo "# Exact versions, written by \`make constraints\`. The plain torch version admits CPU and CUDA builds."; \
	  $(BIN)/pip freeze | sed 's/+cpu$$//' ) > constraints.txt

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install -q -r requirements.txt
	touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt constraints.txt | $(VENV)/bin/python
	$(BIN)/pip install -q -r requirements.txt -r requirements-dev.txt
	touch $(VENV)/.runtime $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
