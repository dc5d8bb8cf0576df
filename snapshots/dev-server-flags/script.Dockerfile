# Tide tables over HTTP
FROM python:3.12-slim

ENV FLASK_APP=tides \
    FLASK_ENV=production \
    FLASK_DEBUG=0

WORKDIR /srv/tides
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .

EXPOSE 8000
ENTRYPOINT ["/srv/tides/start.sh"]
# the team likes it to reload
CMD ["gunicorn", "tides:app", \
     "--bind", "0.0.0.0:8000", \
     "--workers", "2"]
