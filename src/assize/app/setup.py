"""What a new installation needs before its first use: a published policy and somebody who can sign in."""

from assize.kernel import clock
from assize.kernel.chance import secret
from assize.platform.db import Database
from assize.policy import service as policy
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Role

ADMINISTRATOR = "admin@assize.local"


def first_run(database: Database) -> str:
    """Publish the starter policy and add an administrator where there is none; return what to tell whoever started.

    Done again it changes nothing and returns "".
    """
    at = clock.now()
    with database.transaction(SYSTEM) as tx:
        if not policy.published(tx):
            policy.publish(tx, pack=policy.load("starter"), at=at, reason="first run")
        if workforce.reviewers(tx):
            return ""
        password = secret(12)
        workforce.add_person(
            tx,
            name="Administrator",
            email=ADMINISTRATOR,
            roles=[Role.ADMINISTRATOR, Role.OPERATIONS_MANAGER],
            password=password,
            at=at,
        )
    return (
        f"Sign in as {ADMINISTRATOR} with the password {password} (shown once; `assize user password` sets another).\n"
    )
