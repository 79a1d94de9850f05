# From a machine with nothing but Python 3.11 or later: `make run` and `make test`.
# PYTHON names the interpreter that the environment is made with: make run PYTHON=python3.12
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Annotated documents, where they are at hand.
SHARED ?= ../shared
# Texts to measure with, in this order, until there is enough; without them data/raw is taken.
BENCHED := seeds annotated corpus/education corpus/programmes corpus/reports-gb18030
INPUT ?= data/raw
OUTPUT ?= data/processed
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make lock" pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test score bench lock fmt clean

help:
	@echo "make run     extract $(INPUT) into $(OUTPUT) and show what was found"
	@echo "make test    style, types, lexicon and tests"
	@echo "make score   strict F1 by kind, genre and noise; refuses what lies below its floor"
	@echo "make bench   speed beside plain jieba, and the cost of each segmenter"
	@echo "make fmt     format the code"
	@echo "make lock    fix the versions of what pyproject.toml names; those that still fit are kept"
	@echo "make clean   remove the environment and all that was built"

run: $(VENV)/.installed
	$(BIN)/yaodian extract $(INPUT) -o $(OUTPUT) --prune

test: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/yaodian lexicon check
	$(BIN)/python -m pytest -n auto --dist loadgroup

score: $(VENV)/.installed-dev
	$(BIN)/python tests/gate.py --shared $(SHARED)

bench: $(VENV)/.installed-dev
	$(BIN)/python -m bench $(wildcard $(addprefix $(SHARED)/,$(BENCHED)))

fmt: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The versions of a run are those of the tests.
lock: $(VENV)/.installed-dev
	$(LOCK) --all-extras --output-file requirements-dev.lock
	$(LOCK) --extra build --extra documents --constraint requirements-dev.lock --output-file requirements.lock

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# A stamp file says that the environment holds what the lock file names; without a change nothing is installed again.
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or later is needed, and this \
	is " + sys.version.split()[0] + "; name another one: make run PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.installed $@
