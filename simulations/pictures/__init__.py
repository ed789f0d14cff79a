"""Draw what the engine returned, where no script does: the catalogue's thumbnails, and pictures for other sites.

Pure functions from a result's JSON values to SVG text or PNG bytes. Geometry is computed once, in `drawing`.
"""

VERSION = "2"
"""Changes whenever a picture of the same result may look different; part of a picture's address."""
