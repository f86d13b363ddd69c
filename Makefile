# `make run` is all a newcomer needs. Each verb installs what it needs into the checkout (.venv, node_modules).
SHELL := /bin/bash
.DEFAULT_GOAL := run
.PHONY: run test test-long check bench fmt venv pins

PYTHON ?= python3
VENV := .venv/bin/python
LAUNCH := $(PYTHON) -m netviz.launch

run:
	@$(PYTHON) manage.py run $(ARGS)

venv:
	@$(LAUNCH) venv --test

test: venv
	@$(LAUNCH) packages
	@$(LAUNCH) npm ci
	$(VENV) -m pytest -m "not long" --hypothesis-profile=ci $(ARGS)
	@$(LAUNCH) npm test

test-long: venv
	@$(LAUNCH) packages
	@$(LAUNCH) npm ci
	$(VENV) -m pytest -m long --hypothesis-profile=long $(ARGS)

check: venv
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy
	.venv/bin/lint-imports
	$(VENV) -m netviz.wire.emit --check
	@$(LAUNCH) npm run check

bench: venv
	@$(LAUNCH) packages
	@$(LAUNCH) npm ci
	$(VENV) -m benchmarks $(ARGS)

fmt: venv
	$(VENV) -m ruff check --fix .
	$(VENV) -m ruff format .
	@$(LAUNCH) npm run fmt

# Writes constraints.txt anew after a version in requirements*.txt was changed.
pins:
	@$(LAUNCH) pins
