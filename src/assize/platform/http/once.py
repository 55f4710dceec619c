"""A request repeated under its Idempotency-Key happens once and gets the same answer."""

from datetime import datetime

from assize.kernel.errors import AssizeError, Conflict, Invalid
from assize.platform.db import Tx
from assize.platform.sql import queries

SQL = queries("assize.platform")


class KeyReused(Invalid):
    """This Idempotency-Key was used for another request. Make a new key for a new request."""

    code = "idempotency-key-reused"


class AnswerNotKept(Conflict):
    """This request was carried out, or is being carried out now, and its answer is not kept. Read the state instead."""

    code = "answer-not-kept"


class Replay(AssizeError):
    """The kept answer of the same request."""

    code = "replay"

    def __init__(self, *, status: int, media_type: str, body: bytes) -> None:
        super().__init__()
        self.status = status
        self.media_type = media_type
        self.body = body


def reserve(tx: Tx, *, key: str, fingerprint: bytes, at: datetime) -> None:
    """Take the key for this transaction.

    Waits for a transaction that holds the same key. Raises Replay with the kept answer, KeyReused where the request
    is another one, AnswerNotKept where the process died between the change and the keeping of its answer.
    """
    asked = {"actor": tx.actor.id, "key": key}
    if tx.row(SQL["reserve_answer"], asked | {"fingerprint": fingerprint, "at": at}):
        return
    kept = tx.row(SQL["answer_kept"], asked)
    if kept is None or (kept["status"] is None and kept["fingerprint"] == fingerprint):
        raise AnswerNotKept
    if kept["fingerprint"] != fingerprint:
        raise KeyReused(field="Idempotency-Key")
    raise Replay(status=kept["status"], media_type=kept["media_type"], body=kept["body"])


def keep(tx: Tx, *, key: str, status: int, media_type: str, body: bytes) -> None:
    """Keep the answer under its key."""
    answer = {"actor": tx.actor.id, "key": key, "status": status, "media_type": media_type, "body": body}
    tx.run(SQL["keep_answer"], answer)
