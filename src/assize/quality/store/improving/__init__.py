"""Causes of errors and what is done about them, as they are kept."""
