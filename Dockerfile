# One image for web, worker, beat and migrations; docker-compose.yml says which of them a container is.

FROM node:22-slim AS frontend
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY frontend frontend
RUN node frontend/build.mjs

FROM python:3.11-slim AS packages
COPY requirements.lock .
RUN python -m venv /opt/headroom \
    && /opt/headroom/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock

FROM python:3.11-slim
RUN useradd --system --uid 10001 --user-group --no-create-home headroom
ENV PATH=/opt/headroom/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production
WORKDIR /srv/headroom
COPY --from=packages /opt/headroom /opt/headroom
COPY manage.py ./
COPY accounts accounts
COPY config config
COPY lessons lessons
COPY quizzes quizzes
COPY simulations simulations
COPY --from=frontend /build/static/build static/build
# Collecting files needs settings that can be read, not servers that answer; nothing of these three stays in the image.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
    DATABASE_URL=postgresql://none@/none REDIS_URL=unix:///none \
    python manage.py collectstatic --no-input
USER headroom
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-m", "config.services.probe"]
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
     "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
