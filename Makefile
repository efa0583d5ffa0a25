# make run [PORT=8001] [HOST=0.0.0.0] [DATABASE_URL=postgresql://…]; make test [REQUIRE_BROWSER=1]; make bench [POSTS=1000000]; make look [SITE=http://…]; make audit [ADVISORIES=all.zip]; make licences
PYTHON ?= python3
READY = $(PYTHON) bootstrap.py
READY_DEV = $(READY) --dev
PINS = $(READY) uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make pins"

.PHONY: run test lint pins bench look audit licences clean

run:
	@$(READY) python -m informed_comment.processes

test: lint
	@$(READY_DEV) python -m pytest -n auto --dist worksteal --cov

lint:
	@$(READY_DEV) ruff check .
	@$(READY_DEV) ruff format --check .

# What runs anywhere has the version that was tested: that of dev.txt, which is worked out first.
pins:
	$(PINS) --python-version 3.13 pyproject.toml --group dev -o requirements/dev.txt
	$(PINS) --python-version 3.13 -c requirements/dev.txt pyproject.toml -o requirements/runtime.txt
	$(PINS) --python-version 3.13 -c requirements/dev.txt pyproject.toml --extra esp -o requirements/esp.txt
	$(PINS) --python-version 3.13 -c requirements/dev.txt pyproject.toml --extra many -o requirements/many.txt
	$(PINS) --python-version 3.13 -c requirements/dev.txt pyproject.toml --extra sentry -o requirements/sentry.txt
	$(PINS) --python-version 3.13 --group audit -o requirements/audit.txt
	echo uv | $(PINS) --python-version 3.9 - -o requirements/uv.txt

bench:
	@$(READY_DEV) python -m bench $(POSTS)

look:
	@$(READY_DEV) python -m bench.look $(SITE)

audit:
	@$(READY_DEV) python -m bench packages $(ADVISORIES)

licences:
	@$(READY_DEV) python -m bench licences

clean:
	@test ! -x .venv/bin/python || .venv/bin/python -m informed_comment.postgres
	rm -rf .venv var .coverage .pytest_cache .ruff_cache htmlcov
