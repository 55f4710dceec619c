"""Courses as they are kept."""
