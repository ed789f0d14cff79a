"""Pages of this room and the fragments that they exchange with the server, a file a subject."""
