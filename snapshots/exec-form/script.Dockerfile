FROM python:3.12-slim
WORKDIR /app
COPY . .
EXPOSE 8000
ENTRYPOINT ["./docker/serve.sh", "--port", "8000"]
