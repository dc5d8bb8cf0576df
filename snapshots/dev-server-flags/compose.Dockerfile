FROM python:3.12-slim AS base
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY berths.py .

FROM base AS api
ENV UVICORN_RELOAD=true
CMD uvicorn berths:app --host 0.0.0.0 --reload --reload-dir /app

FROM base AS live
CMD fastapi run berths.py --host 0.0.0.0 --port 8000
