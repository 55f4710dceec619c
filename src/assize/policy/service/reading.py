"""Reads the files of a pack, strictly: what does not fit is told with its place, and all of it, not only the first."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from assize.policy.models import Place, Problem
from assize.policy.service.lines import Lines, spelled

T = TypeVar("T")
_TOML_PLACE = re.compile(r"(.*?) \(at line (\d+), column \d+\)")
_LARGEST_FILE = 1_000_000  # bytes; a pack is read by people


class Reader:
    """The files of one pack, and what was wrong with them so far."""

    def __init__(self, root: Traversable) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.places: dict[str, Place] = {}
        self._lines: dict[str, Lines] = {}

    def wrong(self, file: str, location: Sequence[str | int], message: str) -> None:
        """Keep a problem at a key of a file."""
        lines = self._lines.get(file)
        place = lines.place(location) if lines else Place(file=file, key=spelled(location))
        self.problems.append(Problem(place=place, message=message))

    def names(self, folder: str, ending: str) -> list[str]:
        """Return the files of a folder of the pack, in order."""
        inside = self.root.joinpath(folder)
        if not inside.is_dir():
            return []
        return sorted(f"{folder}/{one.name}" for one in inside.iterdir() if one.name.endswith(ending))

    def text(self, file: str) -> str | None:
        """Return the text of a file; None, with a problem kept, where it is missing, too large or no UTF-8."""
        path = self.root.joinpath(*file.split("/"))
        if not path.is_file():
            self.wrong(file, (), "this file is missing")
            return None
        raw = path.read_bytes()
        if len(raw) > _LARGEST_FILE:
            self.wrong(file, (), f"{len(raw)} bytes; at most {_LARGEST_FILE} are read")
            return None
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            self.wrong(file, (), f"not UTF-8 at byte {error.start}")
            return None

    def toml(self, file: str, keys: Sequence[str]) -> dict[str, Any]:
        """Return the tables of a file; empty where it can't be read. keys: what may stand at its top."""
        text = self.text(file)
        if text is None:
            return {}
        self._lines[file] = Lines(file, text)
        try:
            found = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            told = _TOML_PLACE.fullmatch(str(error))
            place = Place(file=file, line=int(told.group(2)) if told else None)
            self.problems.append(Problem(place=place, message=f"no TOML: {told.group(1) if told else error}"))
            return {}
        for key in found:
            if key not in keys:
                self.wrong(file, (key,), f"unknown here; known are {', '.join(keys)}")
        return {key: value for key, value in found.items() if key in keys}

    def tables(self, file: str, found: Mapping[str, Any], name: str) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the tables `[[name]]` of a file with their numbers."""
        listed = found.get(name, [])
        if not isinstance(listed, list):
            self.wrong(file, (name,), f"a list of tables is expected: [[{name}]]")
            return
        for number, one in enumerate(listed):
            if isinstance(one, dict):
                yield number, one
            else:
                self.wrong(file, (name, number), f"a table is expected: [[{name}]]")

    def named(self, file: str, found: Mapping[str, Any], name: str) -> dict[str, Any]:
        """Return the table `[name]` of a file; empty where there is none."""
        table = found.get(name, {})
        if isinstance(table, dict):
            return table
        self.wrong(file, (name,), f"a table is expected: [{name}]")
        return {}

    def build(self, shape: TypeAdapter[T], raw: object, *, file: str, at: Sequence[str | int]) -> T | None:
        """Return what a table says, or None with every problem kept."""
        try:
            return shape.validate_python(raw)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False):
                inner = [part for part in one["loc"] if part != "[key]"]
                self.wrong(file, [*at, *inner], _plain(one["type"], one["msg"]))
            return None

    def remember(self, about: str, file: str, at: Sequence[str | int]) -> None:
        """Keep where a thing stands, for messages about it later."""
        lines = self._lines.get(file)
        found = lines.place(at) if lines else Place(file=file)
        self.places.setdefault(about, Place(file=found.file, key=about, line=found.line))


_WORDS = {
    "missing": "is missing",
    "missing_argument": "is missing",
    "missing_keyword_only_argument": "is missing",
    "unexpected_keyword_argument": "is unknown here",
}


def _plain(kind: str, message: str) -> str:
    return _WORDS.get(kind, message[0].lower() + message[1:])
