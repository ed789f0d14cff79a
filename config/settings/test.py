"""Settings of the test run: real PostgreSQL and Valkey, throwaway, cheap passwords."""

from __future__ import annotations

import os
import re

os.environ.setdefault("SECRET_KEY", "a key for tests alone, long enough to pass the check")
# Unit tests and type checks need no services; a test that does fails at once on these addresses, which nobody serves.
os.environ.setdefault("DATABASE_URL", "postgresql://absent@127.0.0.1:1/absent")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")

# Test processes side by side each count and queue in a numbered database of their own.
_process = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
if _process:
    os.environ["REDIS_URL"] = re.sub(r"(?<=[/=])\d+$", str(int(_process) % 16), os.environ["REDIS_URL"])

from config.settings.base import *  # noqa: E402, F403 - the environment comes first; a settings module is its base with changes

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEMO_LOGINS = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
LOGGING = {"level": "WARNING", "json": True}
# Files are looked up when they are asked for, so that no collected folder is needed.
WHITENOISE_AUTOREFRESH = True
