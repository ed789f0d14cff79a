#!/usr/bin/env python
"""Django's command line."""

import gc
import os
import sys

COLLECT_AFTER = 50_000
"""Objects made before garbage is looked for: at Python's 700, a tenth of a command's start is spent on it."""


def main() -> None:
    """Run one management command."""
    gc.set_threshold(COLLECT_AFTER)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
