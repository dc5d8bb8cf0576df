FROM python:3.11-slim-bookworm AS base
# the maps
RUN apt-get update && apt-get install -y --no-install-recommends libgeos-c1v5 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /srv

# The same upon the full image, for the stages that build
FROM python:3.11-bookworm AS base-build
# the maps
RUN apt-get update && apt-get install -y --no-install-recommends libgeos-dev \
    && rm -rf /var/lib/apt/lists/*
RUN pip install pip-tools
WORKDIR /srv

FROM base-build AS lock
COPY requirements.in .
RUN pip-compile requirements.in

FROM base-build AS install
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt

FROM base AS web
COPY --from=install /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY maps.py .
CMD ["gunicorn", "maps:app"]

FROM web AS worker
CMD ["celery", "-A", "maps", "worker"]
