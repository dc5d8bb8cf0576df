FROM python:3.12-slim-bookworm AS builder
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim-bookworm
# libpq5: what the driver loads
RUN apt-get update && apt-get install -y --no-install-recommends \
    libatomic1 \
    libgomp1 \
    libpq5 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=builder /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY desk ./desk
USER 1000

# The load balancer asks for the same page
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s --retries=3 \
    CMD python -I -c "import http.client, sys; c = http.client.HTTPConnection('127.0.0.1:8000', timeout=2); c.request('GET', '/healthz'); r = c.getresponse(); r.read(); sys.exit(r.status >= 400)"

CMD ["gunicorn", "-b", "0.0.0.0:8000", "desk.web:app"]
