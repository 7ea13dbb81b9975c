# Heed's own commands. Everything they need is created inside this folder.

PYTHON  ?= python3
UV_VERSION := 0.13.9
TORCH_VERSION := 2.13.0
UV      := .tools/bin/uv
VENV    := .venv
READY   := $(VENV)/.ready

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

$(UV):
	@echo "› fetching uv $(UV_VERSION)"
	@$(PYTHON) -m venv .tools
	@.tools/bin/pip install --quiet uv==$(UV_VERSION)

$(READY): $(UV) pyproject.toml uv.lock
	@echo "› installing the locked dependencies (about a minute the first time)"
	@$(UV) sync --frozen --inexact $(addprefix --no-install-package ,$(SKIPPED))
	@echo "› installing torch $(TORCH_VERSION), the CPU build"
	@$(UV) pip install --python $(VENV) "torch==$(TORCH_VERSION)" $(TORCH_SOURCE)
	@touch $@
