"""How things are loaded: a group of commands each when it is called, a process's modules without looking for garbage."""

import gc
import importlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click


class LazyGroup(click.Group):
    """A click group over `name -> "module:attribute"`."""

    def __init__(self, *args: Any, commands_by_name: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands_by_name = commands_by_name

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order they were given."""
        del ctx
        return list(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        del ctx
        place = self.commands_by_name.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@contextmanager
def loading_for_good() -> Iterator[None]:
    """Look for no garbage while a long-lived process loads, nor later among what it loaded.

    There is none: looking takes a twentieth of the start, and a search through all of it stops every thread.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
