"""As little Django as Celery asks for."""

SECRET_KEY = "of no use"
INSTALLED_APPS: list[str] = []
USE_TZ = True
