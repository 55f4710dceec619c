"""`assize import`: a file of events comes in; ConvAbuse brings its raters' judgements with it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from assize.app.plugins import attach, known_judgement_sources, known_sources
from assize.intake import service as intake
from assize.intake.ports import Source
from assize.kernel import clock
from assize.kernel.ids import ClauseId
from assize.platform.db import Database
from assize.review import service as review
from assize.review.ports import JudgementSource
from assize.triage import service as triage

JUDGED_UNDER = ClauseId("STK-4")  # harassment: what ConvAbuse's raters judged, where a judgement names no clause

Opening = Callable[[], AbstractContextManager[Database]]


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option(
    "--as", "name", required=True, type=click.Choice(["jsonl", "csv", "parquet", "convabuse", "openai-moderation"])
)
@click.option("--again", is_flag=True, help="Begin at the first row, also where an earlier run was stopped or is done.")
@click.option("--test", is_flag=True, help="Mark everything as test traffic: never enforced, never counted.")
@click.pass_obj
def import_file(opening: Opening, file: Path, name: str, again: bool, test: bool) -> None:
    """Bring in a file of events; `.gz` is read directly. A run that was stopped goes on where it ended."""
    attach()
    source = known_sources()[name]
    console = Console(stderr=True)
    with opening() as database:
        result = _events(database, source, file, again=again, test=test, console=console)
        click.echo(
            f"{result.rows_done} rows: {result.accepted} accepted, {result.duplicates} known, {result.rejected} rejected."
        )
        if result.rejected:
            click.echo(f"Rejected rows, with line and reason: {result.rejects}")
        judging = known_judgement_sources().get(name)
        if judging is not None:
            recorded = _judgements(database, judging, file, console=console)
            click.echo(
                f"{recorded.recorded} judgements recorded, {recorded.known_already} known, {recorded.without_event} about events not here."
            )


def _events(
    database: Database, source: Source, file: Path, *, again: bool, test: bool, console: Console
) -> intake.Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("events", total=file.stat().st_size)
        return intake.import_file(
            database,
            source,
            file,
            at=clock.now(),
            resume=not again,
            test=test,
            progress=lambda now: bar.update(task, completed=now.done_bytes, total=now.total_bytes),
        )


def _judgements(database: Database, source: JudgementSource, file: Path, *, console: Console) -> review.Recorded:
    # Judgements are about cases: what waits in the inbox is scored first, so that subjects are known.
    with console.status("scoring events"):
        while triage.assess(database, at=clock.now()).events:
            pass
    with console.status("recording judgements"):
        return review.record_judgements(database, source.judgements(file), clause_id=JUDGED_UNDER, at=clock.now())
