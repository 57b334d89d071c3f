# Pavilion: `make serve` to run it, `make test` to check it, `make help` for the rest.
# Stamps under .make/ record what is set up, so that a second start is quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
ifndef AT_ONCE
.NOTPARALLEL:
endif
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet
ARGS ?=
UV_VERSION := 0.13.9# what `make lock` resolves with; another version may order the files differently

SOURCES := conference signaling tests deploy
CLIENT_SOURCES := $(shell find web_client -type f \
	-not -path '*/node_modules/*' -not -path '*/dist/*' \
	-not -name '*.tsbuildinfo' 2>/dev/null)
PURE_TESTS := $(wildcard tests/conference/contract tests/conference/fanout tests/conference/rtp tests/conference/sdp tests/conference/sfu \
	tests/conference/rooms tests/signaling/protocol tests/deploy \
	tests/test_bounds.py tests/test_mirror.py)
STRUCTURE_TESTS := tests/test_mirror.py tests/deploy/test_glossary.py tests/deploy/test_documents.py tests/deploy/test_ui_checks.py
PYTEST := $(BIN)/python -m pytest
SLOWEST := --durations=40 --durations-min=1
PLAIN := 'not browser and not namespace and not lab and not postgres and not figure'

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show the targets
	@echo "Targets (ARGS=\"…\" is passed on where it says so):"
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18 | sed 's/^/  /'

# Running

.PHONY: serve
serve: .make/project .make/client ## Set up what is missing, then run the server (ARGS="--help")
	@exec $(BIN)/pavilion serve $(ARGS)

.PHONY: build
build: .make/build .make/client ## Build the wheel and the source archive into dist/
	@echo "Building the wheel and the source archive"
	$(PIP) install --require-hashes -r deploy/locks/build.txt
	rm -f dist/pavilion-*.whl dist/pavilion-*.tar.gz
	$(BIN)/python -m hatchling build -d dist

.PHONY: pack
pack: .make/dev .make/client ## Pack everything a host without registries needs into one archive in dist/
	@$(BIN)/python deploy/pack.py

# Checking

.PHONY: check
check: lint ## The fast part: format, lint, types, contracts, spelling, unit tests
	@echo "check: unit tests"
	$(PYTEST) -m $(PLAIN) $(PURE_TESTS)

.PHONY: lint
lint: .make/dev .make/npm ## Format, lint, types, contracts, spelling, names; the web client's checks and unit tests
	@step() { echo "check: $$1"; shift; "$$@"; }
	step format $(BIN)/ruff format --quiet --check $(SOURCES)
	step lint $(BIN)/ruff check --quiet $(SOURCES)
	step types $(BIN)/mypy --no-error-summary
	step contracts $(BIN)/python deploy/scripts/quietly.py $(BIN)/lint-imports
	step spelling $(BIN)/codespell -L abd --skip '*/node_modules,*/locks,*-lock.json,*.ftl' $(SOURCES) docs README.md CHANGELOG.md web_client/src
	step structure $(BIN)/python deploy/scripts/quietly.py $(PYTEST) --no-header $(STRUCTURE_TESTS)
	step client $(BIN)/python deploy/scripts/quietly.py npm --prefix web_client run check

# Required coverage of packages by unit tests, branches included. Other code is tested
# through real servers and browsers, without measuring coverage.
FULLY_COVERED := conference/rtp conference/rooms signaling/protocol
WELL_COVERED := conference/fanout conference/sfu conference/sdp
COVERAGE := $(BIN)/coverage
comma := ,
empty :=
listed = $(subst $(empty) $(empty),$(comma),$(foreach p,$(1),$(p)/*))

.PHONY: coverage
coverage: .make/dev ## Unit tests with the required branch coverage (100 % or 95 %)
	@echo "test: unit tests and their coverage"
	$(COVERAGE) run --source=$(subst /*,,$(call listed,$(FULLY_COVERED) $(WELL_COVERED))) \
		-m pytest --no-header -m $(PLAIN) \
		$(PURE_TESTS)
	$(COVERAGE) report --show-missing --skip-covered
	echo "coverage: 100 % of $(FULLY_COVERED)"
	$(COVERAGE) report --format=total --fail-under=100 --include='$(call listed,$(FULLY_COVERED))'
	for package in $(WELL_COVERED); do
		echo "coverage: 95 % of $$package"
		$(COVERAGE) report --format=total --fail-under=95 --include="$$package/*"
	done

.PHONY: test
test: .make/dev .make/npm .make/client .make/debian .make/axe ## Everything (about 15 minutes): sets up browsers and fonts too
	@$(MAKE) -j2 --output-sync=target AT_ONCE=1 coverage lint
	$(MAKE) -j3 AT_ONCE=1 lane-server lane-browsers-0 lane-browsers-1 lane-others
	$(MAKE) test-lab

# Three lanes at once, because each waits for most of its time; the fourth starts when
# one of them has ended. Every second file of the
# browser tests is in the second of their lanes. A lane that fails does not stop the others.
BROWSER_TESTS := $(sort $(wildcard tests/browser/test_*.py))
every_second = $(shell printf '%s\n' $(BROWSER_TESTS) | awk 'NR % 2 == $(1)')
.PHONY: lane-server lane-browsers-0 lane-browsers-1 lane-others
lane-server:
	@$(MAKE) -j1 AT_ONCE= test-server 2>&1 | sed -u 's/^/server   | /'

lane-others:
	@$(MAKE) -j1 AT_ONCE= test-postgres test-namespace 2>&1 | sed -u 's/^/others   | /'

lane-browsers-0 lane-browsers-1: lane-browsers-%:
	@$(MAKE) -j1 AT_ONCE= test-browser BROWSER_TESTS="$(call every_second,$*)" 2>&1 | sed -u 's/^/browsers$* | /'

.PHONY: explore
explore: .make/dev ## Unit tests with examples that no run has tried yet (ARGS="tests/conference/rooms")
	@echo "test: new examples"
	$(PYTEST) --hypothesis-profile=explore -m $(PLAIN) $(or $(ARGS),$(PURE_TESTS))

.PHONY: test-server
test-server: .make/dev .make/client ## Server and end-to-end tests over the public protocol (ARGS="-k …")
	@echo "test: server"
	$(PYTEST) $(SLOWEST) -m $(PLAIN) \
		$(addprefix --ignore=,$(PURE_TESTS)) tests $(ARGS)

.PHONY: test-browser
test-browser: .make/dev .make/client .make/debian .make/axe ## Real Chromium and Firefox (ARGS="-k …"); screenshots in artifacts/
	@echo "test: browsers"
	$(PYTEST) $(SLOWEST) -m browser $(BROWSER_TESTS) $(ARGS)

.PHONY: test-namespace
test-namespace: .make/dev .make/client .make/debian ## No packet leaves; installs without a network (needs root)
	@echo "test: namespaces"
	$(PYTEST) $(SLOWEST) -m namespace tests $(ARGS)

.PHONY: test-lab
test-lab: .make/dev .make/client .make/debian ## Real browsers and servers on slow, lossy and interrupted links (needs root)
	@echo "test: network lab"
	$(PYTEST) $(SLOWEST) -m lab tests $(ARGS)

.PHONY: test-postgres
test-postgres: .make/dev .make/debian ## Storage tests against PostgreSQL
	@echo "test: PostgreSQL"
	$(BIN)/python -m tests.support.postgres $(PYTEST) $(SLOWEST) -m postgres tests $(ARGS)

# Keeping

.PHONY: lock
lock: .make/venv ## Resolve the dependencies again into deploy/locks/ (UPGRADE=1: to the newest)
	@$(PIP) install uv==$(UV_VERSION)
	compile() { $(BIN)/uv pip compile --quiet --universal --generate-hashes \
		--python-version 3.11 --no-header --no-annotate $(if $(UPGRADE),--upgrade) "$$@"; }
	compile pyproject.toml --extra postgres -o deploy/locks/runtime.txt
	compile pyproject.toml --extra postgres --group pyproject.toml:dev \
		-c deploy/locks/runtime.txt -o deploy/locks/dev.txt
	compile deploy/locks/build.in -o deploy/locks/build.txt

.PHONY: protocol
protocol: .make/dev .make/npm ## Write the protocol's schema and TypeScript types from its models
	@$(BIN)/python -m signaling.protocol.schema
	npm --prefix web_client run protocol --silent

.PHONY: clean
clean: ## Remove build results and the set-up; data/ is kept
	@rm -rf .make $(VENV) dist artifacts web_client/dist web_client/node_modules \
		tests/browser/node_modules \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Setting up

.make/venv:
	@deploy/scripts/make_venv.sh "$(PYTHON)" "$(VENV)"
	mkdir -p .make && touch $@

.make/runtime: .make/venv deploy/locks/runtime.txt deploy/locks/build.txt
	@echo "Installing Python packages"
	$(PIP) install --require-hashes -r deploy/locks/runtime.txt
	$(PIP) install --require-hashes -r deploy/locks/build.txt
	touch $@

.make/build: .make/venv deploy/locks/build.txt
	@$(PIP) install --require-hashes -r deploy/locks/build.txt
	touch $@

.make/project: .make/runtime pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	touch $@

.make/dev: .make/project deploy/locks/dev.txt
	@echo "Installing test tools"
	$(PIP) install --require-hashes -r deploy/locks/dev.txt
	touch $@

.make/npm: web_client/package.json web_client/package-lock.json
	@deploy/scripts/need_node.sh
	echo "Installing web client packages"
	npm --prefix web_client ci --no-audit --no-fund --loglevel=error >/dev/null
	mkdir -p .make && touch $@

.make/axe: tests/browser/package-lock.json
	@deploy/scripts/need_node.sh
	npm --prefix tests/browser ci --no-audit --no-fund --loglevel=error >/dev/null
	mkdir -p .make && touch $@

.make/client: .make/npm $(CLIENT_SOURCES)
	@echo "Building the web client"
	npm --prefix web_client run build --silent >/dev/null
	touch $@

.make/debian: deploy/scripts/debian_packages.sh
	@deploy/scripts/debian_packages.sh
	mkdir -p .make && touch $@
