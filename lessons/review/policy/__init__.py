"""The rules of this room, pure: when a card is due, what is dealt in a day, what counts as knowing."""
