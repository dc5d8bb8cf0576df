FROM ghcr.io/astral-sh/uv:0.5 AS uv

FROM python:3.12-slim
COPY --from=uv /uv /usr/local/bin/uv
ENV UV_LINK_MODE=copy
WORKDIR /srv
COPY requirements.txt pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-install-project
RUN python -m pip install --no-cache-dir --upgrade pip && \
    # pinned by the platform team
    pip install --no-cache-dir -r requirements.txt \
        --index-url https://packages.example.org/simple
RUN if [ -n "$EXTRA" ]; then uv pip install --no-cache --system $EXTRA; fi
CMD ["python", "-m", "service"]
