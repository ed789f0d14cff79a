"""Name the built scripts and styles of a page, whose file names carry a hash of their content."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

logger = logging.getLogger(__name__)
register = template.Library()

MANIFEST = Path("static", "build", "manifest.json")


@register.simple_tag
def entry_script(name: str) -> SafeString:
    """Return the script element of an entry, such as "simulation" for frontend/src/simulation.js."""
    return format_html('<script type="module" src="{}"></script>', _address(f"{name}.js"))


@register.simple_tag
def entry_style(name: str) -> SafeString:
    """Return the stylesheet link of an entry, such as "main" for frontend/styles/main.css."""
    return format_html('<link rel="stylesheet" href="{}">', _address(f"{name}.css"))


def _address(entry: str) -> str:
    """Return where an entry is served.

    Without a build the plain name is returned: the page then comes without style and script, and still reads.
    """
    manifest = settings.BASE_DIR / MANIFEST
    try:
        changed_at = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        logger.warning("The front end is not built, so pages come without style and script: run `make run`.")
        return static(f"build/{entry}")
    return static(f"build/{_read(manifest, changed_at)[entry]}")


@lru_cache(maxsize=1)
def _read(manifest: Path, changed_at: int) -> dict[str, str]:
    """Return entry names with the files built from them; `changed_at` makes a new build a new key."""
    names: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))
    return names
