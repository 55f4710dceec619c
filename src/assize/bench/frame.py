"""The register of benches, how one is run, and the page on which their results stand."""

import importlib
import importlib.util
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from assize.bench.result import BenchResult, Options, from_json
from assize.kernel.errors import Invalid, NotFound

NAMES = ("rules", "intake", "triage", "claim", "startup", "memory", "console", "quality", "scorecards")
PAGE = Path("docs") / "reference" / "benchmarks.md"
KEPT = PAGE.with_suffix(".jsonl")  # what the page is made from, one result a line
LONGEST_S = 3_600


class NoSuchBench(NotFound):
    """There is no bench named {name}; there are {known}."""

    code = "no-such-bench"


class BenchFailed(Invalid):
    """The bench {name} ended without a result (exit code {exit_code})."""

    code = "bench-failed"


def names() -> list[str]:
    """Return the benches that are there, in the order in which they are run."""
    return [name for name in NAMES if importlib.util.find_spec(f"assize.bench.{name}") is not None]


def run(name: str, options: Options) -> BenchResult:
    """Run one bench in this process. Raises NoSuchBench."""
    if name not in names():
        raise NoSuchBench(name=name, known=", ".join(names()))
    bench: Callable[[Options], BenchResult] = importlib.import_module(f"assize.bench.{name}").run
    return bench(options)


def run_apart(name: str, options: Options) -> BenchResult:
    """Run one bench in a process of its own, so that none inherits another's memory. Raises BenchFailed."""
    command = [sys.executable, "-m", "assize", "bench", name, "--json", *(["--quick"] if options.quick else [])]
    done = subprocess.run(  # noqa: S603 - our own module
        command, stdout=subprocess.PIPE, text=True, timeout=LONGEST_S, check=False
    )
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise BenchFailed(name=name, exit_code=done.returncode)
    return from_json(lines[-1])


def keep(results: Sequence[BenchResult]) -> None:
    """Keep results beside those of other benches, each in place of its earlier one, and write the page anew."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    known = {one.name: one for one in [*map(from_json, lines), *results]}
    ordered = [known[name] for name in NAMES if name in known]
    KEPT.write_text("".join(f"{one.as_json()}\n" for one in ordered), encoding="utf-8")
    PAGE.write_text(page(ordered), encoding="utf-8")


def sentence(result: BenchResult) -> str:
    """Return a result as one line for people."""
    state = "met" if result.met else "MISSED"
    return (
        f"{result.name}: {result.value:,.4g} {result.unit} (target {result.target:,.4g}, {state}; "
        f"baseline {result.baseline:,.4g}, ratio {result.ratio:.3g})"
    )


def page(results: Sequence[BenchResult]) -> str:
    """Return the reference page in Markdown."""
    rows = [
        f"| `{one.name}` | {one.value:,.4g} | {one.unit} | {one.target:,.4g} | {'yes' if one.met else '**no**'} "
        f"| {one.baseline:,.4g} | {one.ratio:.3g} |"
        for one in results
    ]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "Written by `assize bench --write` (`make bench`); not edited by hand. Each value stands beside a baseline",
            "taken in the same run. `assize bench NAME` repeats one, `assize bench NAME --write` keeps it here.",
            "",
            f"Machine: {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.",
            "",
            "| bench | value | unit | target | met | baseline | ratio |",
            "|---|---:|---|---:|---|---:|---:|",
            *rows,
            "",
            *[line for one in results for line in _section(one)],
        ]
    )


def _section(result: BenchResult) -> list[str]:
    lines = [f"## {result.name}", ""]
    note = result.detail.get("note")
    if note:
        lines += [str(note), ""]
    shown = {key: value for key, value in result.detail.items() if key != "note"}
    return [*lines, *_bullets(shown, ""), ""]


def _bullets(values: object, indent: str) -> list[str]:
    if not isinstance(values, dict):
        return []
    lines: list[str] = []
    for key, value in values.items():
        if isinstance(value, dict):
            lines += [f"{indent}- {_words(key)}:", *_bullets(value, indent + "  ")]
        else:
            lines.append(f"{indent}- {_words(key)}: {_plain(value)}")
    return lines


def _words(key: object) -> str:
    return str(key).replace("_", " ")


def _plain(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return str(value)
