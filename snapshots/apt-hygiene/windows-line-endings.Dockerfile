FROM debian:bookworm-slim
RUN apt-get update && \
    apt-get install -y \
        libmagic1 \
        tree && \
    rm -rf /var/lib/apt/lists/*
USER nobody
