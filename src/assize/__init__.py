"""Assize: the open operations platform for critical harm at AI platforms."""

__version__ = "0.1.0"
