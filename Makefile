# Needs python3 (3.11 or newer, with pip) and make; everything else is installed into $(VENV).
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
JOBS ?= auto

.PHONY: help run test test-slow test-all bench lint install install-test clean

help:
	@echo "make run       install, compare X Community with five reforms, write results/x_community"
	@echo "make test      install what is missing, run the fast tests"
	@echo "make test-all  all tests, slow ones included"
	@echo "make lint      ruff, mypy and the import contracts"
	@echo "Another Python: make test PYTHON=python3.13 VENV=.venv-313"

$(PY):
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"Python 3.11 or newer is needed, $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv $(VENV) || { echo "The module venv is missing: on Debian or Ubuntu, apt install python3-venv"; exit 1; }

# A stamp is newer than what it was installed from, so a second call installs nothing.
$(VENV)/.installed: pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed
install-test: $(VENV)/.installed-test

run: $(VENV)/.installed
	$(PY) -m linkage_sim compare x_community x_community+public_opinion \
	  x_community+fast_approval x_community+effectiveness_first \
	  x_community+scientific_evaluation x_community+full_reform \
	  --replications 30 --out results/x_community

test: $(VENV)/.installed-test
	$(PY) -m pytest -q -n $(JOBS) -m "not slow"

test-slow: $(VENV)/.installed-test
	$(PY) -m pytest -q -n $(JOBS) -m slow

test-all: $(VENV)/.installed-test
	$(PY) -m pytest -q -n $(JOBS)

bench: $(VENV)/.installed-test
	@if [ -d benchmarks ]; then $(PY) -m benchmarks; \
	else echo "There are no benchmarks yet: they come with the issue on speed."; fi

lint: $(VENV)/.installed-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
