"""What every slice stands on: ids, the clock, facts, errors, actors, measures.

Standard library only. Nothing here knows a database, a web server or a harm.
"""
