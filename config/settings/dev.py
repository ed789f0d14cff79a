"""A machine of one's own: what `make run` uses. Loopback only."""

from __future__ import annotations

from config import env
from config.settings.base import *  # noqa: F403 - a settings module is its base with changes

STATE_DIR = env.text(
    "HEADROOM_STATE_DIR",
    meaning="where a local installation keeps mail and schedules",
    default=str(BASE_DIR / ".state"),  # noqa: F405
)
DEMO_LOGINS = env.truth(
    "DEMO_LOGINS", meaning="whether the demo logins work, and then from this machine alone", default=True
)
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = f"{STATE_DIR}/mail"
BEAT_SCHEDULE_FILE = f"{STATE_DIR}/celerybeat-schedule"
LOGGING = {"level": LOG_LEVEL, "json": False}  # noqa: F405

# Static files straight from where they are built: no collecting between a change and a look.
WHITENOISE_USE_FINDERS = True
