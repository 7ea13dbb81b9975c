# The peer that the benchmarks measure beside Heed, in an environment of its own that the product never needs.

BENCHMARKS       := benchmarks
BENCHMARKS_READY := $(BENCHMARKS)/.venv/.ready

.PHONY: benchmarks

benchmarks: $(BENCHMARKS_READY) ## Prepare the environment of the benchmarks against Haystack

$(BENCHMARKS_READY): $(UV) pyproject.toml uv.lock
	@echo "› installing the locked dependencies of the benchmarks"
	@UV_PROJECT_ENVIRONMENT=$(BENCHMARKS)/.venv $(UV) sync --frozen --inexact --quiet --no-default-groups --group benchmark \
		$(addprefix --no-install-package ,$(SKIPPED))
	@$(UV) pip install --quiet --python $(BENCHMARKS)/.venv "torch==$(TORCH_VERSION)" $(TORCH_SOURCE)
	@touch $@
