FROM python:3.11-slim AS base
ENV PIP_NO_CACHE_DIR=off \
    PIP_DISABLE_PIP_VERSION_CHECK=1
RUN pip install gunicorn

FROM base
RUN pip install flask
