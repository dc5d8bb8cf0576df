FROM python:3.12 AS builder
RUN pip install --prefix=/install flask

FROM python:3.12-slim
COPY --from=builder /install /usr/local
RUN adduser --system app

RUN rm -f /usr/local/bin/pip-secret.txt
USER app
CMD ["flask", "run"]
