"""Where in a TOML file something stands: the parser forgets lines, so they are looked up again for messages."""

import re
from collections.abc import Sequence

from assize.policy.models import Place

_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?\s*(#.*)?")


class Lines:
    """The lines of one file of a pack."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._lines = text.splitlines()
        found = ((number, _HEADER.fullmatch(line)) for number, line in enumerate(self._lines) if "[" in line)
        self._heads = [(number, head.group(1)) for number, head in found if head]

    def place(self, location: Sequence[str | int]) -> Place:
        """Return the place of a key such as `("clause", 2, "severity_floor")`; the line is the closest that is known."""
        return Place(file=self.file, key=spelled(location), line=self._line(location))

    def _line(self, location: Sequence[str | int]) -> int | None:
        if not location:
            return None
        first, last = self._block(location)
        for key in reversed([part for part in location[1:] if isinstance(part, str)] or [str(location[0])]):
            pattern = re.compile(rf"\s*(\"?){re.escape(key)}\1\s*=")
            for number in range(first, last):
                if pattern.match(self._lines[number]):
                    return number + 1
        return first + 1 if first or (self._heads and self._heads[0][0] == 0) else None

    def _block(self, location: Sequence[str | int]) -> tuple[int, int]:
        """Return the lines of the table that a location begins with: its header, and where the next table begins."""
        name = str(location[0])
        number = location[1] if len(location) > 1 and isinstance(location[1], int) else 0
        starts = [line for line, head in self._heads if head == name]
        if number >= len(starts):
            return 0, len(self._lines)
        start = starts[number]
        others = (line for line, head in self._heads if line > start and not head.startswith(f"{name}."))
        return start, next(others, len(self._lines))


def spelled(location: Sequence[str | int]) -> str:
    """Return a location as people write it: `clause[2].severity_floor`."""
    told = ""
    for part in location:
        told += f"[{part}]" if isinstance(part, int) else f"{'.' if told else ''}{part}"
    return told
