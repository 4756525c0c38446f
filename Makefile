# Two commands do everything on a machine with Python 3.11 and Node 20: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEB := agent_ui/web
SPECS := tests/telephony-specs
ROBOTS ?= 0
SPEED ?= 1
WALKS ?= 60

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types contracts static unit web-test bench bench-pacing bench-campaigns fortnight soak recovery walks telephony-lab telephony-proof telephony-recovery lock gen clean browser

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json
	cd $(WEB) && npm ci --no-audit --no-fund
	touch $@

$(SPECS)/node_modules/.installed: $(SPECS)/package-lock.json
	cd $(SPECS) && npm ci --ignore-scripts --no-audit --no-fund
	touch $@

WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/index.html $(WEB)/vite.config.ts $(WEB)/public -type f 2>/dev/null)
$(WEB)/dist/index.html: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	cd $(WEB) && npm run build
	touch $@

setup: $(VENV)/.installed $(WEB)/dist/index.html ## install and build, without starting anything

demo: setup ## the main job, in a browser (ROBOTS=12 SPEED=1)
	$(BIN)/callcenter demo --robots $(ROBOTS) --speed $(SPEED)

test: setup browser ## every check and test
	$(MAKE) static
	$(MAKE) unit

static: lint types contracts web-test

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types:
	$(BIN)/mypy

contracts:
	$(BIN)/lint-imports

unit: $(SPECS)/node_modules/.installed
	REQUIRE_SPECS=1 $(BIN)/pytest --numprocesses 2 --dist loadfile

web-test: $(WEB)/node_modules/.installed
	cd $(WEB) && npm run lint && npm run typecheck && npm run gen:check && npm test

browser: ## a Chromium for the browser tests (Debian's, where there is none)
	@command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && \
	    apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; } || \
	  echo "No Chromium: the browser tests will say that they are skipped (install the package chromium)."

bench: setup ## benchmarks; results go to docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.run

bench-pacing: $(VENV)/.installed ## the pacing table of docs/benchmarks.md
	$(BIN)/python -m tests.benchmarks.pacing

bench-campaigns: $(VENV)/.installed ## ten million customers, two million leads, 50 attempts a second (8 GB of disk, half an hour)
	$(BIN)/python -m tests.benchmarks.campaigns

fortnight: $(VENV)/.installed ## 20,000 leads and 12 agents through a fortnight in virtual time; the forecast against it
	$(BIN)/python -m tests.simulation.fortnight

telephony-lab: $(VENV)/.installed ## a real Asterisk with SIPp customers on the loopback, until Ctrl+C
	$(BIN)/python -m tests.telephony_lab.lab

telephony-proof: $(VENV)/.installed ## 500 calls at 10 a second through 20 agents on a real Asterisk
	$(BIN)/python -m tests.telephony_lab.proof

walks: $(VENV)/.installed ## the walks of the back office's state machines by chance, sixty each (WALKS=60)
	WALKS=$(WALKS) $(BIN)/pytest tests/integration/backoffice -k "no_sequence or any_sequence or after_every_step" -q

telephony-recovery: setup ## kill -9 of the worker in the middle of 200 live SIP calls on a real Asterisk, three times
	$(BIN)/python -m tests.telephony_lab.recovery

recovery: setup ## kill -9 of each process, ten times, in a running shift
	$(BIN)/python -m tests.recovery.kill

soak: setup ## two hours of a twelve-agent shift at ten times the speed, with its report
	$(BIN)/callcenter demo --headless --robots 12 --minutes 119 --speed 10 --seed 7 --report .callcenter/soak.json

lock: ## write requirements.lock anew from pyproject.toml
	uv pip compile pyproject.toml --extra test --extra build --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock

gen: ## the console's types, from the protocol and the OpenAPI
	cd $(WEB) && npm run gen

clean: ## remove what was installed and built (not the data)
	rm -rf $(VENV) $(WEB)/node_modules $(WEB)/dist
