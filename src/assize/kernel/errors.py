"""What can go wrong, by kind. A slice's `errors.py` says which; `platform/http.py` gives each kind its status.

The docstring of an error class is its message, formatted with its attributes, so that the class says
once, in plain words, what happened. No harmful content, identity or secret is ever an attribute.
"""

from inspect import cleandoc
from typing import ClassVar


class AssizeError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        self.__dict__.update(facts)
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The class docstring with the attributes filled in."""
        text = cleandoc(type(self).__doc__ or self.code)
        return text.format(**self.facts)


class NotFound(AssizeError):
    """There is no such thing, or you may not see it."""

    code = "not-found"


class Refused(AssizeError):
    """You may not do this."""

    code = "refused"


class Unauthenticated(AssizeError):
    """Sign in, or send an API key."""

    code = "unauthenticated"


class Conflict(AssizeError):
    """This does not fit the present state."""

    code = "conflict"


class Invalid(AssizeError):
    """The input does not fit. Its `field` or JSON pointer says where."""

    code = "invalid"


class TooLarge(AssizeError):
    """This is larger than allowed."""

    code = "too-large"


class RateLimited(AssizeError):
    """Too many tries. Wait before the next."""

    code = "rate-limited"


class Unavailable(AssizeError):
    """The service can't do this at the moment. Nothing was lost; try again."""

    code = "unavailable"
