"""Encoders: pictures and words to vectors. One file per model family."""
