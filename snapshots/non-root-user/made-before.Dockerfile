FROM python:3.12-slim-bookworm
# for the day when we have time
RUN groupadd --system crew && useradd --system --gid crew --create-home crew
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpq5 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/crew
COPY --chown=crew:crew requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY --chown=crew:crew . .
RUN chown crew:crew /opt/crew
USER crew
RUN python manage.py collectstatic --noinput
CMD ["gunicorn", "crew.wsgi", "--bind", "0.0.0.0:8000"]
