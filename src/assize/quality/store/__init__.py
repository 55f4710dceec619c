"""Rows of quality in and out."""
