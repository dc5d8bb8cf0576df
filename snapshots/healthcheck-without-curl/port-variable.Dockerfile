FROM ghcr.io/astral-sh/uv:python3.12-trixie-slim
WORKDIR /app
RUN apt-get update && \
    apt-get install -y --no-install-recommends tini && \
    rm -rf /var/lib/apt/lists/*
COPY . .
RUN uv sync --frozen --no-cache
ENV PORT=8080
HEALTHCHECK CMD python -I -c "import urllib.request; urllib.request.urlopen(urllib.request.Request('http://localhost:${PORT}/up?from=docker', method='HEAD')).read()"
ENTRYPOINT ["tini", "--"]
CMD ["/app/.venv/bin/python", "main.py"]
