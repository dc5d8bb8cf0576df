# Counts ships: an SQLite database, uploads, a log
FROM python:3.12-slim AS builder
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.12-slim
ENV PATH="/opt/venv/bin:$PATH" \
    SHIPS_UPLOADS=/srv/ships/uploads
WORKDIR /srv/ships

RUN mkdir -p uploads logs
COPY --from=builder /opt/venv /opt/venv
RUN useradd --uid 10001 --user-group --create-home --shell /usr/sbin/nologin app
# the program and its seed
COPY --chown=app:app ships.py seed.csv ./
COPY start.sh /usr/local/bin/
RUN chown app:app /srv/ships /srv/ships/uploads /srv/ships/logs
USER 10001

EXPOSE 8000
HEALTHCHECK CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/')"
ENTRYPOINT ["/usr/local/bin/start.sh"]
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "ships:app"]
