FROM python:3.12-slim-bookworm

ENV PYTHONUNBUFFERED=1

# The client library, and what compiles against it
RUN --mount=type=cache,id=apt-cache-python-3.12-slim-bookworm,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,id=apt-lists-python-3.12-slim-bookworm,target=/var/lib/apt/lists,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean \
    && apt-get update \
    && apt-get install -y --no-install-recommends \
        gcc \
        libpq-dev \
    && rm -rf /tmp/*

WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN --mount=type=cache,id=pip-python-3.12-slim-bookworm,target=/root/.cache/pip \
    --mount=type=cache,id=poetry-cache-python-3.12-slim-bookworm,target=/root/.cache/pypoetry/cache,sharing=locked \
    --mount=type=cache,id=poetry-artifacts-python-3.12-slim-bookworm,target=/root/.cache/pypoetry/artifacts,sharing=locked \
    pip install poetry==2.1.1 \
    && poetry config virtualenvs.create false \
    && poetry install --only main --no-root --no-interaction
COPY shop ./shop
CMD ["python", "-m", "shop"]
