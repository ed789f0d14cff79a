"""What the catalogue tells the rooms above it, without knowing them."""

from __future__ import annotations

from django.dispatch import Signal

event_recorded = Signal()
"""An event was recorded. Sent with `event` inside its transaction, so that a projection changes with it or not."""

revision_published = Signal()
"""An offering reads a revision from now on. Sent with `revision` inside the transaction that makes it so."""
