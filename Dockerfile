# The service in two stages, one with the tools that build its environment and one with only what runs; and Rasa, which
# leads private conversations, as the target `dialogue`.
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

FROM python:3.10-slim-bookworm AS dialogue
ENV PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=2 \
    MPLCONFIGDIR=/tmp DIALOGUE_PARENT=0 POSTGRESQL_SCHEMA=dialogue
WORKDIR /app
RUN pip install --no-cache-dir uv==0.13.9
COPY bot/dialogue/pyproject.toml bot/dialogue/uv.lock bot/dialogue/
RUN uv --directory bot/dialogue sync --frozen
COPY config.yml domain.yml endpoints.yml credentials.yml ./
COPY bot/__init__.py bot/
COPY bot/dialogue bot/dialogue
ENV PATH=/app/bot/dialogue/.venv/bin:$PATH
RUN rasa train core --stories bot/dialogue/rules.yml --domain domain.yml --config config.yml --out models \
      --fixed-model-name rules \
 && groupadd --system rasa && useradd --system --gid rasa rasa
USER rasa
EXPOSE 5005
# Secrets are files, and Rasa reads variables.
CMD ["sh", "-c", "export DIALOGUE_NLU_TOKEN=$(cat /run/secrets/parse_token) DIALOGUE_ACTIONS_TOKEN=$(cat /run/secrets/actions_token) DIALOGUE_CHANNEL_TOKEN=$(cat /run/secrets/dialogue_token) DIALOGUE_DATABASE_URL=$(cat /run/secrets/database_url) && exec rasa run --model models/rules.tar.gz --endpoints endpoints.yml --credentials credentials.yml"]

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
