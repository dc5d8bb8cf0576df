# What is run by hand; `.ci/run` does the same on a fresh machine.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
export PYTHONPATH := optimizer:transforms:templates
# The command `lint-imports` is not runnable as a module.
LINT_IMPORTS := $(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

.PHONY: check lint types imports test docker docs bench

check: lint types imports test

lint:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

types:
	$(PYTHON) -m mypy

imports:
	$(LINT_IMPORTS)

test:
	$(PYTHON) -m pytest -m 'not docker'

docker:
	$(PYTHON) -m pytest -m docker

docs:
	$(PYTHON) -m dockopt.reference > docs/transforms.md.new
	mv docs/transforms.md.new docs/transforms.md

bench:
	$(PYTHON) -m benchmarks
