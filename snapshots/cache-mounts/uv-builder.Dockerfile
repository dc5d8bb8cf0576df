# syntax=docker/dockerfile:1
FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim AS builder
ENV UV_LINK_MODE=copy
WORKDIR /app
RUN --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    --mount=type=cache,id=uv-ghcr.io-astral-sh-uv-python3.12-bookworm-slim,target=/root/.cache/uv \
    uv sync --frozen --no-dev --no-install-project
COPY . .
RUN --mount=type=cache,id=uv-ghcr.io-astral-sh-uv-python3.12-bookworm-slim,target=/root/.cache/uv \
    uv sync --frozen --no-dev

FROM python:3.12-slim-bookworm
RUN --mount=type=cache,id=apt-cache-python-3.12-slim-bookworm,target=/var/cache/apt,sharing=locked \
    --mount=type=cache,id=apt-lists-python-3.12-slim-bookworm,target=/var/lib/apt/lists,sharing=locked \
    rm -f /etc/apt/apt.conf.d/docker-clean \
    && apt-get update \
    && apt-get install -y --no-install-recommends libmagic1
COPY --from=builder /app /app
USER 1000
CMD ["/app/.venv/bin/python", "-m", "desk"]
