FROM python:3.12-slim
WORKDIR /srv/queue
COPY requirements.txt ./
RUN pip install --no-cache-dir -r requirements.txt

COPY --chmod=755 deploy/entrypoint.sh deploy/wait.sh /usr/local/bin/

COPY --chmod=755 deploy/jobs /srv/jobs

COPY worker ./worker
COPY --chmod=755 deploy/health.py /health.py
RUN ln -s /health.py /usr/bin/health

ENTRYPOINT ["entrypoint.sh"]
