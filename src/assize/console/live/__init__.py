"""Live updates: pages are told that something changed, never what; they ask for themselves again."""
