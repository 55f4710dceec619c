"""An exported ledger proves as much as the one it was taken from, and shows what was done to the file."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assize.audit import service
from assize.audit.errors import MalformedExport
from assize.audit.models import Flaw
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.settings import Settings
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM
from builders.audit import AT, StoneTurned, a_home, an_auditor, turn_stones

Line = dict[str, object]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return a_home(tmp_path / "home")


@pytest.fixture
def exported(fresh_database: Database, settings: Settings, tmp_path: Path) -> Path:
    """A ledger of two checkpoints, written to a file."""
    for first in (0, 5):
        turn_stones(fresh_database, 5, first=first)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())
    path = tmp_path / "ledger.jsonl"
    service.export(fresh_database, by=SYSTEM, path=path, settings=settings, at=clock.now())
    return path


def change(path: Path, work: Callable[[list[Line]], None]) -> None:
    """Do something to the lines of a file."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    work(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def flaws(path: Path, **given: object) -> dict[Flaw, str]:
    return {one.flaw: one.message for one in service.verify_export(path, **given).findings}


class TestAnExport:
    def test_verifies_with_the_public_key_alone(self, exported: Path, settings: Settings):
        public_key = (settings.keys / "ledger.pub").read_text(encoding="utf-8")

        verification = service.verify_export(exported, public_key=public_key)

        assert verification.holds, verification.findings
        assert (verification.size, verification.checkpoints, verification.remarks) == (10, 2, ())

    def test_verifies_against_the_checkpoints_kept_outside(self, exported: Path, settings: Settings):
        assert service.verify_export(exported, checkpoint_file=settings.checkpoints).holds

    def test_still_verifies_after_the_ledger_went_on(self, exported, settings, fresh_database):
        turn_stones(fresh_database, 3)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())

        assert service.verify_export(exported, checkpoint_file=settings.checkpoints).holds

    def test_is_compressed_where_its_name_says_so(self, exported, settings, fresh_database, tmp_path):
        path = tmp_path / "ledger.jsonl.gz"
        service.export(fresh_database, by=SYSTEM, path=path, settings=settings, at=clock.now())

        assert service.verify_export(path).holds
        assert len(gzip.decompress(path.read_bytes())) >= exported.stat().st_size
        assert path.stat().st_mode & 0o077 == 0

    def test_withholds_what_its_maker_may_not_see_and_verifies_all_the_same(self, fresh_database, settings, tmp_path):
        with fresh_database.transaction(SYSTEM) as tx:
            tx.record(StoneTurned(subject_id="sub_known", stone=1), StoneTurned(subject_id="sub_2", stone=2), at=AT)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())
        path = tmp_path / "ledger.jsonl"

        by = an_auditor(recused=frozenset({"sub_known"}))
        done = service.export(fresh_database, by=by, path=path, settings=settings, at=clock.now())

        assert (done.bodies, done.withheld) == (1, 1)
        verification = service.verify_export(path)
        assert verification.holds, verification.findings
        assert "1 bodies were withheld from this export, and are not checked" in verification.remarks

    def test_needs_the_right_to_export(self, fresh_database, settings, tmp_path):
        by = an_auditor(rights=frozenset())

        with pytest.raises(NotAllowed):
            service.export(fresh_database, by=by, path=tmp_path / "x", settings=settings, at=AT)

        assert not (tmp_path / "x").exists()

    def test_tells_erased_bodies_from_missing_ones(self, fresh_database, settings, exported, tmp_path):
        with fresh_database.transaction(SYSTEM) as tx:
            fact_id = tx.value("select fact_id from audit.leaf where n = 2")
            service.erase_bodies(tx, fact_ids=[fact_id], reason="retention ended", at=AT)
        service.checkpoint(fresh_database, settings=settings, at=clock.now())
        path = tmp_path / "after.jsonl"
        service.export(fresh_database, by=SYSTEM, path=path, settings=settings, at=clock.now())

        verification = service.verify_export(path)

        assert exported.exists()
        assert verification.holds, verification.findings
        assert verification.erased == 1


class TestWhatWasDoneToAnExport:
    def test_shows_a_changed_fact(self, exported: Path):
        change(exported, lambda lines: lines[4]["fact"].update(actor="somebody-else"))

        assert "was changed after it entered the ledger" in flaws(exported)[Flaw.CHANGED_FACT]

    def test_shows_a_changed_fact_whose_leaf_fits(self, exported: Path):
        def forge(lines: list[Line]) -> None:
            lines[4]["leaf"] = "00" * 32

        change(exported, forge)

        assert Flaw.WRONG_ROOT in flaws(exported)

    def test_shows_a_changed_body(self, exported: Path):
        change(exported, lambda lines: lines[4].update(body=str(lines[4]["body"]).replace("1", "7")))

        assert Flaw.CHANGED_BODY in flaws(exported)

    def test_shows_a_body_left_out(self, exported: Path):
        change(exported, lambda lines: lines[4].pop("body"))

        assert Flaw.MISSING_BODY in flaws(exported)

    def test_shows_a_removed_line(self, exported: Path):
        change(exported, lambda lines: lines.pop(6))

        assert {Flaw.MISSING_LEAF, Flaw.CUT_OFF} <= set(flaws(exported))

    def test_shows_lines_that_changed_places(self, exported: Path):
        def swap(lines: list[Line]) -> None:
            lines[5], lines[7] = lines[7], lines[5]

        change(exported, swap)

        assert Flaw.OUT_OF_ORDER in flaws(exported)

    def test_shows_lines_that_changed_places_and_numbers(self, exported: Path):
        def swap(lines: list[Line]) -> None:
            lines[5], lines[7] = lines[7] | {"n": lines[5]["n"]}, lines[5] | {"n": lines[7]["n"]}

        change(exported, swap)

        assert Flaw.WRONG_ROOT in flaws(exported)

    def test_shows_a_tail_left_out_with_its_checkpoint_by_the_notes_outside(self, exported: Path, settings: Settings):
        def cut(lines: list[Line]) -> None:
            lines[0]["size"] = 5
            del lines[2], lines[7:12]
            lines[-1]["end"] = 5

        change(exported, cut)

        assert flaws(exported) == {}
        assert "leaves 5 to 9 are gone" in flaws(exported, checkpoint_file=settings.checkpoints)[Flaw.TOO_SHORT]

    def test_shows_an_export_signed_by_somebody_else(self, exported: Path, tmp_path: Path, fresh_database: Database):
        with fresh_database.transaction(SYSTEM) as tx:
            stranger = service.public_key(tx, settings=a_home(tmp_path / "stranger"))

        assert Flaw.BAD_SIGNATURE in flaws(exported, public_key=stranger)

    @pytest.mark.parametrize(
        "text",
        ["", "[]\n", "{}\n", '{"format":"other","version":1}\n', "not json\n", "\x00\xff\n"],
        ids=["empty", "list", "nothing", "other", "text", "bytes"],
    )
    def test_is_refused_where_it_is_no_export(self, text: str, tmp_path: Path):
        path = tmp_path / "x.jsonl"
        path.write_bytes(text.encode("latin-1"))

        with pytest.raises(MalformedExport):
            service.verify_export(path)

    def test_is_refused_where_its_compression_was_cut(self, exported: Path, tmp_path: Path):
        path = tmp_path / "cut.jsonl.gz"
        path.write_bytes(gzip.compress(exported.read_bytes())[:-20])

        with pytest.raises(MalformedExport):
            service.verify_export(path)

    def test_shows_a_file_without_its_end(self, exported: Path):
        change(exported, lambda lines: lines.pop())

        assert Flaw.CUT_OFF in flaws(exported)
