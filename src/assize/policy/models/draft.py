"""A draft: the next policy while people write it, as the files of a pack."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from assize.kernel.ids import PolicyVersionId
from assize.policy.models.pack import Example, Pack, Problem


class DraftState(enum.StrEnum):
    """open: to be written in. proposed: waits for a second person. published, dropped: done with."""

    OPEN = "open"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    DROPPED = "dropped"


@dataclass(frozen=True, kw_only=True)
class DraftHead:
    """A draft as it is listed. title: what it is for. revision: how often something was written in it."""

    id: str
    base_version_id: PolicyVersionId
    title: str
    state: DraftState
    revision: int
    started_by: str
    started_at: datetime
    changed_by: str
    changed_at: datetime
    proposal_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class DraftFile:
    """A file of a draft. revision: of its newest text; 0 where it is as the draft began. by, at: None likewise."""

    name: str
    text: str
    revision: int = 0
    by: str | None = None
    at: datetime | None = None
    began_as: str | None = None

    @property
    def changed(self) -> bool:
        """Whether it says something else than when the draft began."""
        return self.text != (self.began_as or "")


@dataclass(frozen=True, kw_only=True)
class Draft(DraftHead):
    """A draft with its files by name; those taken out are there with an empty text."""

    files: Mapping[str, DraftFile]

    @property
    def texts(self) -> dict[str, str]:
        """The files as a pack of them is read: names and texts, without those taken out."""
        return {name: one.text for name, one in self.files.items() if one.text.strip()}


@dataclass(frozen=True, kw_only=True)
class Written:
    """One keeping of a text, as it is listed."""

    revision: int
    file: str
    characters: int
    written_by: str
    written_at: datetime


@dataclass(frozen=True, kw_only=True)
class ExampleResult:
    """An example and what the policy makes of it otherwise than it says; nothing where it holds."""

    example: Example
    problems: tuple[Problem, ...]

    @property
    def holds(self) -> bool:
        """Whether the policy makes of it what it says."""
        return not self.problems


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a draft comes to. pack: None where its files can't be read."""

    pack: Pack | None
    problems: tuple[Problem, ...]
    examples: tuple[ExampleResult, ...]

    @property
    def wrong(self) -> tuple[Problem, ...]:
        """What keeps it from being published."""
        return tuple(one for one in self.problems if not one.warning)

    @property
    def holds(self) -> bool:
        """Whether it may be proposed."""
        return self.pack is not None and not self.wrong
