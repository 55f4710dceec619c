"""The floor of the house: PostgreSQL, facts and outbox, HTTP shell, pages, settings, logs.

No domain words here: nothing in this package knows what a case or a harm is.
Tables: schema `platform` (fact, fact_body, answered, heartbeat) and procrastinate's own.
"""
