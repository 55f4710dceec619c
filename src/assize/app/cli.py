"""The command line: `assize up | demo | server | worker | migrate | doctor | reseal | import | policy | operations | bench | audit | quality | user`."""

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import cache

import click

from assize import __version__
from assize.app.loading import LazyGroup
from assize.kernel.errors import AssizeError
from assize.platform.db import Database
from assize.platform.settings import Settings, read_settings

# Commands are found by name and loaded when called: `assize user` need not load the rule engine.
COMMANDS = {
    "up": "assize.app.up:up",
    "demo": "assize.app.demo:demo",
    "server": "assize.app.up:server",
    "worker": "assize.app.up:worker",
    "migrate": "assize.app.up:migrate",
    "doctor": "assize.app.doctor:doctor",
    "reseal": "assize.app.resealing:reseal",
    "import": "assize.app.importing:import_file",
    "policy": "assize.app.checking:policy",
    "operations": "assize.app.summing:operations",
    "bench": "assize.bench.commands:bench",
    "audit": "assize.audit.commands:audit",
    "quality": "assize.quality.commands:quality",
    "user": "assize.workforce.commands:user",
    "reference": "assize.app.reference:reference",
}


@cache
def settings() -> Settings:
    """Return this process's settings, read once."""
    return read_settings(os.environ)


@contextlib.contextmanager
def opening() -> Iterator[Database]:
    """Open the installation's database for a command."""
    from assize.app.installation import opened  # noqa: PLC0415 - `--help` needs no database

    with opened(settings()) as database:
        yield database


@click.group(cls=LazyGroup, commands_by_name=COMMANDS)
@click.version_option(__version__, prog_name="assize")
@click.pass_context
def assize(context: click.Context) -> None:
    """Operations platform for critical harm at AI platforms."""
    context.obj = opening


def main() -> None:
    """Run the command line; an error of ours is one plain sentence, without a traceback."""
    try:
        assize(standalone_mode=True)
    except AssizeError as error:
        click.echo(f"assize: {error.message}", err=True)
        sys.exit(2)
