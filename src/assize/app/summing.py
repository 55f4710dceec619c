"""`assize operations`: the sums that operations pages are read from, made again from the rows."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import click

from assize.enforcement import service as enforcement
from assize.kernel import clock
from assize.platform import rollups
from assize.platform.db import Database
from assize.quality import service as quality
from assize.review import service as review
from assize.triage import service as triage
from assize.workforce.models import SYSTEM

Opening = Callable[[], AbstractContextManager[Database]]
SLICES = (triage, review, enforcement, quality)


@click.group()
def operations() -> None:
    """Look after what operations pages are read from."""


@operations.command()
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]), default=None, help="Only from then on (UTC)."
)
@click.option("--go-on", is_flag=True, help="Forget nothing: finish a run that was stopped.")
@click.pass_obj
def rebuild(opening: Opening, since: datetime | None, go_on: bool) -> None:
    """Forget the sums by hour and make them again from the rows.

    Sums that are not made yet are read from the rows, so that pages stay right meanwhile, and are slower. A day at a
    time, each in a transaction of its own: a run that is stopped is finished by the worker, or with --go-on.
    """
    with opening() as database:
        if not go_on:
            with database.transaction(SYSTEM) as tx:
                rollups.forget(tx, since=None if since is None else since.replace(tzinfo=UTC))
        steps = 0
        for until in made_again(database, at=clock.now()):
            steps += 1
            if sys.stderr.isatty():
                click.echo(f"\r{until:%Y-%m-%d}", err=True, nl=False)
        click.echo(f"The sums are made, in {steps} steps.")


def made_again(database: Database, *, at: datetime) -> Iterator[datetime]:
    """Make every sum that is missing, one step at a time; yields up to when the furthest behind are made."""
    for slice_ in SLICES:
        while slice_.roll(database, at=at, wait=True):
            with database.transaction(SYSTEM) as tx:
                yield min(rollups.made(tx).values(), default=at)
