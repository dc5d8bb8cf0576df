# syntax=docker/dockerfile:1
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1

# What the service loads, and what the health check calls
RUN apt-get update -qq && \
    apt-get install -y --no-install-recommends \
    # database
    libpq5 \
    # health check
    curl && \
    rm -rf /var/lib/apt/lists/*

FROM base AS builder
RUN apt-get update -qq && \
    apt-get install -y build-essential libpq-dev
RUN python -m venv /opt/venv && /opt/venv/bin/pip install psycopg2

FROM base AS report
RUN apt-get update && \
    apt-get install -y ghostscript poppler-utils && \
    apt-get clean && \
    rm -rf /var/lib/apt/lists/*
COPY --from=builder /opt/venv /opt/venv
CMD ["/opt/venv/bin/python", "-m", "report"]
