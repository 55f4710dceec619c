"""A step for somebody who does not measure: an expert who adjudicates, a participant of a round, whoever disputes."""

from collections.abc import Iterator
from contextlib import contextmanager

from assize.platform.db import Tx
from assize.platform.sql import queries

SQL = queries("assize.quality.store.words")


@contextmanager
def measuring(tx: Tx) -> Iterator[None]:
    """Let what is kept from those who are measured exist within, and not after; compartments hold all the same.

    Only around what a service has checked and returns by its own choice: never around what a caller asks for freely.
    """
    if tx.actor.scope.measuring or tx.actor.scope.everything:
        yield
        return
    before = tx.value(SQL["measure"], {"measuring": "on"})
    yield  # no finally: after an error the transaction is gone, and the setting with it
    tx.run(SQL["measure"], {"measuring": before})
