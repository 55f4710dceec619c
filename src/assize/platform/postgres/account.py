"""Who runs the database, and who connects to it.

PostgreSQL refuses to run as root. Where root runs Assize, the database alone runs as an unprivileged account that is
already there; none is created.
"""

import os
import pwd
from dataclasses import dataclass

from assize.platform.errors import NoUnprivilegedAccount, UserWithoutName

NOBODY = 65534  # the kernel's overflow id: owns nothing, on every Linux


@dataclass(frozen=True, kw_only=True)
class Account:
    """The account that the database runs as, and the user whose processes may connect.

    uid, gid: of the database's processes. client: the name of the user that runs Assize. switched: whether they differ.
    """

    uid: int
    gid: int
    client: str
    switched: bool


def account() -> Account:
    """Return the accounts of this process's user. Raises UserWithoutName, NoUnprivilegedAccount."""
    uid = os.geteuid()
    try:
        client = pwd.getpwuid(uid).pw_name
    except KeyError:
        # initdb and peer authentication look the name up; neither has a way around it.
        raise UserWithoutName(uid=uid) from None
    if uid != 0:
        return Account(uid=uid, gid=os.getegid(), client=client, switched=False)
    unprivileged = _unprivileged()
    return Account(uid=unprivileged.pw_uid, gid=unprivileged.pw_gid, client=client, switched=True)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(NOBODY)
    except KeyError:
        pass
    try:
        return pwd.getpwnam("nobody")  # some systems give it another number
    except KeyError:
        raise NoUnprivilegedAccount from None
