FROM python:3.11-slim

# Numbers that compose.yaml names, and that the volumes belong to.
RUN groupadd --gid 999 site
RUN useradd --uid 999 --gid site --no-create-home site
WORKDIR /site
COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements/runtime.txt
COPY . .

ENV PYTHONUNBUFFERED=1 VAR_DIR=/var/lib/site
RUN install --directory --owner site --group site /var/lib/site /var/lib/site/media /var/lib/site/backups /var/lib/site/cache
USER site
# Nothing is ever served with this key: the static files need none.
RUN SECRET_KEY=build SITE_URL=http://localhost python manage.py prepare --static

EXPOSE 8000
# The first start applies the migrations and fills the empty site.
HEALTHCHECK --start-period=5m --interval=30s --timeout=5s CMD ["python", "deploy/health.py"]
CMD ["python", "manage.py", "serve", "0.0.0.0:8000"]
