# The two commands: `make run` and `make test`. Everything they need is set up in .venv by the first of them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.ready

.PHONY: run test check bench lock clean

run: $(STAMP)
	$(BIN)/assize demo

# Tests kill databases and drive browsers on however many cores there are: what failed beside others is asked once more
# by itself, and both answers are printed. What fails alone, fails; what doesn't is unsteady, and a fault to be mended.
test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadfile --durations 15 \
		|| $(BIN)/python -m pytest --last-failed --last-failed-no-failures none --maxfail 1

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/assize policy check starter
	$(BIN)/assize reference --check
	! grep -nE 'https?://' requirements.lock

bench: $(STAMP)
	$(BIN)/assize bench --write

# The environment is made again whenever what it is made from has changed.
$(STAMP): pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Assize needs Python 3.11 or newer; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $(STAMP)

# Needs uv. The lock holds hashes and no addresses; uv.lock, which holds addresses, stays out of git.
lock:
	uv export --quiet --format requirements-txt --no-emit-project --all-extras --all-groups --no-header --output-file requirements.lock
	rm -f uv.lock

clean:
	rm -rf $(VENV) build dist
