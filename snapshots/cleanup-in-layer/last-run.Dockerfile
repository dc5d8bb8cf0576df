FROM python:3.12-slim-bookworm

# System libraries
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libxml2 \
        libxslt1.1 \
    && rm -rf /var/lib/apt/lists/*

COPY requirements.txt .
RUN pip install -r requirements.txt \
    && rm -rf /root/.cache \
    && find /usr/local -type d -name __pycache__ -prune -exec rm -rf {} +

COPY . .

CMD ["python", "app.py"]
