"""Secrets kept in the database, sealed again: `assize reseal`, the worker's start, and what doctor says of them."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from assize.escalation import service as escalation
from assize.kernel import clock
from assize.platform import sealing
from assize.platform.db import Database
from assize.platform.doctor import Finding, broken, doubtful, well
from assize.platform.settings import Settings, read_settings
from assize.workforce.models import SYSTEM

Opening = Callable[[], AbstractContextManager[Database]]


@click.command()
@click.option("--new-key", is_flag=True, help="Make a new key first, and seal with it.")
@click.pass_obj
def reseal(opening: Opening, new_key: bool) -> None:
    """Seal every secret in the database again with the newest key.

    A key that no secret needs any more leaves the file at the next run.
    """
    settings = read_settings(os.environ)
    with opening() as database:
        sealer = sealing.add_key(settings) if new_key else sealing.sealer(settings)
        with database.transaction(SYSTEM) as tx:
            before = escalation.keys_of_secrets(tx)
            result = escalation.reseal(tx, sealer=sealer, at=clock.now())
    # What was in use a moment ago stays: a server may be sealing with the key it read before this one was made.
    sealing.keep_keys(settings, ids=set(before))
    click.echo(f"{result.done} secrets sealed anew with key {sealer.key_id}.")
    if result.left:
        raise click.ClickException(
            f"{result.left} secrets were sealed with a key that is not here and stay as they are. "
            "Bring that key, or take those contacts off call and add them again."
        )


def seal_plain(database: Database, settings: Settings) -> None:
    """Seal what a version before seals kept in plain; nothing is done, and no key made, where there is nothing such."""
    with database.transaction(SYSTEM) as tx:
        if escalation.keys_of_secrets(tx).get(escalation.PLAIN):
            escalation.reseal(tx, sealer=sealing.sealer(settings), at=clock.now())


def sealed_secrets(settings: Settings, dsn: str) -> Finding:
    """Whether the secrets in the database are sealed, and can be opened here. Makes no key."""
    with Database(dsn, max_size=1) as database, database.transaction(SYSTEM) as tx:
        held = escalation.keys_of_secrets(tx)
    keys = sealing.sealer(settings).key_ids if sealing.has_sealer(settings) else ()
    lost = sum(count for key, count in held.items() if key not in {*keys, escalation.PLAIN})
    if lost:
        return broken(
            f"{lost} contacts' secrets were sealed with a key that is not here; their webhooks are not paged.",
            "Bring keys/sealing.key from where they were sealed, or set ASSIZE_SEALING_KEY to the same on every machine.",
        )
    if held.get(escalation.PLAIN):
        return doubtful("Secrets of contacts are kept in plain.", "Run `assize reseal`, or start the worker.")
    if any(key != keys[0] for key in held):
        return doubtful("Secrets of contacts are sealed with an older key.", "Run `assize reseal`.")
    return well("The secrets kept in the database are sealed.")
