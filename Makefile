# Every target sets up what it needs first; a second call is at work at once.
PY := .venv/bin/python
FAXES ?= sample_faxes/faxes

.DEFAULT_GOAL := help
.PHONY: help setup run test lint check samples bench lock

help:  ## List the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## Install outside programs, the virtual environment and the locked packages
	@./setup.sh run

run: setup  ## The main job over the sample faxes (or FAXES=folder), on SQLite and folders under var/
	@.venv/bin/remsfax run $(FAXES) || { code=$$?; test $$code -eq 1; }

test:  ## All tests, with a real Postgres and a real S3 server
	@./setup.sh test
	@$(PY) -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

lint: setup  ## ruff, mypy --strict, import-linter
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@.venv/bin/lint-imports

check: lint test  ## What must hold before a change lands: lint and tests

samples: setup  ## Make the sample faxes again, through real fax calls
	@$(PY) -m sample_faxes.make

bench: setup  ## Measure every figure and print the tables
	@$(PY) -m benchmarks.main_job

lock:  ## Choose package versions anew and write them with their hashes
	@.venv/bin/uv pip compile -q --universal --python-version 3.11 --upgrade --generate-hashes \
	    --no-emit-index-url --no-header --group dev pyproject.toml -o requirements.lock
