"""A trial of a destination: a signed message that orders nothing, so that a mistake is found before an effect is due."""

import time
from datetime import datetime

from assize.enforcement.errors import NoSuchDestination
from assize.enforcement.facts import DestinationTried
from assize.enforcement.logic.envelope import CONTENT_TYPE, trial
from assize.enforcement.models import Destination, Outbound, Trial
from assize.kernel.ids import new_id
from assize.platform.db import Database
from assize.platform.webhooks import AddressForbidden, Message, Reach, post
from assize.platform.webhooks import DeliveryFailed as NoAnswer
from assize.workforce.models import Principal, Right
from assize.workforce.service import require


def try_destination(database: Database, who: Principal, *, outbound: Outbound, name: str, at: datetime) -> Trial:
    """Send a trial message to a destination and say what it answered. Raises NoSuchDestination.

    No transaction is open while the receiver takes its time; that it was tried is a fact afterwards.
    """
    with database.transaction(who) as tx:
        require(tx, Right.DELIVERIES_MANAGE)
    destination = next((one for one in outbound.destinations if one.name == name), None)
    if destination is None:
        raise NoSuchDestination
    found = _sent(outbound, destination, at=at)
    with database.transaction(who) as tx:
        tx.record(DestinationTried(destination=name, status=found.status, problem=found.problem), at=at)
    return found


def _sent(outbound: Outbound, destination: Destination, *, at: datetime) -> Trial:
    message_id = new_id("try")
    message = Message(
        id=message_id,
        body=trial(message_id=message_id, source=outbound.source, at=at),
        secret=destination.secret,
        content_type=CONTENT_TYPE,
    )
    reach = Reach(private=outbound.private, timeout_s=outbound.timeout_s)
    began, status, problem = time.monotonic(), None, None
    try:
        answer = post(destination.url, message, at=at, reach=reach)
        status, problem = answer.status, None if answer.accepted else f"answered {answer.status}"
    except AddressForbidden as error:
        problem = str(error.facts["reason"])
    except NoAnswer as error:
        problem = str(error.facts["reason"])
    return Trial(destination=destination.name, status=status, problem=problem, took_s=time.monotonic() - began)
