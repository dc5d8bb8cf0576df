FROM python:3.12-slim

# Where the code lives
WORKDIR /srv/shop
COPY --chown=1000:1000 requirements/production.txt requirements/base.txt ./requirements/

RUN pip install --no-cache-dir --upgrade pip
# Everything that is pinned
RUN pip install --no-cache-dir \
    # the web framework and its friends
    -r requirements/production.txt
COPY --chown=1000:1000 . .

EXPOSE 8000
USER 1000
CMD ["python", "-m", "app"]
