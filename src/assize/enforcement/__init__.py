"""Enforcement: what was done, to whom, undone, appealed; and what was done instead (support, defects, watches).

Writes the tables of schema `enforcement`: enforcement, approval, effect, delivery, strike, appeal, notice, support,
safeguard_defect, watch, information_request.
Announces: `facts.py`. Hears: decisions that stand or are undone, cases that open (for watches).
"""
