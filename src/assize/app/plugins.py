"""Plug-ins: every file in `signals/`, `actions/` and `sources/`, and whatever other packages offer by entry point.

A file holds one thing under one name: SIGNAL, ACTION or SOURCE. Entry points: groups `assize.signals`, `assize.actions`
and `assize.sources`, each pointing at such a thing.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from assize import actions, signals, sources
from assize.enforcement.ports import attach_actions
from assize.intake.ports import Source
from assize.review.ports import JudgementSource
from assize.triage.ports import register_signal


@cache
def attach() -> None:
    """Make signals and actions known to their slices; done once a process."""
    for signal in _things(signals, "SIGNAL"):
        register_signal(signal)
    attach_actions(_things(actions, "ACTION"))


@cache
def known_sources() -> dict[str, Source]:
    """Return the file formats that `assize import` reads, by name."""
    return {source.name: source for source in _things(sources, "SOURCE")}


@cache
def known_judgement_sources() -> dict[str, JudgementSource]:
    """Return the formats that bring decisions made elsewhere beside their events, by name."""
    return {source.name: source for source in _things(sources, "JUDGEMENTS")}


def _things(folder: ModuleType, name: str) -> Iterator[Any]:
    for found in pkgutil.iter_modules(folder.__path__):
        thing = getattr(importlib.import_module(f"{folder.__name__}.{found.name}"), name, None)
        if thing is not None:
            yield thing
    for entry in entry_points(group=folder.__name__):
        yield entry.load()
