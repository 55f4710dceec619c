"""Taking records out: page by page, masked, hashed, with a fact at the start and one at the end."""

import csv
import hashlib
import io
import json
from dataclasses import replace

import pytest

from assize.intake.models import Handling
from assize.platform.db import Database
from assize.review import service
from assize.review.errors import MayNotExport, NoSuchExport
from assize.review.logic.exporting import CsvWriter, as_cell
from assize.review.models import ExportColumns, ExportFormat, ExportState, Wanted
from assize.review.service import exporting
from assize.workforce.errors import NotAllowed
from assize.workforce.models import SYSTEM, Role, ViewProfile
from builders.review import AT, MINUTE, a_case, a_judgement, a_policy, a_reviewer, a_task, acting, event_of, in_hand

MAY = ViewProfile(may_export=True)
EVE = a_reviewer("eve", roles=(Role.EXPERT,), view=MAY)
ADA = a_reviewer("ada")
EVERYTHING = Wanted()
HOSTILE = '=HYPERLINK(1) \u202e <script>alert(1)</script>, "quoted"\nand a line'


def a_decision(tx, rationale="It meets the scope of the clause, and nothing excepts it.", **given):
    a_task(tx, **given)
    task = in_hand(tx, ADA)
    judgement = a_judgement(event_of(tx, task), rationale=rationale)
    with acting(tx, ADA) as mine:
        return service.decide(mine, task_id=task.id, judgement=judgement, at=AT + MINUTE)


def begun(database, who=EVE, format_=ExportFormat.JSONL, columns=ExportColumns.DECISIONS, wanted=EVERYTHING):
    with database.transaction(who) as tx:
        return service.begin_export(tx, wanted=wanted, format_=format_, columns=columns, at=AT)


def taken(database, who=EVE, **given):
    export = begun(database, who, **given)
    file = b"".join(service.stream(database, who, export=export, wanted=given.get("wanted", Wanted())))
    with database.transaction(who) as tx:
        return file, service.export(tx, export.id)


@pytest.fixture
def three(fresh_database: Database):
    """Two decisions, and one of a case that may not be taken out."""
    with fresh_database.transaction(SYSTEM) as tx:
        a_policy(tx)
        first = a_decision(tx, HOSTILE + " which is long enough to be a rationale")
        second = a_decision(tx)
        a_decision(tx, handling=Handling.PRIVILEGED)
    return first, second


class TestExport:
    def test_is_the_file_its_record_speaks_of(self, fresh_database, three):
        file, export = taken(fresh_database)

        lines = [json.loads(line) for line in file.splitlines()]
        assert {one["decision_id"] for one in lines[:-1]} == {one.id for one in three}
        assert lines[-1] == {"trailer": {"export": export.id, "rows": 2, "left_out": 1}}
        assert (export.state, export.rows, export.left_out) == (ExportState.DONE, 2, 1)
        assert (export.sha256, export.bytes) == (hashlib.sha256(file).hexdigest(), len(file))

    @pytest.mark.usefixtures("three")
    def test_leaves_a_fact_at_its_start_and_its_end(self, fresh_database):
        file, _ = taken(fresh_database, wanted=Wanted(text="scope"))

        with fresh_database.transaction(SYSTEM) as tx:
            rows = tx.rows(
                "select f.kind, b.body::json as body from platform.fact f join platform.fact_body b on b.fact_id = f.id"
                " where f.kind like 'Export%%' order by f.id"
            )
        assert [one["kind"] for one in rows] == ["ExportStarted", "ExportEnded"]
        assert rows[0]["body"]["asked"]["text"].startswith("sha256:")
        assert (rows[1]["body"]["state"], rows[1]["body"]["sha256"]) == ("done", hashlib.sha256(file).hexdigest())

    @pytest.mark.usefixtures("three")
    def test_is_csv_that_no_spreadsheet_runs(self, fresh_database):
        file, _ = taken(fresh_database, format_=ExportFormat.CSV)

        rows = list(csv.DictReader(io.StringIO(file.decode(), newline="")))
        assert len(rows) == 2
        assert {one["rationale"][:2] for one in rows} == {"'=", "It"}
        assert any("<script>" in one["rationale"] for one in rows)

    @pytest.mark.usefixtures("three")
    def test_is_parquet_with_a_footer_that_says_what_is_missing(self, fresh_database):
        parquet = pytest.importorskip("pyarrow.parquet")

        file, export = taken(fresh_database, format_=ExportFormat.PARQUET)

        read = parquet.ParquetFile(io.BytesIO(file))
        assert read.metadata.num_rows == 2
        assert read.metadata.metadata[b"assize.left_out"] == b"1"
        assert export.sha256 == hashlib.sha256(file).hexdigest()

    def test_is_of_cases_too(self, fresh_database, three):
        file, export = taken(fresh_database, columns=ExportColumns.CASES)

        assert {json.loads(line)["case_id"] for line in file.splitlines()[:-1]} == {one.case_id for one in three}
        assert export.left_out == 1

    @pytest.mark.usefixtures("three")
    def test_is_broken_off_by_whoever_hangs_up(self, fresh_database, monkeypatch):
        monkeypatch.setattr(exporting, "PAGE", 1)
        export = begun(fresh_database)

        pieces = service.stream(fresh_database, EVE, export=export, wanted=Wanted())
        next(pieces)
        pieces.close()

        with fresh_database.transaction(EVE) as tx:
            found = service.export(tx, export.id)
        assert (found.state, found.sha256) == (ExportState.BROKEN_OFF, None)

    @pytest.mark.usefixtures("three")
    def test_goes_on_over_many_pages(self, fresh_database, monkeypatch):
        with fresh_database.transaction(SYSTEM) as tx:
            for n in range(7):
                a_case(tx, at=AT + n * MINUTE)
        monkeypatch.setattr(exporting.export_page, "__kwdefaults__", {"look": 2})

        file, export = taken(fresh_database, columns=ExportColumns.CASES)

        ids = [json.loads(line)["case_id"] for line in file.splitlines()[:-1]]
        assert len(ids) == len(set(ids)) == 9
        assert export.rows == 9

    @pytest.mark.usefixtures("three")
    def test_keeps_masked_words_masked(self, fresh_database):
        masked = replace(EVE, view=replace(MAY, masked_fields=frozenset({"text"})))

        file, _ = taken(fresh_database, masked)

        assert b"script" not in file
        assert b"nothing excepts" not in file


class TestWhoMayExport:
    def test_needs_the_right_and_a_view_that_allows_it(self, tx):
        a_policy(tx)
        for who, error in ((ADA, NotAllowed), (replace(EVE, view=ViewProfile()), MayNotExport)):
            with acting(tx, who) as mine, pytest.raises(error):
                service.begin_export(
                    mine, wanted=Wanted(), format_=ExportFormat.CSV, columns=ExportColumns.CASES, at=AT
                )

    @pytest.mark.usefixtures("three")
    def test_sees_their_own_exports_only(self, fresh_database):
        export = begun(fresh_database)
        other = a_reviewer("oda", roles=(Role.EXPERT,), view=MAY)

        with fresh_database.transaction(other) as tx:
            assert service.exports(tx) == []
            with pytest.raises(NoSuchExport):
                service.export(tx, export.id)

    @pytest.mark.usefixtures("three")
    def test_settles_what_a_stopped_server_left(self, fresh_database):
        lost = begun(fresh_database)

        with fresh_database.transaction(EVE) as tx:
            service.begin_export(
                tx,
                wanted=Wanted(),
                format_=ExportFormat.CSV,
                columns=ExportColumns.CASES,
                at=AT + exporting.LOST_AFTER + MINUTE,
            )
            assert service.export(tx, lost.id).state is ExportState.BROKEN_OFF


class TestCells:
    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cmd", "\tx", "\rx"])
    def test_are_never_formulas(self, text):
        assert as_cell(text) == f"'{text}"

    def test_are_left_alone_otherwise(self):
        assert [as_cell(one) for one in ("a=b", 3, None)] == ["a=b", "3", ""]

    def test_hold_half_a_surrogate_pair(self):
        assert CsvWriter(["a"]).rows([{"a": "x\ud800"}]) == b"x\\ud800\r\n"
