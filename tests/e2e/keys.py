"""What only the server knows: the key of the variant that a page shows, read from the site's database."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.site import Site


def variant(site: Site, variant_id: str) -> dict[str, Any]:
    """Return the stored variant: `rendered` and `key`."""
    with psycopg.connect(site.environment["DATABASE_URL"], row_factory=dict_row) as connection:
        row = connection.execute(
            "SELECT rendered, key FROM quizzes_variant WHERE id = %s", (uuid.UUID(variant_id),)
        ).fetchone()
    assert row is not None, f"there is no variant {variant_id}"
    return row


def spend_the_minute(site: Site) -> None:
    """Let the one sitting that runs have begun so long ago that ten seconds of its minute are left."""
    with psycopg.connect(site.environment["DATABASE_URL"]) as connection:
        moved = connection.execute(
            "UPDATE quizzes_sitting SET started_at = now() - interval '50 s', ends_at = now() + interval '10 s' "
            "WHERE ended_at IS NULL AND ends_at < now() + interval '1 minute'"
        )
    assert moved.rowcount == 1
