"""Signals: what can be told about an event. One file each, strangers to one another.

A new signal is a file here with a `SIGNAL` that implements `triage.ports.Signal`; nothing else has to be changed.
"""
