"""The HTTP shell: who asks, in which transaction, and how errors are told (RFC 9457).

A slice's `api.py` has a `router` and uses `transaction(request)`; nothing else of HTTP is needed there.
"""

from assize.platform.http.asking import SESSION_COOKIE, Authenticated, authenticated, csrf_token, guard, transaction
from assize.platform.http.carrying import Carried, taken
from assize.platform.http.middleware import content_policy
from assize.platform.http.problems import STATUS, Problem
from assize.platform.http.shell import build

__all__ = [
    "SESSION_COOKIE",
    "STATUS",
    "Authenticated",
    "Carried",
    "Problem",
    "authenticated",
    "build",
    "content_policy",
    "csrf_token",
    "guard",
    "taken",
    "transaction",
]
