"""Rows of intake to and from what they mean, one module for each noun."""
