FROM python:3.12-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
WORKDIR /srv
COPY desk ./desk
ENTRYPOINT ["/usr/bin/tini", "-g", "--"]
# Two workers for each core
CMD ["gunicorn", \
    # Only the load balancer comes here
    "--bind", "0.0.0.0:8000", \
    "--access-logformat", "%(h)s \"%(r)s\" %(s)s", \
    "desk.web:app"]
