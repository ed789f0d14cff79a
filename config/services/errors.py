"""What stops a start, told to the person at the terminal."""


class ServiceError(Exception):
    """Something the machine lacks or refuses; the message is one sentence that ends with the remedy."""
