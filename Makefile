# Needs python3 (3.11 or newer, with pip) and make; everything else is installed into $(VENV).
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check
JOBS ?= 2
STARSIM ?= .venv-starsim
# All tests of one file go to one worker, so that each kernel is compiled once and not per worker;
# in the order of their folders, as a long file with few tests at the end keeps one worker waiting.
PYTEST := $(PY) -m pytest -q -n $(JOBS) --dist loadfile --no-loadscope-reorder

# `make test PYTHON=python3.13` must not quietly test the Python that made $(VENV) last week.
ifeq ($(origin PYTHON),command line)
ifneq ($(wildcard $(PY)),)
ifneq ($(shell $(PYTHON) -V 2>&1),$(shell $(PY) -V 2>&1))
$(error $(VENV) holds $(shell $(PY) -V 2>&1), and $(PYTHON) is $(shell $(PYTHON) -V 2>&1): add VENV=.venv-other to this command)
endif
endif
endif

.PHONY: help run test test-slow test-all bench bench-items lint archive install install-test clean
.DELETE_ON_ERROR:

help:
	@echo "make run       install, compare X Community with five reforms, write results/x_community"
	@echo "make test      install what is missing, run the fast tests"
	@echo "make test-slow the slow tests alone: statistics, faults for real, the view in a browser"
	@echo "make test-all  all tests at once"
	@echo "make bench     the benchmarks, ten minutes; see benchmarks/README.md"
	@echo "make bench-items  what a resident-week, a call, a contract cost, against the kept figures"
	@echo "make archive   code, scenarios, results and description in one zip below dist/"
	@echo "make lint      ruff, mypy and the import contracts"
	@echo "Another Python: make test PYTHON=python3.13 VENV=.venv-313"

# Debian ships python3 without ensurepip; pip itself can then furnish the new environment.
$(PY):
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(v < (3, 11) and f"Python 3.11 or newer is needed, $(PYTHON) is {v[0]}.{v[1]}: make PYTHON=/path/to/python3.11")'
	@if $(PYTHON) -c 'import ensurepip' 2>/dev/null; then $(PYTHON) -m venv $(VENV); \
	else $(PYTHON) -m venv --without-pip $(VENV) \
	  && $(PYTHON) -m pip --disable-pip-version-check --python $(PY) install --quiet pip; fi \
	|| { echo "No environment could be made: on Debian or Ubuntu, apt install python3-venv"; exit 1; }

# A stamp is newer than what it was installed from, so a second call installs nothing. A $(VENV)
# made by hand has no stamp and is filled up once.
$(VENV)/.installed: pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed
install-test: $(VENV)/.installed-test

# results/x_community is this command's own folder: what another version left there may go.
run: $(VENV)/.installed
	$(PY) -m linkage_sim compare x_community x_community+public_opinion \
	  x_community+fast_approval x_community+effectiveness_first \
	  x_community+scientific_evaluation x_community+full_reform \
	  --replications 30 --out results/x_community --replace

# pytest answers 5 when nothing was marked slow, which is no failure.
test: $(VENV)/.installed-test
	$(PYTEST) -m "not slow"

test-slow: $(VENV)/.installed-test
	$(PYTEST) -m slow || [ $$? -eq 5 ]

test-all: $(VENV)/.installed-test
	$(PYTEST)

# Starsim is measured from its released package in an environment of its own; where it cannot be
# installed, that comparison is left out and said so.
$(STARSIM)/.installed:
	@$(PYTHON) -m venv $(STARSIM) || $(PYTHON) -m venv --without-pip $(STARSIM)
	@$(PYTHON) -m pip --disable-pip-version-check --python $(STARSIM)/bin/python install --quiet \
	  starsim==3.7.2 || echo "Starsim could not be installed; it will be left out."
	@touch $@

$(VENV)/.installed-bench: pyproject.toml constraints.txt | $(PY)
	$(PIP) install --quiet --constraint constraints.txt --editable '.[test,bench]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-test

bench: $(VENV)/.installed-bench $(STARSIM)/.installed
	$(PY) -m benchmarks --starsim $(STARSIM)/bin/python --city
	$(MAKE) bench-items

# What one item costs, in draws, against the figures kept; KEEP=1 keeps new ones.
bench-items: $(VENV)/.installed-bench
	$(PY) -m pytest -q benchmarks --benchmark-timer=time.process_time

lint: $(VENV)/.installed-test
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

# What a journal or a model library asks for; results must be there, see make run.
archive: $(VENV)/.installed
	$(PY) -m linkage_sim.report.archive

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
