# The workshop. `make` alone prints what can be done; every target makes what it lacks first.
# On a machine without make: ./rekisteri-dev demo|test|check does the same.

WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: mutants help demo test test-offline check score format docs bench fuzz lock libraries sbom clean

help: ## Print this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A state file: the environment is made again only when what it is made from has changed.
.venv/.ok: requirements.lock nodejs.lock pyproject.toml src/rekisteri/simulators/openid/package-lock.json
	@./rekisteri-dev setup

demo: .venv/.ok ## Start the register with an invented population: database, simulators, web
	.venv/bin/rekisteri demo $(ARGS)

test: .venv/.ok ## Run the tests on a real PostgreSQL of their own
	.venv/bin/python -m pytest -n $(WORKERS) $(ARGS)

# Loopback is all there is: whatever reaches for another machine fails. An ordinary user needs unprivileged user namespaces.
test-offline: .venv/.ok ## The same where no network is: in a namespace of its own (Linux; util-linux, iproute2)
	unshare --net $(if $(filter 0,$(shell id -u)),,--map-current-user --keep-caps) \
	    sh -c 'ip link set lo up && test -z "$$(ip route)" && exec "$$@"' offline \
	    .venv/bin/python -m pytest -n $(WORKERS) $(ARGS)

check: .venv/.ok ## Lint, formatting and types
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

score: .venv/.ok ## Tell how the register stands to OWASP ASVS and the API Top 10, and what is missing
	.venv/bin/python -m tools.compliance --missing

format: .venv/.ok ## Let ruff lay out the code and mend what it can
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

docs: .venv/.ok ## Write docs/reference from the code
	.venv/bin/python -m tools.reference

fuzz: .venv/.ok ## The whole API against its description as each role, every phase: minutes a role
	.venv/bin/python -m tests.api.fuzzing $(ARGS)

bench: .venv/.ok ## Measure throughput on this machine, beside plain SQL doing the same
	.venv/bin/python -m benchmarks $(ARGS)

mutants: .venv/.ok ## Change the rules of who pays one by one; fails when the tests notice less than 90 %
	.venv/bin/python -m tools.mutants

lock: .venv/.ok ## Renew requirements.lock from pyproject.toml (hashes, no addresses), and look whether anything is late
	./rekisteri-dev lock

libraries: ## Ask the registries whether a library is later than docs/explanation/protections.md promises
	@./rekisteri-dev libraries

sbom: .venv/.ok ## Write the inventory of libraries (CycloneDX) into build/
	@mkdir -p build
	.venv/bin/python -m tools.libraries --sbom build/rekisteri.cdx.json

clean: ## Remove the environment and every cache (never data)
	rm -rf .venv .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
