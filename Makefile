# `make run` is all a newcomer needs. Each verb installs what it needs into the checkout (.venv, node_modules).
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

# All of them, or a part: make test ARGS="tests/wire -x"
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

# Side by side; what each says is printed whole when it ends.
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

# After a change of requirements*.txt: what they stand on, by version and hash, for every platform from Python 3.11 on.
lock: venv
	$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check uv==0.13.9
	for kind in "" -test -agent -node; do \
	    .venv/bin/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	        --no-emit-find-links --no-annotate --no-header --quiet requirements$$kind.txt -o requirements$$kind.lock; \
	done
