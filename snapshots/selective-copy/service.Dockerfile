FROM python:3.12-slim AS base
WORKDIR /srv/shop
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
RUN useradd shop
# Everything the shop needs
COPY --chown=shop:shop shop ./shop
COPY --chown=shop:shop TERMS.md main.py requirements.txt ruff.toml settings.toml ./

FROM base AS check
RUN pip install --no-cache-dir ruff
CMD ["ruff", "check", "shop"]

FROM base
USER shop
CMD ["python", "main.py"]
