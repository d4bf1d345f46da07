# make run: the product on this machine. make test: everything that needs no service. make help: the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
JOBS ?= 2
LOCALES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/django.po))
COMPILE := $(PY) -m piptools compile --quiet --strip-extras --allow-unsafe --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host $(if $(UPGRADE),--upgrade)

# A machine of one's own unless DEBUG=0 says otherwise; with DEBUG off every secret and address has to be given.
export DEBUG ?= 1
run: export DEMO ?= $(DEBUG)

# $(1) lock file, $(2) name of the stamp: installs when the lock is not the one that was installed last.
define environment
sum=$$(sha256sum < $(1)); \
if [ ! -x $(VENV)/bin/pip ]; then \
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version) if sys.version_info < (3, 11) else None'; \
	echo "environment: creating $(VENV)"; \
	$(PYTHON) -m venv --clear $(VENV) || { echo "No venv here; on Debian: apt-get install python3-venv" >&2; exit 1; }; \
fi; \
if [ "$$(cat $(VENV)/.$(2) 2>/dev/null)" != "$$sum" ]; then \
	echo "environment: installing $(1)"; \
	$(PY) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $(1); \
	echo "$$sum" > $(VENV)/.$(2); \
fi
endef

.PHONY: help run test browser bench proof-clocks check docs requirements lock translations environment environment-dev assets format

help:
	@echo "make run           start the product with the demo group (PORT=8000, DEMO=0 for an empty one)"
	@echo "make test          every test that needs no service; TEST_DATABASE_URL and TEST_REDIS_URL: the same on those"
	@echo "make browser       the tests in a headless Chromium"
	@echo "make check         style, types, import contracts, missing migrations and translations, settings for production"
	@echo "make bench         benchmarks (WHAT=life, timers, pages)"
	@echo "make proof-clocks  no clock is lost or doubled, whatever is killed (QUICK=1: small; needs TEST_DATABASE_URL)"
	@echo "make requirements  which rules have a test, which clocks wait for a fact"
	@echo "make docs          docs/states and the lower parts of docs/design, from the code"
	@echo "make translations  collect every text into locale/ (needs gettext)"
	@echo "make lock          lock files anew (UPGRADE=1: newest versions)"

environment:
	@$(call environment,requirements.txt,installed)

environment-dev:
	@$(call environment,requirements-dev.txt,installed-dev)

assets: environment
	@$(PY) assets/copy_assets.py

locale/%.mo: locale/%.po | environment
	@$(PY) manage.py compile_translations

run: environment assets $(LOCALES)
	@$(PY) assets/system_parts.py
	@$(PY) manage.py prepare
	@exec $(PY) manage.py up

test: environment-dev assets $(LOCALES)
	@$(PY) -m pytest -n $(JOBS) -m "not browser" $(ARGS)

browser: environment-dev assets $(LOCALES)
	@$(PY) -m pytest -n $(JOBS) --dist worksteal -m browser $(ARGS)

bench: environment-dev $(LOCALES)
	@$(PY) -m bench.$(or $(WHAT),life) $(ARGS)

proof-clocks: environment-dev $(LOCALES)
	@$(PY) -m tests.proof $(ARGS)

check: environment-dev $(LOCALES)
	$(PY) -m ruff check .
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m mypy
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py collect_translations --check
	DEBUG=0 DEMO=0 ALLOWED_HOSTS=orders.example.com BASE_URL=https://orders.example.com DATABASE_URL=postgresql://orders@localhost/orders \
		SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" $(PY) manage.py check --deploy --fail-level WARNING

requirements:
	@$(PYTHON) tests/requirements.py

docs: environment-dev
	@$(PY) manage.py draw_states
	@$(PY) manage.py describe_apps

translations: environment-dev
	@$(PY) manage.py collect_translations
	@$(PY) manage.py compile_translations

lock: environment-dev
	$(COMPILE) -o requirements.txt requirements.in
	$(COMPILE) -o requirements-dev.txt requirements-dev.in
	$(COMPILE) -o assets/requirements.txt assets/requirements.in
	$(COMPILE) -o bench/timers/jobs.txt bench/timers/jobs.in
	cd assets && npm install --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund
	@! grep -nE '://|resolved"' requirements.txt requirements-dev.txt assets/requirements.txt bench/timers/jobs.txt || { echo "a lock names an address" >&2; exit 1; }
	@! grep -n '"resolved"' assets/package-lock.json || { echo "a lock names an address" >&2; exit 1; }
