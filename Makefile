# Everything that one does with a clone of Matinee. `make help` lists it.
# The environment is .venv; the stamps in it let a second run do nothing, without a network.

VENV := .venv
BIN := $(VENV)/bin
TEST_PROCESSES ?= 2
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)
# uv is quicker where it is present; where it cannot reach the packages that pip is set up for, pip has the word.
INSTALL = install() { \
	if command -v uv >/dev/null 2>&1 && uv pip install --quiet --compile-bytecode --python $(BIN)/python "$$@"; then :; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$@"; fi; }; install

.PHONY: help install otel demo test browser race cluster model pictures lighthouse messages lint format sure bench soak prove fuzz audit lock migration clean
.NOTPARALLEL:

help:
	@echo "make install    the environment in $(VENV), with locked dependencies; the command is $(BIN)/matinee"
	@echo "make otel       what traces for OpenTelemetry need, beside it"
	@echo "make demo       a demo cinema on http://127.0.0.1:8000"
	@echo "make test       the suite, on SQLite and on PostgreSQL"
	@echo "make browser    the pages in Chromium, used as people use them (says so where there is no Chromium)"
	@echo "make race       buyers who fight for seats, and servers killed in the middle of sales"
	@echo "make cluster    several machines on this one, the primary killed while they sell (needs root, and Debian's packages)"
	@echo "make model      every order of the steps of a small sale, with spin (needs spin and gcc)"
	@echo "make fuzz       hostile files, pictures, codes and seat lists, long histories of a sale, and whatever the documents of the API allow, for minutes"
	@echo "make lint       ruff, mypy and import-linter"
	@echo "make audit      known holes in the locked dependencies (asks a service on the internet)"
	@echo "make sure       every check: lint, test, browser and race"
	@echo "make format     put the code into ruff's format"
	@echo "make messages   what is said to people into the catalogs of all languages, and those compiled"
	@echo "make pictures   the website and the back office at all widths, in docs/pictures (needs Chromium)"
	@echo "make lighthouse Lighthouse against pages of the demonstration (needs npm and Chromium)"
	@echo "make bench      the measuring programs; prints a table, and writes tables and plots into docs/benchmarks"
	@echo "make soak       a house that sells for an hour: whether its memory stays flat and nothing is lost"
	@echo "make prove      kill, cut off and fill up what Matinee stands on, over a hundred times, and look what is committed"
	@echo "make lock       choose the versions of the dependencies anew (needs uv)"
	@echo "make migration m=\"What changes\"    write the next step of the schema from the models"
	@echo "make clean      remove the environment"

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Matinee needs Python 3.11 or newer, and found none. On Debian 12 and later: apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	echo "$(PYTHON) could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# Without build isolation: what builds the package is locked too.
$(VENV)/.installed: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the dependencies of Matinee into $(VENV)"
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing what development needs into $(VENV)"
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.installed

# What traces need, see docs/monitoring.md.
otel: $(VENV)/.installed
	@$(INSTALL) --require-hashes -r requirements-otel.lock

demo: install
	@$(BIN)/matinee demo
	@MATINEE_DEMO_PAYMENTS=on $(BIN)/matinee serve

test: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --ignore=tests/race --ignore=tests/browser

# By themselves: with them the suite takes more than half as long again.
browser: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) tests/browser

# By themselves: they load both cores for minutes, and kill what they start.
race: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest tests/race

# Needs root; the packages are named where they are missing.
cluster: $(VENV)/.installed-dev
	@$(BIN)/python -m proof.cluster

# A model, not the code: see proof/model/README.md. Needs spin and gcc.
model:
	@$(PYTHON) proof/model/check.py
# What the suite tries a hundred times, twenty thousand times; histories of a sale and of a door, and calls of the API, twenty times as many.
# Time limits are those of one example, not of the whole.
fuzz: $(VENV)/.installed-dev
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) --hypothesis-profile=fuzz --timeout=3600 -k "hostile or codes or texts or keeps_to or whatever or ledger" \
		tests/boxoffice tests/contract tests/door tests/kernel tests/programme tests/reports tests/tickets tests/web/given

# What the website and the back office look like, for the README and for whoever changes it. Needs Chromium.
pictures: $(VENV)/.installed-dev
	@$(BIN)/python docs/pictures/website.py
	@$(BIN)/python docs/pictures/backoffice.py

# Needs npm and Chromium.
lighthouse: $(VENV)/.installed-dev
	@$(BIN)/python -m tools.lighthouse

messages: $(VENV)/.installed-dev
	@$(BIN)/python tools/messages.py

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

sure: lint test browser race

# Every package of the locks, by its name and version. Where nobody can be asked, it says so, and is no failure.
ADVISORIES := https://api.osv.dev/v1/query
audit: $(VENV)/.installed-dev
	@if curl --silent --fail --max-time 20 --output /dev/null --data '{"package": {"name": "jinja2", "ecosystem": "PyPI"}}' $(ADVISORIES); \
	then $(BIN)/pip-audit --vulnerability-service osv --disable-pip --require-hashes --progress-spinner off --desc on \
	  --requirement requirements.lock --requirement requirements-dev.lock --requirement requirements-bench.lock \
	  --requirement requirements-otel.lock; \
	else echo "NOT AUDITED: $(ADVISORIES) cannot be reached from here, so nobody said whether the locked packages have known holes."; fi

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Plots are for this alone: neither the suite nor Matinee needs what draws them. BENCH="--only clients" for less.
$(VENV)/.installed-bench: requirements-bench.lock $(VENV)/.installed-dev
	@$(INSTALL) --require-hashes -r requirements-bench.lock
	@touch $@

bench: $(VENV)/.installed-bench
	@$(BIN)/python -m benchmarks --write $(BENCH)

soak: $(VENV)/.installed-bench
	@$(BIN)/python -m benchmarks.soak

# Some of it as root only: what cannot run here says so. PROVE="--only kills --kills 20" for less.
prove: $(VENV)/.installed-dev
	@$(BIN)/python -m proof $(PROVE)

LOCKING = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet --upgrade

lock:
	$(LOCKING) --group build --output-file requirements.lock
	$(LOCKING) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCKING) --extra otel --constraint requirements-dev.lock --output-file requirements-otel.lock
	$(LOCKING) --extra bench --constraint requirements-dev.lock --output-file requirements-bench.lock

migration: $(VENV)/.installed-dev
	@$(BIN)/python tools/write_migration.py "$(m)"

clean:
	rm -rf $(VENV)
