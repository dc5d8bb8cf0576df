# syntax=docker/dockerfile:1
ARG PYTHON=3.12
FROM python:${PYTHON}-slim-bookworm AS builder
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:${PYTHON}-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /srv/board

# The service must not run as root, and writes to its cache.
RUN groupadd --system board \
    && useradd --system --gid board --home-dir /srv/board --no-create-home board \
    # thumbnails
    && mkdir -p /srv/board/cache/thumbnails \
    && chown board:board /srv/board /srv/board/cache /srv/board/cache/thumbnails

COPY --from=builder --chown=board:board /opt/venv /opt/venv
# The service itself
COPY --chown=board:board board ./board
COPY --chown=board:board run.py settings.toml ./

USER board
CMD ["python", "run.py"]
