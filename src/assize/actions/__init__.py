"""Actions: one file carries out one kind of action. Each holds an `ACTION` that fits `enforcement.ports.Action`.

They are strangers to each other; `app/plugins.py` attaches them all.
"""
