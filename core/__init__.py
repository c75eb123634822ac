"""Lookalike's core: find products by picture and words. Knows no chat platform."""
