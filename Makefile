# `make train` and `make test` need nothing but Python 3.11 or newer; everything is installed into .venv, once.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: train test slow lint hallmarks

train: .venv/installed
	$(BIN)/facegan train experiment=quickstart trainer.threads=2
	$(BIN)/facegan evaluate run=runs/quickstart-s0 quick=true faces=1000

# A process for each core, of one thread: the tests' tensors are tiny, and several threads only wait for each other.
test: .venv/installed-dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist loadfile

slow: .venv/installed-dev
	$(BIN)/python -m pytest -m slow

# What each system's paper lives by, of small models. It goes on where it was stopped; what is done is left as it is.
hallmarks: .venv/installed-dev
	$(BIN)/facegan hallmark --all

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The stamps stand for what was installed: a second call finds them and installs nothing.
.venv/installed: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --editable .
	touch $@

# The dev extra includes what a plain install brings, so its stamp is both.
.venv/installed-dev: pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --editable '.[dev]'
	touch .venv/installed $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else \
	"facegan needs Python 3.11 or newer, and this is " + sys.version.split()[0] + "; name another: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
