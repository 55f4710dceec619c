"""What became of auditors' judgements."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Judged:
    """So many judgements of an auditor that came out alike. theirs, at_last: severities; again: somebody looked again."""

    who: str
    found_wrong: bool
    again: bool
    overturned: bool
    theirs: int | None
    at_last: int | None
    n: int
