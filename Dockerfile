# syntax=docker/dockerfile:1
# One image for every process: `serve`, `worker`, `carrier`, `migrate` (see compose.yaml).

# ---- the console ----
FROM node:20-slim AS console
WORKDIR /build/agent_ui/web
COPY agent_ui/web/package.json agent_ui/web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY agent_ui/web ./
RUN npm run build

# ---- the packages ----
FROM python:3.11-slim AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /venv
COPY requirements.lock /build/
# Every package with its hash: nothing is installed that was not reviewed.
RUN /venv/bin/pip install --require-hashes --no-deps -r /build/requirements.lock

# ---- what runs ----
FROM python:3.11-slim
RUN useradd --system --uid 10001 --create-home callcenter \
    && mkdir /data && chown callcenter:callcenter /data
COPY --from=packages /venv /venv
WORKDIR /app
COPY pyproject.toml alembic.ini ./
COPY migrations ./migrations
COPY callcenter ./callcenter
COPY campaigns ./campaigns
COPY crm_sync ./crm_sync
COPY backoffice ./backoffice
COPY agent_ui ./agent_ui
COPY --from=console /build/agent_ui/web/dist ./agent_ui/web/dist
# In place: migrations and the built console lie beside the packages.
RUN touch README.md && /venv/bin/pip install --no-deps --no-build-isolation --no-cache-dir -e . \
    && /venv/bin/python -m compileall -q /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    CALLCENTER_HOME=/data HOST=0.0.0.0 PORT=8000
USER callcenter
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=2)"]
ENTRYPOINT ["callcenter"]
CMD ["serve"]
