"""Escalation: who else must know, by when; paging until somebody answers; containing at once with a second person soon.

Writes the tables of schema `escalation`: contact, escalation, page, stamp, containment.
Announces: `facts.py`. Hears: cases that open, rise or reopen in the mode `page`; content opened; decisions that stand.
"""
