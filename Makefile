# `make run` is all a newcomer needs. Each verb installs what it needs into the checkout (.venv, node_modules).
SHELL := /bin/bash
.DEFAULT_GOAL := run
.PHONY: run test test-long test-second-kernel check bench fmt venv

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
LAUNCH := $(PYTHON) -m netviz.launch

run:
	@$(PYTHON) manage.py run $(ARGS)

venv:
	@$(LAUNCH) venv --test

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

check: venv
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy
	.venv/bin/lint-imports
	$(VENV_PYTHON) -m netviz.wire.emit --check
	@$(LAUNCH) npm run check

bench: venv
	@$(LAUNCH) packages --bench
	@$(LAUNCH) front
	$(VENV_PYTHON) -m benchmarks $(ARGS)

fmt: venv
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .
	@$(LAUNCH) npm run fmt
