# syntax=docker/dockerfile:1
# The station service: `docker build --target development .` for work on it
ARG PYTHON=3.12

FROM python:${PYTHON}-slim-bookworm AS system
LABEL org.opencontainers.image.title="station"
# libpq: the database; curl: the health check
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libatomic1 \
        libgomp1 \
        # the database
        libpq5 \
        curl \
    && rm -rf /var/lib/apt/lists/*

FROM system AS base
ENV PYTHONUNBUFFERED=1
RUN pip install --upgrade pip setuptools
WORKDIR /srv/station

# What only building needs
FROM base AS base-build
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        build-essential \
        libpq-dev \
    && rm -rf /var/lib/apt/lists/*

# For work on it
FROM base-build AS development
COPY requirements.txt requirements-dev.txt ./
RUN pip install -r requirements-dev.txt
CMD ["flask", "--app", "station", "run", "--debug"]

# Installs the distributions; only the finished environment leaves this stage
FROM base-build AS builder
COPY requirements.txt .
# All distributions in one folder that another stage can copy
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip install --upgrade pip setuptools

# pinned by the release
RUN pip install --no-cache-dir -r requirements.txt

# What is shipped
FROM base AS production
RUN useradd --system station
COPY requirements.txt .
COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

COPY station.py .
USER station
HEALTHCHECK CMD curl -f http://localhost:8000/
CMD ["gunicorn", "station:app"]
