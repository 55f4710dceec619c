"""Migrations: one chain, numbered without a gap, each with its SQL."""

from importlib.resources import files
from pathlib import Path

MIGRATIONS = Path(str(files("assize"))) / "migrations"


class TestMigrations:
    def test_are_one_chain_by_their_numbers(self) -> None:
        numbers = [path.name[:4] for path in sorted((MIGRATIONS / "versions").glob("[0-9]*.py"))]

        assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]

    def test_have_each_their_own_sql(self) -> None:
        versions = {path.stem for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}

        assert {path.stem for path in (MIGRATIONS / "sql").glob("*.sql")} <= versions
