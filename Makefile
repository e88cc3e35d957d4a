# Every target sets up what it needs from nothing but Python 3.11 or newer.
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_ROOT_USER_ACTION = ignore

.PHONY: run test test-fast browser soak check bench lock docs clean

run: .venv/run-ready ## serve the dashboard on http://localhost:8501
	$(BIN)/python -m streamlit run app.py

test: browser check ## every check and every test
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-fast: .venv/test-ready ## tests without a browser, servers or other programs
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not process"

browser: .venv/test-ready ## find a browser for the tests, or install one
	$(BIN)/python -m tests.browser_setup

soak: browser ## random and exhaustive tests at length
	SOAK=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

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
