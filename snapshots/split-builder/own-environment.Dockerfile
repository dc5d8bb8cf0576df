# Installs the distributions; only the finished environment leaves this stage
FROM python:3.12-slim-bookworm AS builder
WORKDIR /app
COPY --from=ghcr.io/astral-sh/uv:0.8.4 /uv /bin/uv
ENV VIRTUAL_ENV=/app/.venv
RUN uv venv $VIRTUAL_ENV
ENV PATH=$VIRTUAL_ENV/bin:$PATH

COPY pyproject.toml .
RUN uv pip install --no-cache -r pyproject.toml
COPY src ./src
# the tool itself
RUN uv pip install --no-cache --no-deps .

FROM python:3.12-slim-bookworm

# a folder of its own, so that a mounted one does not hide it
WORKDIR /app
ENV VIRTUAL_ENV=/app/.venv
COPY --from=builder /app/.venv /app/.venv
ENV PATH=$VIRTUAL_ENV/bin:$PATH

COPY pyproject.toml .
COPY src ./src

USER 5000
WORKDIR /work
ENTRYPOINT ["tally-sheet"]
