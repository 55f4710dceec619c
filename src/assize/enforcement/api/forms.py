"""What callers send, and how places in lists are named."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

Limit = Annotated[int, Query(ge=1, le=200)]
Words = Annotated[str, Field(min_length=1, max_length=2000)]
Id = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Place = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f]*$")]


class Form(BaseModel):
    """What callers send: unknown fields are refused, so that a typo is not silently nothing."""

    model_config = ConfigDict(extra="forbid")
