FROM python:3.11-slim AS builder
RUN pip install --no-cache-dir poetry==2.1.3
ENV POETRY_VIRTUALENVS_IN_PROJECT=1
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry install --no-root --only main --extras "tides charts"
COPY harbour ./harbour

FROM builder AS checks
RUN poetry install --no-root
RUN poetry run pytest

# What the variant core is built from
FROM python:3.11-slim AS core-builder
RUN pip install --no-cache-dir poetry==2.1.3
ENV POETRY_VIRTUALENVS_IN_PROJECT=1
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry install --only main --no-root
COPY harbour ./harbour

# Variant of the last stage, without extras
FROM python:3.11-slim AS core
WORKDIR /app
COPY --from=core-builder /app /app
CMD ["/app/.venv/bin/gunicorn", "harbour:app"]

# What the variant load is built from
FROM python:3.11-slim AS load-builder
RUN pip install --no-cache-dir poetry==2.1.3
ENV POETRY_VIRTUALENVS_IN_PROJECT=1
WORKDIR /app
COPY pyproject.toml poetry.lock ./
RUN poetry install --only main,load --extras tides --no-root
COPY harbour ./harbour

# Variant of the last stage, with the extras load, tides
FROM python:3.11-slim AS load
WORKDIR /app
COPY --from=load-builder /app /app
CMD ["/app/.venv/bin/gunicorn", "harbour:app"]

FROM python:3.11-slim
WORKDIR /app
COPY --from=builder /app /app
CMD ["/app/.venv/bin/gunicorn", "harbour:app"]
