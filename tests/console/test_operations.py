"""Operations: figures as pictures, tables and files, for those who lead."""

import os
import re
from datetime import timedelta

import pytest

from assize.kernel import clock
from assize.platform import charts
from assize.platform.db import Database
from assize.workforce.models import Role
from builders.living import living
from conftest import clone, drop


@pytest.fixture(scope="module")
def here(cluster, tmp_path_factory):
    name = f"operations_{os.getpid()}"
    with (
        Database(clone(cluster, name)) as database,
        living(database, tmp_path_factory.mktemp("home")) as alive,
    ):
        with alive.client(alive.platform_key()) as platform:
            said = [{"role": "user", "text": "sim-frd-1-strong"}]
            event = {"external_id": "ops-1", "occurred_at": clock.now().isoformat(), "turns": said}
            subject = {"account": "ops", "conversation": "ops"}
            assert platform.post("/v1/events", json={"events": [{**event, "subject": subject}]}).status_code == 202
        alive.work()
        yield alive
    drop(cluster, name)


@pytest.fixture(scope="module")
def lead(here):
    _, key = here.person("olga", Role.OPERATIONS_MANAGER)
    with here.client(key) as client:
        yield client


class TestOperations:
    def test_show_what_stands_with_a_table_beside_every_chart(self, lead):
        page = lead.get("/operations?span=24h")

        assert page.status_code == 200
        assert "Past due" in page.text
        assert page.text.count("<picture>") == page.text.count("As a table") >= 3
        assert "Too little history" in page.text
        assert len(page.content) < 100_000
        assert "style=" not in page.text

    @pytest.mark.parametrize(
        "span", ["span=24h", "span=7d", "span=30d&step=hour", "span=custom&since=2026-01-01T00:00"]
    )
    def test_draw_without_a_style_a_script_or_anything_from_outside(self, lead, span):
        for name in ("flow", "backlog", "ages"):
            drawn = lead.get(f"/operations/{name}.svg?{span}&theme=dark")

            assert drawn.headers["content-type"] == "image/svg+xml"
            assert not re.search(r"\sstyle=|<style|<script|href=\"http", drawn.text)
            assert "default-src 'none'" in drawn.headers["content-security-policy"]

    def test_give_the_same_as_a_file(self, lead):
        table = lead.get("/operations/flow.csv?span=24h")

        assert table.headers["content-disposition"] == 'attachment; filename="flow.csv"'
        assert table.text.splitlines()[0] == "Begins,Came in,Went out"
        assert table.text.splitlines()[-1].split(",")[1] == "1"

    def test_refuse_a_span_that_is_none(self, lead):
        assert lead.get("/operations?span=9y").status_code == 422
        assert lead.get("/operations/nothing.csv").status_code == 422

    def test_are_for_those_who_lead(self, here):
        _, key = here.person("ana", Role.ANALYST)

        with here.client(key) as client:
            assert client.get("/operations").status_code == 403


class TestCharts:
    def test_are_drawn_once(self, monkeypatch):
        at = clock.now()
        chart = charts.Chart(
            kind="line", rows=[{"at": at + timedelta(hours=n), "n": n} for n in range(3)], x="at", y="n"
        )
        first = charts.svg(chart)
        import vl_convert  # noqa: PLC0415 - loaded by the first chart

        monkeypatch.setattr(vl_convert, "vegalite_to_svg", None)

        assert charts.svg(chart) is first
        assert "<svg" in first
