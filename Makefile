# Two commands: `make run` and `make test`. `make help` lists the rest.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help run setup dev test torture attack-peer lint types check bench load lock advisories sbom messages

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run:  ## the product with a demonstration program, at PORT (8000), keeping its data in DATA_DIR (var)
	@$(PYTHON) deploy/bootstrap.py run

setup:  ## environment, assets, catalogs
	@$(PYTHON) deploy/bootstrap.py setup

dev:  ## the same, with everything a developer needs
	@$(PYTHON) deploy/bootstrap.py setup --dev

test: dev  ## everything that must stay green, on every database and broker that can be reached
	@$(BIN)/python tests/run.py

torture: dev  ## hundreds of kills of web, worker and beat, lost brokers, stopped databases (half an hour; TORTURE_SEED repeats)
	@$(BIN)/python -m tests.crash.torture

attack-peer: dev  ## what a client that knows the source gains here, and in wagtail-lms (fetched into a temporary folder)
	@$(BIN)/python -m tests.attacker.table

lint: dev  ## style and import contracts
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports

types: dev  ## mypy
	@$(BIN)/mypy

bench: dev  ## ratios of speed, as a table and as JSON
	@$(BIN)/python tests/benchmarks/run.py

load: dev  ## two hundred people take the course at once for five minutes (LOAD_DATABASE_URL names an empty PostgreSQL database)
	@$(BIN)/python -m tests.benchmarks.learners

lock: dev  ## make the locked files anew from pyproject.toml and package.json
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade -q -o requirements.txt
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements-dev.txt
	npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved

advisories: dev  ## record what is known of the locked packages (asks osv.dev); then commit tests/security/advisories.json
	@$(BIN)/python -m tests.security.advisories record

sbom: dev  ## the bill of materials of what is installed in production, as build/sbom.json (CycloneDX)
	@$(BIN)/cyclonedx-py requirements requirements.txt --of JSON -o build/sbom.json

messages: dev  ## collect the strings to translate into both catalogs (needs gettext)
	@$(BIN)/python manage.py makemessages --all --no-obsolete --no-location --extension html,txt,py --ignore "build/*" --ignore ".venv/*" --ignore "node_modules/*" --ignore "tests/*"
