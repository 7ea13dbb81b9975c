# Heed's own commands. Everything they need is created inside this folder.

PYTHON  ?= python3
UV_VERSION := 0.13.9
TORCH_VERSION := 2.13.0
UV      := .tools/bin/uv
VENV    := .venv
READY   := $(VENV)/.ready
HEED    := $(VENV)/bin/heed

# The accelerator packages that torch names on PyPI: gigabytes that a CPU build never loads.
SKIPPED := torch triton $(shell sed -n 's/^name = "\(nvidia-[^"]*\|cuda-[^"]*\)"/\1/p' uv.lock)
ifdef PIP_FIND_LINKS
TORCH_SOURCE := --find-links "$(PIP_FIND_LINKS)"
else
TORCH_SOURCE := --torch-backend cpu
endif

.DEFAULT_GOAL := help
.PHONY: help install run test check lint types clean

help: ## List what make can do
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

install: $(READY) ## Prepare everything and start nothing

# Without Python 3.10 there is no Rasa, and everything but private conversations goes on.
WITH_DIALOGUE = $(MAKE) --no-print-directory dialogue || echo "› going on without Rasa: people get the private messages"

run: $(READY) ## Start everything on this machine and play the scenario; ONCE=1 stops after it
	@$(WITH_DIALOGUE)
	@$(HEED) run --sandbox $(if $(ONCE),--once)

test: $(READY) ## Run the whole test suite
	@$(WITH_DIALOGUE)
	@$(if $(ARGS),true,test ! -x $(DIALOGUE)/.venv/bin/rasa || $(MAKE) --no-print-directory dialogue-check)
	@$(VENV)/bin/python -m pytest -q $(ARGS)

check: lint types test ## Everything that has to hold before a commit

lint: $(READY) ## Linters, formatting and the arrows between packages
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/lint-imports --no-cache > $(VENV)/lint-imports.log || { cat $(VENV)/lint-imports.log; exit 1; }

types: $(READY) ## The type checker
	@$(VENV)/bin/mypy

clean: ## Remove the environment and the data folder
	rm -rf $(VENV) .tools .data

$(UV):
	@command -v $(PYTHON) >/dev/null || { echo "Heed needs Python 3.11 or newer; set PYTHON=/path/to/python3." >&2; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Heed needs Python 3.11 or newer, and $(PYTHON) is older; set PYTHON=/path/to/python3." >&2; exit 2; }
	@echo "› fetching uv $(UV_VERSION)"
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

$(READY): $(UV) pyproject.toml uv.lock
	@echo "› installing the locked dependencies (about a minute the first time)"
	@$(UV) sync --frozen --inexact --quiet $(addprefix --no-install-package ,$(SKIPPED))
	@echo "› installing torch $(TORCH_VERSION), the CPU build"
	@$(UV) pip install --quiet --python $(VENV) "torch==$(TORCH_VERSION)" $(TORCH_SOURCE)
	@touch $@

-include bot/dialogue/dialogue.mk
-include benchmarks/benchmarks.mk
