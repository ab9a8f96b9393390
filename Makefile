# Belltower. `make` alone lists the targets; every one of them sets up what it needs first.

PYTHON ?= python3
RUN := .venv/bin/python -m belltower_local
PYTEST := .venv/bin/pytest
NPM := $(CURDIR)/deploy/npm.sh
# Tests mostly wait: four workers, each with servers of its own.
SIDE_BY_SIDE := -n 4 --dist worksteal
SOURCES := shared services deploy clients tests bench
TYPED := shared/src $(patsubst %/pyproject.toml,%/src,$(wildcard services/*/pyproject.toml)) deploy/local/src tests bench

.DEFAULT_GOAL := help
.PHONY: help run demo stop reset status servers test test-unit test-integration test-e2e interleavings chaos chaos-mutants mutants fuzz bench load check fmt \
	screenshots web migrate openapi clients \
	up down logs check-compose lock clean venv
.NOTPARALLEL:

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-18s %s\n", $$1, $$2} /^##@ / {printf "\n%s\n", substr($$0, 5)}' Makefile

##@ Running it on this machine, without containers
run: venv ## Start everything, with a demo campaign; Ctrl-C stops it
	@$(RUN) run
demo: venv ## Run two campaigns from start to end, print what happened, and stop
	@$(RUN) demo
stop: venv ## Stop what a `make run` left running
	@$(RUN) stop
reset: venv ## Stop it and delete all its data
	@$(RUN) reset
status: venv ## Show what runs
	@$(RUN) status
servers: venv ## Install what is missing of Postgres, RabbitMQ and the tests' browser (as root), without starting them
	@$(RUN) servers

##@ Testing
test: web ## Run all tests
	@cd services/web && $(NPM) run --silent test
	@$(PYTEST) $(SIDE_BY_SIDE)
test-unit: venv ## Run the tests that need no server
	@$(PYTEST) tests/unit
test-integration: venv ## Run the tests on real Postgres and RabbitMQ
	@$(PYTEST) $(SIDE_BY_SIDE) tests/integration
test-e2e: web ## Run the tests over HTTP, on all services
	@$(PYTEST) tests/e2e
interleavings: venv ## Move STORIES=10000 campaigns in random orders while they run, and ask the carrier what it saw
	@STORIES=$(or $(STORIES),10000) $(PYTEST) --capture=no tests/integration/test_changes_of_mind.py
chaos: venv ## Break everything while campaigns run: SEEDS=20 runs, from SEED=1 on; JOBS=2 side by side
	@CHAOS_SEEDS=$(or $(SEEDS),20) CHAOS_SEED=$(or $(SEED),1) $(PYTEST) --capture=no --quiet $(and $(JOBS),-n $(JOBS)) tests/chaos/test_chaos.py
chaos-mutants: venv ## Break the product itself, and see that `make chaos` notices
	@$(PYTEST) --capture=no --quiet tests/chaos/mutants.py
mutants: venv ## Take each rule out of the product in turn, and see that a test misses it; ONLY='the do-not-call' for some
	@$(PYTEST) --capture=no --quiet $(and $(ONLY),-k '$(ONLY)') tests/mutants/rules.py
fuzz: venv ## Attack the API with MINUTES=10 of requests and files that nobody means well with, by SEED=1
	@MINUTES=$(or $(MINUTES),10) SEED=$(or $(SEED),1) $(PYTEST) tests/hostile tests/integration/test_api_contract.py
bench: venv ## Measure every path beside a raw baseline; ONLY="due storm, callbacks" some; SCALE=0.1 less of each
	@ONLY="$(ONLY)" SCALE="$(SCALE)" .venv/bin/python -m bench
load: venv ## Do more at once than can be done, and print what became of it
	@$(PYTEST) --quiet --capture=no tests/load/under_load.py
check: web ## Lint, type-check, check the layers, and compare migrations with the tables
	@.venv/bin/ruff check $(SOURCES)
	@.venv/bin/ruff format --check $(SOURCES)
	@.venv/bin/mypy $(TYPED)
	@.venv/bin/lint-imports
	@$(PYTEST) --quiet tests/integration/test_schema_drift.py
	@cd services/web && $(NPM) run --silent check
fmt: web ## Format the code and mend what the linter can mend
	@cd services/web && $(NPM) run --silent fmt
	@.venv/bin/ruff check --fix --quiet $(SOURCES)
	@.venv/bin/ruff format $(SOURCES)

##@ Working on it
screenshots: web ## Take pictures of every page of the web app, into docs/images/web
	@$(PYTEST) --quiet tests/e2e/web/screenshots.py
web: venv ## Build the web app (`make run` does so, too)
	@$(RUN) web
migrate: venv ## Bring the database at DATABASE_URL to the newest schema
	@.venv/bin/belltower migrate
openapi: venv ## Write the API's description to openapi.json
	@.venv/bin/python -m belltower_api.openapi openapi.json
clients: venv ## Make the Python and the TypeScript client from it, and check their types
	@clients/generate.sh python
	@clients/generate.sh typescript
lock: venv ## Pin the newest versions that the pyproject files allow
	@PATH="$(CURDIR)/.venv/bin:$$PATH" deploy/lock.sh
clean: ## Delete the Python environment and all caches (data stays: see `reset`)
	@rm -rf clients/*/build clients/*/node_modules services/web/dist services/web/node_modules .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

##@ Running it in containers
up: ## Build and start everything with docker compose
	@docker compose up --build --detach --wait
down: ## Stop the containers (their data stays)
	@docker compose down
check-compose: ## Build the containers, use them, kill some, and see that they keep their promises
	@deploy/check-compose.sh
logs: ## Follow the containers' logs
	@docker compose logs --follow

venv:
	@PYTHONPATH=deploy/local/src PYTHONDONTWRITEBYTECODE=1 $(PYTHON) -m belltower_local.environment .
