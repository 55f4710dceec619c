"""Agreement and scorecards of a file of labels, from the command line: no database, no server."""

import contextlib
import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import click

from assize.quality.errors import UnfitFile
from assize.quality.logic.estimators import reports
from assize.quality.logic.estimators.dawid_skene import Consensus
from assize.quality.logic.estimators.distances import Level
from assize.quality.logic.estimators.estimate import Undefined
from assize.quality.logic.estimators.ratings import Ratings
from assize.quality.logic.estimators.reading import Columns, Form, Labelled, Unfit, labelled, rows

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
LONGEST_CELL = 100_000_000  # a file may carry whole conversations beside its labels
GZIP = b"\x1f\x8b"
SEED = 1  # intervals repeat to the last digit

Command = TypeVar("Command", bound=Callable[..., Any])


def _file_of_labels(command: Command) -> Command:
    """Say which columns of a file hold items, reviewers and labels: the same for every command."""
    for add in (
        click.option("--label", required=True, metavar="COL", help="The column of the label."),
        click.option("--rater", required=True, metavar="COL", help="The column of who gave it, a person or a machine."),
        click.option("--item", required=True, metavar="COL", help="The column that says which item was labelled."),
        click.argument("file", type=EXISTING),
    ):
        command = add(command)
    return command


@click.group()
def quality() -> None:
    """Measure those who decide."""


@quality.command()
@_file_of_labels
@click.option(
    "--level", type=click.Choice([one.value for one in Level]), default=Level.NOMINAL.value, show_default=True,
    help="What labels mean: names, an order, distances, proportions.",
)  # fmt: skip
@click.option("--order", default=None, metavar="A,B,C", help="The labels from first to last, where names don't say it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option(
    "--labels-out", type=click.Path(dir_okay=False, path_type=Path), default=None,
    help="Write the consensus here: item, label, probability; JSON Lines where the name ends so, else CSV.",
)  # fmt: skip
def agreement(
    file: Path, item: str, rater: str, label: str, level: str, order: str | None, as_json: bool, labels_out: Path | None
) -> None:
    """Tell how far those who labelled the items of FILE agree, and what they agree on.

    FILE is CSV or JSON Lines, compressed where its name ends in .gz, with one row for each label.
    """
    columns = Columns(item=item, rater=rater, label=label)
    wanted = [one.strip() for one in order.split(",")] if order is not None else None
    ratings = _read(file, columns, level=Level(level), order=wanted).ratings
    report, consensus = reports.agreement(ratings, level=Level(level), seed=SEED)
    if labels_out is not None:
        if isinstance(consensus, Undefined):
            raise UnfitFile(file=file.name, problem=f"there is no consensus to write: {consensus.reason}")
        _write(labels_out, columns, ratings, consensus)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _agreement_in_words(report))


@quality.command()
@_file_of_labels
@click.option("--gold", required=True, metavar="COL", help="The column of the right label; empty where unknown.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def scorecard(file: Path, item: str, rater: str, label: str, gold: str, as_json: bool) -> None:
    """Score those who labelled the items of FILE against gold, with the ranks that their intervals leave them.

    FILE is CSV or JSON Lines, compressed where its name ends in .gz, with one row for each label. Items without gold
    help the consensus and are not scored.
    """
    found = _read(file, Columns(item=item, rater=rater, label=label, gold=gold))
    report = reports.scorecard(found.ratings, found.gold)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else _scorecard_in_words(report))


def _read(file: Path, columns: Columns, *, level: Level = Level.NOMINAL, order: list[str] | None = None) -> Labelled:
    csv.field_size_limit(LONGEST_CELL)
    try:
        with _opened(file) as lines:
            return labelled(rows(lines, form=_form(file), columns=columns), columns=columns, level=level, order=order)
    except Unfit as problem:
        raise UnfitFile(file=file.name, problem=problem) from None
    except UnicodeDecodeError:
        raise UnfitFile(file=file.name, problem="it is no UTF-8 text") from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise UnfitFile(file=file.name, problem="its compression is broken") from None


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[io.TextIOBase]:
    with file.open("rb") as raw:
        packed = raw.peek(2)[:2] == GZIP
        source = gzip.GzipFile(fileobj=raw) if packed else raw
        with io.TextIOWrapper(source, encoding="utf-8-sig", newline="") as text:
            yield text


def _form(file: Path) -> Form:
    told = _form_by_name(file)
    if told is not None:
        return told
    with _opened(file) as text:
        return Form.JSON_LINES if text.read(1_000).lstrip().startswith("{") else Form.CSV


def _form_by_name(file: Path) -> Form | None:
    name = file.name.lower().removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson", ".json")):
        return Form.JSON_LINES
    return Form.CSV if name.endswith(".csv") else None


def _write(path: Path, columns: Columns, ratings: Ratings, consensus: Consensus) -> None:
    places = consensus.labels().tolist()
    chosen = (
        (item, ratings.labels[at], round(float(row[at]), reports.DIGITS))
        for item, at, row in zip(ratings.items, places, consensus.probability, strict=True)
    )
    header = [columns.item, columns.label, "probability"]
    with _written(path) as file:
        if _form_by_name(path) is Form.JSON_LINES:
            file.writelines(
                json.dumps(dict(zip(header, one, strict=True)), ensure_ascii=False) + "\n" for one in chosen
            )
        else:
            csv.writer(file).writerows([header, *chosen])


@contextlib.contextmanager
def _written(path: Path) -> Iterator[io.TextIOBase]:
    with contextlib.ExitStack() as open_files:
        raw: Any = open_files.enter_context(path.open("wb"))
        if path.name.lower().endswith(".gz"):
            raw = open_files.enter_context(gzip.GzipFile(fileobj=raw, mode="wb", mtime=0))
        yield open_files.enter_context(io.TextIOWrapper(raw, encoding="utf-8", newline=""))


_NAMES = {
    "raw_agreement": "Raw agreement",
    "cohen_kappa": "Cohen's kappa",
    "weighted_kappa": "Weighted kappa",
    "fleiss_kappa": "Fleiss' kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
    "gwet_ac1": "Gwet's AC1",
    "gwet_ac2": "Gwet's AC2",
}


def _agreement_in_words(report: reports.Report) -> str:
    lines = [f"{report['items']} items, {report['raters']} reviewers, {report['ratings']} labels ({report['level']})."]
    if report["repeats"]:
        lines.append(f"{report['repeats']} of them repeat an item for the same reviewer: agreement counts the first.")
    lines += [f"{name:<22}{_figure(report[key])}" for key, name in _NAMES.items() if key in report]
    again = report["intra_rater"]["exact"]
    if again["value"] is not None:
        lines.append(f"{'With themselves':<22}{_figure(again)}")
    return "\n".join([*lines, *_model_in_words(report["dawid_skene"])])


def _model_in_words(model: reports.Report) -> Iterable[str]:
    if "reason" in model:
        yield f"No consensus: {model['reason']}."
        return
    shares = ", ".join(f"{label} {share:.3f}" for label, share in model["class_priors"].items())
    yield f"Dawid and Skene's consensus, after {model['iterations']} rounds: {shares}."
    yield from (
        f"  {rater}: {one['accuracy']:.3f} probably right of {one['n']}" for rater, one in model["raters"].items()
    )


def _scorecard_in_words(report: reports.Report) -> str:
    lines = [f"{report['items']} items, {report['items_with_gold']} with gold."]
    for one in report["raters"]:
        shown = _figure({"value": one["accuracy"], **one})
        lines.append(f"{one['rater']}: {shown}, rank {one['rank_low']} to {one['rank_high']}")
    for key, name in (("majority_vote", "Majority vote"), ("dawid_skene", "Dawid and Skene's consensus")):
        lines.append(f"{name}: {_figure({'value': report[key]['accuracy'], **report[key]})}")
    return "\n".join(lines)


def _figure(estimate: reports.Report) -> str:
    if estimate["value"] is None:
        return f"- ({estimate['reason']})"
    return f"{estimate['value']:.3f} ({estimate['low']:.3f} to {estimate['high']:.3f}, n {estimate['n']})"
