"""A thread of life between this process and the database: when this process is killed, the database shuts down.

A shell waits on a pipe that only this process holds; when the pipe breaks, it tells the postmaster to stop. Not
prctl(PR_SET_PDEATHSIG): that is tied to the thread that started the database, is Linux's alone, and needs Python code
between fork and exec, which is unsafe beside threads. The shell costs a few hundred kB.
"""

import subprocess

from assize.platform.postgres.account import Account
from assize.platform.postgres.creation import ENVIRONMENT


class Lifeline:
    """Holds the pipe. `cut` lets go without stopping the database."""

    def __init__(self, *, pid: int, who: Account) -> None:
        self._shell = subprocess.Popen(  # noqa: S603 - a fixed script, our own argument
            ["/bin/sh", "-c", 'read -r _; kill -INT "$1"', "assize-lifeline", str(pid)],
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=who.uid if who.switched else None,
            group=who.gid if who.switched else None,
            extra_groups=[] if who.switched else None,
        )

    def cut(self) -> None:
        """End the shell before the pipe breaks: the database goes on, or is stopped in another way."""
        self._shell.kill()
        self._shell.wait()
        if self._shell.stdin is not None:
            self._shell.stdin.close()
