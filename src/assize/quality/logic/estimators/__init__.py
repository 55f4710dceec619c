"""Estimators: numbers in, an estimate with its interval out, or the reason why there is none.

Standard library and numpy only; no clock, no file, no randomness of their own: a generator is passed in.
"""
