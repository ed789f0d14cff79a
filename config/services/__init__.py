"""Run Headroom on one machine: its servers, its processes, and the stages before them.

Nothing here imports Django or a room of the site: what needs them is a `manage.py` command in a process of its own.
`bootstrap` and `paths` need the standard library only, because they run before anything is installed.
"""
