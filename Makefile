# Everything here sets the machine up first where that is needed; `make help` lists what there is.
PYTHON ?= python3
BIN := .venv/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run test lint check bench build lock setup-run setup-test setup-bench setup-build

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup-run ## open the window; without a display, run the main job on sample products
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then $(BIN)/mmhub; else $(BIN)/mmhub demo; fi

test: setup-test ## all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --max-worker-restart 0

lint: setup-test ## style, formatting, types and the rules of who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint test ## lint, then test: what must pass before a commit

bench: setup-bench ## the promised figures, measured, each beside its reference (about two hours)
	@failed=""; for script in import_rows history bulk_edit engine_throughput engine_memory engine_peers causes catalog_table table_scroll million_window rate rate_publish side_by_side readiness startup editor ui_latency crash_soak; do \
		echo "== $$script"; $(BIN)/python tests/benchmarks/$$script.py || failed="$$failed $$script"; \
	done; if [ -n "$$failed" ]; then echo "missed:$$failed"; exit 1; fi

build: setup-build ## the program with its own Python in dist/mmhub, checked, with size and start time
	$(BIN)/pyinstaller --noconfirm --log-level WARN build.spec
	$(BIN)/python .ci/try_build.py

lock: setup-test ## pin every dependency of pyproject.toml anew in requirements.lock
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --group dev --group bench --group build --upgrade --quiet -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
		--no-emit-index-url --group pyproject.toml:peers --upgrade --quiet -o requirements-peers.lock

setup-run setup-test setup-bench setup-build:
	@$(PYTHON) .ci/setup.py $(@:setup-%=%)
