"""Intake over HTTP: the hot route that takes events, and the routes around it."""

from assize.intake.api.hot import hot_routes
from assize.intake.api.routes import router

__all__ = ["hot_routes", "router"]
