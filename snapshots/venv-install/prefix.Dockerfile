FROM python:3.12-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1

# Compiles what has no wheel
FROM base AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*
RUN mkdir /install
COPY requirements.txt /tmp/
# All distributions in one folder that another stage can copy
RUN python -m venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

RUN pip install --upgrade pip && \
    pip install --no-cache-dir \
        -r /tmp/requirements.txt

FROM base AS test
# the same packages
COPY --from=build /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
RUN pip install --no-cache-dir pytest

FROM build AS builder
WORKDIR /srv
COPY . .
# the project itself
RUN pip install --no-cache-dir --no-deps .

FROM base
WORKDIR /srv
# the packages
COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"
COPY . .
CMD ["ledger"]
