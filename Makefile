# Everything runs in .venv, made from the hashes in requirements/; `make help` lists what there is.
PYTHON ?= python3
ROWS   ?=
SIZES  ?=
ARGS   ?=
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --no-build-isolation
LOCK    = $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
          --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check format bench cluster calibrate docs lock servers java chromium parties clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14
	@echo "PYTHON=python3.13 chooses the Python (3.11 or later) that .venv is made with."

demo: .venv/core.stamp ## answer the demonstration's questions and write demo/report.html
	$(BIN)/entrepot demo --to demo

test: .venv/test.stamp servers java chromium parties ## run the tests; ARGS="-k mirror" runs some; CI runs all without measuring coverage
	$(BIN)/python -m pytest -n 2 --dist loadfile $(if $(ARGS),$(ARGS),$(if $(CI),--durations=30,--cov --cov-report=))

check: .venv/test.stamp ## format, lint, types, import contracts, locks, freshness of the docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --cache-dir .cache/import-linter
	$(BIN)/python tools/check_locks.py
	$(BIN)/python tools/check_docs.py $(if $(CI),--without-blocks)
	$(BIN)/zensical build --clean --strict

format: .venv/test.stamp ## put the code in the form that `make check` asks for
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: .venv/test.stamp ## time the questions on made-up rows, up to an hour; ROWS=1000000 SIZES=1,4 for fewer; ARGS="--only rivals"
	$(if $(ROWS),ROWS=$(ROWS)) $(if $(SIZES),SIZES=$(SIZES)) $(BIN)/python -m tests.bench $(ARGS)

cluster: .venv/test.stamp java ## run the specs on a Spark cluster of this machine; ROWS=20000000: questions of many rows
	$(if $(ROWS),ROWS=$(ROWS)) $(BIN)/python -m tests.cluster $(ARGS)

calibrate: .venv/test.stamp ## hold the methods against simulated worlds; ARGS="--development 8" for a look
	$(BIN)/python tools/calibrate.py $(ARGS)

docs: .venv/test.stamp ## build the documentation into site/
	$(BIN)/zensical build --clean --strict

lock: .venv/lock.stamp ## lock requirements anew, keeping pins that still fit; UPGRADE=1 takes the newest
	$(LOCK) requirements/lock.in -o requirements/lock.lock
	$(LOCK) pyproject.toml requirements/build.in -o requirements/core.lock
	$(LOCK) --extra spark --extra gravity pyproject.toml requirements/build.in requirements/test.in \
		-c requirements/core.lock -o requirements/test.lock
	$(LOCK) --extra parties pyproject.toml requirements/build.in \
		-c requirements/test.lock -o requirements/parties.lock
	$(LOCK) requirements/servers.in -o requirements/servers.lock

clean: ## remove what the other targets made
	rm -rf .venv .cache demo site

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "entrepot needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." \
		     "Name another: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv .venv

.venv/core.stamp: requirements/core.lock pyproject.toml | .venv/bin/python
	$(PIP) -r requirements/core.lock
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/test.stamp: requirements/test.lock .venv/core.stamp
	@echo "Installing the test requirements; PySpark alone is a download of 456 MB."
	$(PIP) -r requirements/test.lock
	@touch $@

.venv/lock.stamp: requirements/lock.lock | .venv/bin/python
	$(PIP) -r requirements/lock.lock
	@touch $@

servers: .venv/servers.stamp # that tests speak with: see requirements/servers.in

.venv/servers.stamp: requirements/servers.lock .venv/core.stamp
	$(BIN)/python -m venv --clear .venv/servers
	$(BIN)/python -m pip --disable-pip-version-check wheel --quiet --require-hashes --no-build-isolation --no-deps \
		-w .venv/servers/wheels -r $<
	.venv/servers/bin/python -m pip --disable-pip-version-check install --quiet --no-deps .venv/servers/wheels/*.whl
	@touch $@

java: # Spark's tests need a Java runtime, 17 or later: root installs one, anyone else is told
	@major() { java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p'; }; \
	[ "$$(major)" -ge 17 ] 2>/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq; \
		for jre in openjdk-17-jre-headless openjdk-21-jre-headless; do \
			DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$jre && break; \
		done; \
	fi; \
	[ "$$(major)" -ge 17 ] 2>/dev/null && exit 0; \
	echo "*** No Java 17 or later: the tests on Spark will be SKIPPED." \
	     "Install one, for example with: sudo apt-get install openjdk-17-jre-headless" >&2; \
	[ -z "$$CI" ]

chromium: # the web page's tests need a browser, Debian's Chromium: root installs it, anyone else is told
	@command -v chromium >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; \
	fi; \
	command -v chromium >/dev/null && exit 0; \
	echo "*** No chromium: the tests of the web page in a browser will be SKIPPED." \
	     "Install it, for example with: sudo apt-get install chromium" >&2; \
	[ -z "$$CI" ]

parties: .venv/test.stamp # names of parties need PyICU, which is compiled against Debian's ICU: as for Java
	@$(BIN)/python -c 'import icu, rigour' 2>/dev/null && cmp -s requirements/parties.lock .venv/parties.lock && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && ! pkg-config --exists icu-i18n 2>/dev/null; then \
		apt-get update -qq; \
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends libicu-dev g++ pkg-config; \
	fi; \
	echo "Installing what matching names takes; PyICU is compiled, which takes a minute or three."; \
	$(PIP) -r requirements/parties.lock && cp requirements/parties.lock .venv/parties.lock && exit 0; \
	echo "*** No PyICU: the tests of matching names will be SKIPPED." \
	     "Install what compiles it, for example with: sudo apt-get install libicu-dev g++ pkg-config" >&2; \
	[ -z "$$CI" ]
