"""A slice sees of a lower slice only its front door; and what ruff can't see: SQL outside queries.sql, fact names."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import assize
from assize.kernel.facts import Fact
from assize.platform.sql import parse

ROOT = Path(assize.__file__).parent
SLICES = ("workforce", "policy", "intake", "triage", "review", "enforcement", "escalation", "audit")
COMPOSING = {"app", "bench"}  # one puts routes and handlers together, the other measures what lies inside
OPEN = {"errors", "models", "facts", "service", "ports"}
FILES = {
    "__init__.py", "errors.py", "models.py", "facts.py", "ports.py", "logic.py", "store.py", "queries.sql", "service.py",
    "handlers.py", "api.py", "pages.py", "commands.py",
}  # fmt: skip
FOLDERS = {
    "models",
    "facts",
    "logic",
    "store",
    "service",
    "templates",
    "static",
    "ports",
    "api",
    "pages",
    "__pycache__",
}


def modules() -> Iterator[Path]:
    yield from (path for path in ROOT.rglob("*.py") if "migrations" not in path.parts)


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


class TestFrontDoors:
    @pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
    def test_are_the_only_way_in(self, path):
        own = path.relative_to(ROOT).parts[0]
        through_walls = [
            name
            for name in imports(path)
            for slice_ in SLICES
            if name.startswith(f"assize.{slice_}.") and own not in {slice_, *COMPOSING}
            if name.split(".")[2] not in OPEN
        ]

        assert not through_walls


class TestSlices:
    @pytest.mark.parametrize("slice_", SLICES)
    def test_have_the_same_file_names(self, slice_):
        strangers = [one.name for one in (ROOT / slice_).iterdir() if one.name not in FILES and one.name not in FOLDERS]

        assert not strangers

    @pytest.mark.parametrize("slice_", SLICES)
    def test_say_what_they_own_and_announce(self, slice_):
        docstring = ast.get_docstring(ast.parse((ROOT / slice_ / "__init__.py").read_text(encoding="utf-8")))

        assert docstring is not None
        assert "Announces" in docstring


class TestSql:
    @pytest.mark.parametrize("path", sorted(ROOT.rglob("queries.sql")), ids=lambda path: path.parent.name)
    def test_is_named_and_described(self, path):
        assert parse(path.read_text(encoding="utf-8"))

    @pytest.mark.parametrize("slice_", SLICES)
    def test_writes_only_the_slice_s_own_tables(self, slice_):
        path = ROOT / slice_ / "queries.sql"
        text = path.read_text(encoding="utf-8").lower() if path.exists() else ""
        written = [
            f"{verb} {other}"
            for other in SLICES
            if other != slice_
            for verb in ("insert into", "update", "delete from")
            if f"{verb} {other}." in text
        ]

        assert not written


class TestFacts:
    def test_are_named_once_and_carry_plain_values(self):
        assert all(kind == fact.__name__ for kind, fact in Fact.kinds.items())


class TestSize:
    @pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(ROOT)))
    def test_of_a_file_stays_small(self, path):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
