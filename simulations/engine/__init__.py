"""Compute every simulation of Headroom: pure functions on numpy arrays.

Nothing here reads a clock, a file, the network or a global random state, and nothing imports a
web framework: callers pass parameters and, where something is drawn, a `numpy.random.Generator`.
"""

VERSION = "5"
"""Changes whenever any result may change; stored with every computation and every course revision."""
