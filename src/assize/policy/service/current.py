"""The version in force, and those before it."""

import threading
from collections import OrderedDict

from assize.kernel.ids import PolicyVersionId
from assize.platform.db import Tx
from assize.policy import store
from assize.policy.errors import NoPolicy, UnknownClause, UnknownVersion, VersionAltered
from assize.policy.logic import difference
from assize.policy.models import Clause, PolicyDiff, PolicyVersion, VersionHead
from assize.policy.service.body import hash_of, version_from
from assize.workforce.models import Right
from assize.workforce.service import require

_KEPT = 16  # versions in memory; a policy changes weekly at most, and old cases cite a few older ones

_known: OrderedDict[PolicyVersionId, PolicyVersion] = OrderedDict()
_lock = threading.Lock()


def published(tx: Tx) -> bool:
    """Whether a policy is in force."""
    return store.newest(tx) is not None


def current(tx: Tx) -> PolicyVersion:
    """Return the version in force. Raises NoPolicy.

    A step of every use case that judges, and so free of a check of its own; `in_force` is for people who ask.
    """
    newest = store.newest(tx)
    if newest is None:
        raise NoPolicy
    return version(tx, newest)


def version(tx: Tx, version_id: PolicyVersionId) -> PolicyVersion:
    """Return a published version. Raises UnknownVersion, VersionAltered.

    Kept in memory: a version never changes. Its hash is computed anew when it is read from the database.
    """
    with _lock:
        found = _known.get(version_id)
        if found is not None:
            _known.move_to_end(version_id)
            return found
    row = store.version(tx, version_id)
    if row is None:
        raise UnknownVersion(version=version_id)
    body = row.pop("body")
    found = version_from(body, row)
    if hash_of(found) != found.hash:
        raise VersionAltered(version=version_id)
    with _lock:
        _known[version_id] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


def in_force(tx: Tx) -> PolicyVersion:
    """Return the version in force to somebody who asks. Raises NotAllowed, NoPolicy."""
    require(tx, Right.POLICY_READ)
    return current(tx)


def published_version(tx: Tx, version_id: PolicyVersionId) -> PolicyVersion:
    """Return a published version to somebody who asks. Raises NotAllowed, UnknownVersion."""
    require(tx, Right.POLICY_READ)
    return version(tx, version_id)


def clause(tx: Tx, *, clause_id: str, version_id: PolicyVersionId | None = None) -> Clause:
    """Return a clause of a version, or of the one in force. Raises NotAllowed, NoPolicy, UnknownClause."""
    chosen = in_force(tx) if version_id is None else published_version(tx, version_id)
    found = chosen.clause(clause_id)
    if found is None:
        raise UnknownClause(version=chosen.id, clause_id=clause_id)
    return found


def versions(tx: Tx) -> list[VersionHead]:
    """Return what was published, the newest first. Raises NotAllowed."""
    require(tx, Right.POLICY_READ)
    return store.versions(tx)


def compare(tx: Tx, *, before: PolicyVersionId, after: PolicyVersionId) -> PolicyDiff:
    """Return what differs between two published versions. Raises NotAllowed, UnknownVersion."""
    require(tx, Right.POLICY_READ)
    return difference(version(tx, before), version(tx, after))
