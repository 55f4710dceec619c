"""Pages about several nouns: Now, Queues, Case, Account, Search, Operations. No tables of its own and no judgement: it asks the slices.

Announces: nothing.
"""
