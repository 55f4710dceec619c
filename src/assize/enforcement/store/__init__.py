"""Rows of enforcement in and out: plans, effects and deliveries, standing, and what was done instead."""
