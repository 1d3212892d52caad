# Everything happens in .venv; nothing global is touched. `make help` lists what there is.

PYTHON ?= python3
BIN := .venv/bin

PAGE ?= data/sample.txt
MODEL ?= models/news
PAGES ?= data/pages
CORPORA ?=
FOLDS ?= models/folds
N_FOLDS ?=
SITE ?=
DATASET ?=
OUT ?= models/mine
JOBS ?= 2
MINUTES ?= 10
TARGET ?=
# Each core runs whole files of tests, because what a file prepares is prepared once.
ON_ALL_CORES := --numprocesses $(JOBS) --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help install classify test slow fuzz oldest check lint types imports gate gate-update train evaluate bench readers compare accuracy dates adaptation sites batch batch-workers faults integrations docs wheel clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
	  printf '  make %-12s %s\n' "$$name" "$$text"; done

install: .venv/.installed  ## make .venv with linesift and classify in .venv/bin

classify: .venv/.installed  ## classify a page: PAGE=page.txt
	@$(BIN)/classify "$(PAGE)"

test: .venv/.complete  ## run the tests
	$(BIN)/python -m pytest -q $(ON_ALL_CORES)

slow: .venv/.complete  ## run the slow tests: the wheel, training
	$(BIN)/python -m pytest -q -m slow

fuzz: .venv/.complete  ## run MINUTES=10 of random hostile inputs; what breaks something is kept in build/fuzz; TARGET=html
	PYTHONPATH=tests $(BIN)/python -m fuzz --minutes $(MINUTES) $(foreach name,$(TARGET),--target $(name))

oldest: .venv-oldest/.installed  ## run the tests with the oldest versions that pyproject.toml allows
	.venv-oldest/bin/python -m pytest -q $(ON_ALL_CORES) -W ignore::DeprecationWarning -W ignore::FutureWarning

check: lint types imports test  ## lint, types, imports, tests

lint: .venv/.complete  ## ruff: rules and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/.complete  ## mypy --strict
	$(BIN)/mypy

imports: .venv/.complete  ## the one-way imports
	$(BIN)/lint-imports

gate: .venv/.installed  ## compare the shipped model's accuracy with reports/gate.json
	$(BIN)/python -m benchmarks.gate

gate-update: .venv/.installed  ## write reports/gate.json anew: after a change that is meant
	$(BIN)/python -m benchmarks.gate --update

train: .venv/.complete  ## train OUT=models/mine on PAGES="data/pages ...", SITE=name of data/sites and CORPORA=directory, in N_FOLDS=4
	$(BIN)/linesift train $(foreach path,$(PAGES),--pages $(path)) $(foreach site,$(SITE),--pages data/sites/$(site)) $(if $(CORPORA),--corpora $(CORPORA)) \
	  $(foreach name,$(DATASET),--dataset $(name)) \
	  $(if $(REPORT),--report $(REPORT)) $(if $(N_FOLDS),--folds $(N_FOLDS)) --jobs $(JOBS) --out $(OUT)

evaluate: .venv/.complete  ## score MODEL=models/news on PAGES="data/pages ..."; REPORT=scores.html
	$(BIN)/linesift evaluate --model $(MODEL) $(if $(REPORT),--report $(REPORT)) $(PAGES)

bench: .venv-compare/.installed  ## measure speed and memory of MODEL beside other tools, write reports/speed.md
	OMP_NUM_THREADS=1 .venv-compare/bin/python -m benchmarks.bench $(MODEL) $(or $(CORPORA),../shared/corpora)
	@cat reports/speed.md

readers: .venv-compare/.installed  ## compare the compiled reader of HTML with the walk on CORPORA, write reports/readers.md and readers_speed.md
	OMP_NUM_THREADS=1 .venv-compare/bin/python -m benchmarks.readers $(MODEL) $(or $(CORPORA),../shared/corpora)
	@cat reports/readers_speed.md reports/readers.md

compare: .venv-compare/.installed  ## compare MODEL with other extractors on pages of CORPORA, write reports/compare.md
	OMP_NUM_THREADS=1 .venv-compare/bin/python -m benchmarks.compare $(MODEL) $(or $(CORPORA),../shared/corpora) $(FOLDS)
	@cat reports/compare.md

accuracy: .venv/.complete  ## score the models of FOLDS, kept with MODEL, on PAGES and CORPORA; write reports/accuracy.md
	$(BIN)/python -m benchmarks.accuracy $(MODEL) $(or $(CORPORA),../shared/corpora) $(FOLDS) $(foreach path,$(PAGES),--pages $(path)) --jobs $(JOBS)

dates: .venv-dates/.installed  ## measure how dates are read with the models of FOLDS, write reports/dates.md
	.venv-dates/bin/python -m benchmarks.dates $(or $(CORPORA),../shared/corpora) $(FOLDS)
	@cat reports/dates.md

adaptation: .venv/.complete  ## measure with the models of FOLDS what pages of a site do for it, write reports/adaptation.md
	$(BIN)/python -m benchmarks.adaptation $(or $(CORPORA),../shared/corpora) $(FOLDS) --jobs $(JOBS) $(if $(STRANGER),--stranger $(STRANGER))
	@cat reports/adaptation.md

sites: .venv/.complete  ## measure with the shipped model what labelled pages do for invented sites, write reports/sites.md
	$(BIN)/python -m benchmarks.sites
	@cat reports/sites.md

batch: .venv/.complete  ## measure linesift batch on pages of CORPORA, write reports/batch.md
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.batch $(or $(CORPORA),../shared/corpora)
	@cat reports/batch.md

batch-workers: .venv/.complete  ## measure two workers beside one, while nothing else runs; write reports/batch_workers.md
	$(BIN)/python -m benchmarks.batch $(or $(CORPORA),../shared/corpora) --workers
	@cat reports/batch_workers.md

faults: .venv-integrations/.installed  ## disturb runs of linesift batch, write reports/faults.md
	.venv-integrations/bin/python -m benchmarks.faults
	@cat reports/faults.md

integrations: .venv-integrations/.installed  ## test with Ray, datasets, Daft, Polars, DuckDB and datatrove
	.venv-integrations/bin/python -m pytest -q -o addopts="--strict-markers -rs" -o filterwarnings=default tests/integrations

docs: .venv-docs/.installed  ## build the documents as a site: build/docs/index.html
	.venv-docs/bin/python -m sphinx -q -W --keep-going -c docs -d build/doctrees . build/docs

wheel: .venv/bin/python  ## build dist/linesift-*.whl, which pip installs anywhere
	@rm -f dist/linesift-*.whl
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .
	@ls dist/linesift-*.whl

clean:  ## remove .venv and caches
	rm -rf .venv .venv-compare .venv-dates .venv-docs .venv-integrations .venv-oldest .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "linesift needs Python 3.11 or newer; name one: make PYTHON=python3.12"; exit 1; }
	@echo 'Making an environment in .venv (some seconds)' >&2
	@$(PYTHON) -m venv .venv

.venv/.installed: pyproject.toml | .venv/bin/python
	@echo 'Installing linesift and the parser for HTML into .venv (140 MB, about half a minute)' >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[html]'
	@touch $@

.venv/.complete: pyproject.toml | .venv/bin/python
	@echo 'Installing what training and tests need into .venv (1.4 GB, one or two minutes)' >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[train,dev]'
	@touch $@ .venv/.installed

# Every dependency at the version behind its ">=". Tools of the tests are not ours to hold back.
.venv-oldest/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python scripts/oldest_versions.py > .venv-oldest/constraints.txt
	.venv-oldest/bin/python -m pip install --quiet --disable-pip-version-check --constraint .venv-oldest/constraints.txt \
	  --editable '.[train,dev]'
	@touch $@

# An environment of their own for the other extractors. pip first: pip 23 fails on an extra that two of them ask for.
.venv-compare/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-compare
	.venv-compare/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	.venv-compare/bin/python -m pip install --quiet --editable '.[fast]' datasets \
	  trafilatura resiliparse readability-lxml newspaper4k jusText chromerag
	-.venv-compare/bin/python -m pip install --quiet fasttext-wheel  # for the bench; where it does not build, that says so
	@touch $@

.venv-dates/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-dates
	.venv-dates/bin/python -m pip install --quiet --editable '.[train]' dateparser htmldate trafilatura lxml_html_clean
	@touch $@

# An environment of its own for frameworks that linesift works with; with Java and pyspark in it, Spark is tried, too.
.venv-integrations/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-integrations
	.venv-integrations/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[html,ray]' 'ray[data]' \
	  datasets daft polars duckdb datatrove warcio faust-cchardet python-magic orjson s3fs 'moto[server]' pytest hypothesis
	@touch $@

.venv-docs/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[docs]'
	@touch $@
