"""Lookalike's chat adapters and web workbench, on top of :mod:`core`."""
