# syntax=docker/dockerfile:1

# Looms: weaving patterns over HTTP
FROM python:3.12-slim AS builder
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 \
    UV_PROJECT_ENVIRONMENT=/opt/venv
WORKDIR /src
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --locked --no-install-project \
        # colours are matched by a model
        --extra match \
        --no-dev
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-editable --extra match --no-dev

# What the variant core is built from
FROM python:3.12-slim AS core-builder
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 \
    UV_PROJECT_ENVIRONMENT=/opt/venv
WORKDIR /src
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --locked --no-install-project \
        # colours are matched by a model
        --no-dev
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --locked --no-editable --no-dev

# Variant of the stage production, without extras
FROM python:3.12-slim AS core
RUN useradd --create-home loom
COPY --from=core-builder --chown=loom:loom /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
USER loom
CMD ["uvicorn", "looms.main:app", "--host", "0.0.0.0"]

# What the variant full is built from
FROM python:3.12-slim AS full-builder
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
ENV UV_COMPILE_BYTECODE=1 \
    UV_PROJECT_ENVIRONMENT=/opt/venv
WORKDIR /src
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=uv.lock,target=uv.lock \
    --mount=type=bind,source=pyproject.toml,target=pyproject.toml \
    uv sync --extra match --extra print --locked --no-install-project \
        # colours are matched by a model
        --no-dev
COPY . .
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --extra match --extra print --locked --no-editable --no-dev

# Variant of the stage production, with the extras match, print
FROM python:3.12-slim AS full
RUN useradd --create-home loom
COPY --from=full-builder --chown=loom:loom /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
USER loom
CMD ["uvicorn", "looms.main:app", "--host", "0.0.0.0"]

# ---- production ----
FROM python:3.12-slim AS production
RUN useradd --create-home loom
COPY --from=builder --chown=loom:loom /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
USER loom
CMD ["uvicorn", "looms.main:app", "--host", "0.0.0.0"]
