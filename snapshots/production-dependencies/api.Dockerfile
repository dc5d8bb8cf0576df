FROM python:3.12 AS builder

WORKDIR /srv
RUN pip install --no-cache-dir poetry==1.8.5 \
    && poetry config virtualenvs.in-project true
COPY pyproject.toml poetry.lock ./
RUN poetry install --only main --no-root --no-interaction

FROM python:3.12-slim

# Handy in an emergency
RUN pip install --no-cache-dir \
    # what the team looks at logs with
    loguru-tail
WORKDIR /srv
COPY --from=builder /srv/.venv /srv/.venv
COPY api ./api
CMD ["/srv/.venv/bin/python", "-m", "api"]
