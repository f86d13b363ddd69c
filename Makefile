# A newcomer needs only `make run`. Each target installs what it needs into the checkout (.venv, node_modules).
SHELL := /bin/bash
.DEFAULT_GOAL := run

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
LAUNCH := $(PYTHON) -m netviz.launch
CHECKS := check-types check-front check-style check-imports check-wire
.PHONY: run test test-long test-second-kernel check bench fmt lock venv $(CHECKS)

run:
	@$(PYTHON) manage.py run $(ARGS)

venv:
	@$(LAUNCH) venv --test

# All parts side by side, or pytest alone with these arguments: make test ARGS="tests/wire -x"
test: venv
	@$(LAUNCH) packages
	@$(LAUNCH) front
	$(VENV_PYTHON) -m tests $(ARGS)

test-long: venv
	@$(LAUNCH) packages
	@$(LAUNCH) front
	$(VENV_PYTHON) -m tests --long $(ARGS)

test-second-kernel: venv
	$(VENV_PYTHON) -m tests.second_kernel $(ARGS)

# Side by side; the output of each check is printed as a whole when it ends.
check: venv
	@$(MAKE) --no-print-directory --jobs --keep-going --output-sync=target $(CHECKS)

check-types:
	$(VENV_PYTHON) -m mypy

check-front:
	@$(LAUNCH) npm run check

check-style:
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

check-imports:
	.venv/bin/lint-imports

check-wire:
	$(VENV_PYTHON) -m netviz.wire.emit --check

bench: venv
	@$(LAUNCH) packages --bench
	@$(LAUNCH) front
	$(VENV_PYTHON) -m benchmarks $(ARGS)

fmt: venv
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .
	@$(LAUNCH) npm run fmt

# After a change of requirements*.txt: locks every package, direct or indirect, by version and hash, for all platforms
# and Python 3.11 or newer.
lock: venv
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check uv==0.13.9
	for kind in "" -test -agent -node; do \
	    .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-emit-find-links --no-annotate --no-header --quiet requirements$$kind.txt -o requirements$$kind.lock; \
	done
