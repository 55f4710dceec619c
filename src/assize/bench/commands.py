"""The command line of the benches."""

import click

from assize.bench import frame
from assize.bench.result import Options


@click.command()
@click.argument("name", required=False)
@click.option("--json", "machine", is_flag=True, help="Print the JSON lines only.")
@click.option("--quick", is_flag=True, help="A small run, to see that it works; no measurement.")
@click.option("--write", is_flag=True, help="Keep the results in docs/reference/benchmarks.md.")
def bench(name: str | None, machine: bool, quick: bool, write: bool) -> None:
    """Run one bench, or all of them; the last line is one JSON object."""
    options = Options(quick=quick)
    results = []
    for one in [name] if name else frame.names():
        result = frame.run(one, options) if name else frame.run_apart(one, options)
        results.append(result)
        if not machine:
            click.echo(frame.sentence(result))
        click.echo(result.as_json())
    if write and not quick:
        frame.keep(results)
