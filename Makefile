# `make run` is all a newcomer needs. Each verb installs what it needs into the checkout (.venv, node_modules).
SHELL := /bin/bash
.DEFAULT_GOAL := run

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
LAUNCH := $(PYTHON) -m netviz.launch
CHECKS := check-types check-front check-style check-imports check-wire
.PHONY: run test test-long test-second-kernel check bench fmt venv $(CHECKS)

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
