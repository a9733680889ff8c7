.DEFAULT_GOAL := help
.PHONY: help install run test test-all check format seed backup restore shots bench lighthouse admin-password requirements sbom audit next dev

# An empty environment (`env -i`) has no path either.
export PATH ?= /usr/local/bin:/usr/bin:/bin
BIN = $(or $(VAR_DIR),var)/venv/bin
# `make check` looks at the settings as they are behind https; nothing is ever served with this key.
STRICT = SITE_URL=https://site.example SECRET_KEY=the-key-of-make-check-that-no-site-is-ever-served-with \
	DATABASE_URL=sqlite://:memory:
COMPILE = uv pip compile --universal --generate-hashes --no-header --python-version 3.11 --quiet

help:  ## print this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /  make \1\t/p' Makefile | expand -t 24

run:  ## set up what is missing and serve the site on http://127.0.0.1:8000/ (PORT= for another)
	@sh deploy/python.sh deploy/bootstrap.py run

install:  ## the packages that the site runs on, in var/venv
	@sh deploy/python.sh deploy/bootstrap.py install runtime

test: dev  ## run the tests, on SQLite and again on PostgreSQL
	@$(BIN)/python -m tests -m "not full"

test-all: dev  ## run the long tests too
	@$(BIN)/python -m tests

check: dev  ## format, lint, templates, deployment settings, missing migrations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	@$(STRICT) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@$(STRICT) $(BIN)/python manage.py makemigrations --check --dry-run

format: dev  ## rewrite the code in its one format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: dev  ## what each page type costs beside a bare function that returns the same HTML (PEER=http://…/ adds a site)
	@$(BIN)/python -m tests.bench

shots: dev  ## pictures of every page type of the running site, at three widths, light and dark, into var/shots
	@$(BIN)/python -m tests.browser.shots http://127.0.0.1:$(or $(PORT),8000) $(or $(VAR_DIR),var)/shots

lighthouse: dev  ## five Lighthouse visits to each page type of the running site, as on a phone with slow 4G (needs Node)
	@$(BIN)/python -m tests.bench.lighthouse http://127.0.0.1:$(or $(PORT),8000)

seed:  ## put the start content on an empty site (ARGS=--reset rebuilds a demo site)
	@$(BIN)/python manage.py seed $(ARGS)

backup:  ## write database and media to one archive in var/backups (ARGS="--to FOLDER --keep 30")
	@$(BIN)/python manage.py backup $(ARGS)

restore:  ## put the site of an archive on an empty machine (ARCHIVE=FILE; ARGS=--replace on one with content)
	@sh deploy/python.sh deploy/bootstrap.py restore $(or $(ARCHIVE),$(error ARCHIVE=FILE is missing)) $(ARGS)

admin-password:  ## give the user admin a new password (ARGS=--lost-phone removes the second factor too)
	@$(BIN)/python manage.py admin_password $(ARGS)

requirements:  ## pin the packages that pyproject.toml names (needs uv; ARGS=--upgrade for the newest)
	@$(COMPILE) $(ARGS) pyproject.toml -o requirements/runtime.txt
	@$(COMPILE) $(ARGS) --group dev -c requirements/runtime.txt -o requirements/dev.txt

sbom: dev  ## list the pinned packages with their hashes in var/sbom.json (CycloneDX); needs no network
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
		-o $(or $(VAR_DIR),var)/sbom.json requirements/runtime.txt

next: dev  ## run the tests on the newest Wagtail and Django that this Python can have, in var/next (needs a network)
	@$(BIN)/python -m venv $(or $(VAR_DIR),var)/next
	@$(BIN)/python deploy/newest.py | $(or $(VAR_DIR),var)/next/bin/python -m pip install --quiet --upgrade -r /dev/stdin
	@$(or $(VAR_DIR),var)/next/bin/python -m tests -m "not full" -k "not pinned"

audit: dev  ## look for known holes in the pinned packages (needs a network)
	@$(BIN)/python deploy/audit.py

dev:
	@sh deploy/python.sh deploy/bootstrap.py install runtime dev
