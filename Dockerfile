# Two stages: one with the tools that build the environment, one with only what runs.
FROM python:3.11-slim-bookworm AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY pyproject.toml uv.lock README.md LICENSE ./
# torch comes as its CPU build; the accelerator packages that PyPI's build names would be gigabytes for nothing.
RUN uv sync --frozen --no-dev --no-install-project --no-install-package torch --no-install-package triton \
      $(sed -n 's/^name = "\(nvidia-[^"]*\|cuda-[^"]*\)"/--no-install-package \1/p' uv.lock) \
 && uv pip install --python .venv "torch==2.13.0" --torch-backend cpu
COPY bot bot
COPY knowledge knowledge
COPY responders responders
COPY storage storage
COPY console console
COPY sandbox sandbox
RUN uv pip install --python .venv --no-deps --editable .

FROM python:3.11-slim-bookworm
RUN groupadd --system heed && useradd --system --gid heed --home-dir /data heed \
 && mkdir /data && chown heed:heed /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 HEED_DATA_FOLDER=/data HEED_WEB_HOST=0.0.0.0
USER heed
EXPOSE 8600
HEALTHCHECK --interval=10s --timeout=3s --start-period=120s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8600/healthz', timeout=2)"]
CMD ["heed", "run"]
