"""What this room tells the rooms above it, without knowing them."""

from __future__ import annotations

from django.dispatch import Signal

guest_claimed = Signal()
"""A guest logged in to an existing account. Sent inside the transaction with `guest_person` and `person`, so that what
the guest did can move to the person or not at all. Signing up sends nothing: the guest's person stays the same."""

login_erased = Signal()
"""A person had their login erased. Sent inside the transaction with `person`, so that what is theirs alone goes too."""
