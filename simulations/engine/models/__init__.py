"""The models of the engine, one a module."""
