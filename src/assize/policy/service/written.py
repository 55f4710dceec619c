"""Files that stand in no folder: the texts of a draft, read by the same code as the files of a pack."""

from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from io import BytesIO, StringIO
from typing import IO, Any


class WrittenFiles(Traversable):
    """A folder, or a file in it, of texts by name such as `clauses/CSE-1.toml`."""

    def __init__(self, texts: Mapping[str, str], path: str = "") -> None:
        self._texts = texts
        self._path = path

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self._path.rpartition("/")[2]

    def iterdir(self) -> Iterator["WrittenFiles"]:
        """Yield what stands in this folder."""
        inside = f"{self._path}/" if self._path else ""
        names = {name[len(inside) :].partition("/")[0] for name in self._texts if name.startswith(inside)}
        return iter([WrittenFiles(self._texts, inside + one) for one in sorted(names)])

    def is_dir(self) -> bool:
        """Whether something stands in it."""
        return not self._path or any(name.startswith(f"{self._path}/") for name in self._texts)

    def is_file(self) -> bool:
        """Whether it is a text."""
        return self._path in self._texts

    def joinpath(self, *descendants: Any) -> "WrittenFiles":
        """Return what stands at a path within."""
        return WrittenFiles(self._texts, "/".join([*([self._path] if self._path else []), *map(str, descendants)]))

    def __truediv__(self, child: Any) -> "WrittenFiles":
        """Return what stands at a name within."""
        return self.joinpath(child)

    def read_bytes(self) -> bytes:
        """Return the text in UTF-8."""
        return self._texts[self._path].encode(errors="replace")

    def read_text(self, encoding: str | None = None) -> str:
        """Return the text."""
        return self.read_bytes().decode(encoding or "utf-8")

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> IO[Any]:  # noqa: ARG002 - what the shape asks for
        """Return the text as a stream to read."""
        return BytesIO(self.read_bytes()) if "b" in mode else StringIO(self.read_text())
