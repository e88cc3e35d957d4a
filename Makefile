# Every target sets up what it needs from nothing but Python 3.11 or newer.
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

.PHONY: run test soak check bench lock docs clean

run: .venv/run-ready ## serve the dashboard on http://localhost:8501
	$(BIN)/python -m streamlit run app.py

test: check ## every check and every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

soak: .venv/test-ready ## all that is random or long, at length: hours
	SOAK=200 $(BIN)/python -m pytest tests/e2e/test_every_page.py tests/dashboard/sync/test_worlds.py tests/dashboard/sync/test_kill.py tests/dashboard/damage tests/dashboard/store/test_extremes.py tests/dashboard/ui/test_month_ends.py tests/test_oracle_figures.py tests/test_poison.py tests/test_readings.py tests/test_who_sees_what.py

check: .venv/test-ready ## format, lint, types, layers; secrets in the repository, weaknesses of packages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	git ls-files -z | xargs -0 -P 2 -n 200 $(BIN)/detect-secrets-hook -n --baseline .secrets.baseline
	$(BIN)/python -m tests.advisories

bench: .venv/test-ready ## measure; never fails on a timing
	$(BIN)/python -m benchmarks

docs: .venv/test-ready ## write the pages of docs/ that are made from the code
	$(BIN)/python -m docs.generate

lock: .venv/test-ready ## pin requirements*.in anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --generate-hashes --no-header --python-version 3.11 requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --generate-hashes --no-header --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean: ## remove the virtual environment; the store in .data stays
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv

.venv/run-ready: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	touch $@

.venv/test-ready: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@ .venv/run-ready
