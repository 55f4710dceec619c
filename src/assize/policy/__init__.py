"""Policy: what counts as harm, and how grave it is. Packs as data, clauses, versions, severity gates, routing.

Writes the tables of schema `policy`: version, proposal, draft, draft_revision.
Announces: `facts.py`. Hears: nothing.
"""
