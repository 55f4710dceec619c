"""The ledger from the command line: verify, export, prove, check a proof."""

import dataclasses
import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from assize.audit import service
from assize.audit.models import Verification
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.settings import Settings, read_settings
from assize.workforce.models import SYSTEM

Opening = Callable[[], AbstractContextManager[Database]]
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Prove what was done, and that nothing was altered."""


@audit.command()
@click.option("--export", "exported", type=EXISTING, help="Verify this exported ledger, without a database.")
@click.option("--public-key", default=None, help="Whose signatures count (name+id+key), or a file that holds it.")
@click.option(
    "--checkpoints", type=EXISTING, default=None, help="The checkpoints kept outside, where they lie elsewhere."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def verify(
    context: click.Context, exported: Path | None, public_key: str | None, checkpoints: Path | None, as_json: bool
) -> None:
    """Read the whole ledger and compare it with every signed checkpoint.

    The exit code is 0 where it holds, 1 where anything was changed, removed, moved or misdated.
    """
    key = _key(public_key)
    if exported is not None:
        result = service.verify_export(exported, public_key=key, checkpoint_file=checkpoints, progress=_tell_progress)
    else:
        opening: Opening = context.obj
        with opening() as database:
            result = service.verify(
                database, settings=_settings(), public_key=key, checkpoint_file=checkpoints, progress=_tell_progress
            )
            service.note_verification(database, result, at=clock.now())
    click.echo(_as_json(result) if as_json else _in_words(result))
    context.exit(0 if result.holds else 1)


@audit.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(opening: Opening, file: Path) -> None:
    """Write the ledger to FILE (JSON Lines; compressed where the name ends in .gz), to be verified anywhere."""
    with opening() as database:
        done = service.export(
            database, by=SYSTEM, path=file, settings=_settings(), at=clock.now(), progress=_tell_progress
        )
    click.echo(f"{done.size} facts, {done.bodies} with what they say, {done.withheld} withheld.")


@audit.command()
@click.argument("fact_id")
@click.pass_obj
def prove(opening: Opening, fact_id: str) -> None:
    """Print the proof that a fact is in the ledger, as JSON."""
    with opening() as database, database.transaction(SYSTEM) as tx:
        proof = service.prove(tx, fact_id=fact_id)
    click.echo(json.dumps(service.proof_json(proof), indent=2))


@audit.command("prove-growth")
@click.option("--from", "first", type=int, required=True, help="The size of an earlier checkpoint.")
@click.option("--to", "second", type=int, default=None, help="The size of a later one; the newest unless said.")
@click.pass_obj
def prove_growth(opening: Opening, first: int, second: int | None) -> None:
    """Print the proof that the ledger only grew from one checkpoint to another, as JSON."""
    with opening() as database, database.transaction(SYSTEM) as tx:
        proof = service.prove_growth(tx, first=first, second=second)
    click.echo(json.dumps(service.proof_json(proof), indent=2))


@audit.command("check-proof")
@click.argument("file", type=EXISTING)
@click.option("--public-key", required=True, help="Whose signature counts (name+id+key), or a file that holds it.")
@click.pass_context
def check_proof(context: click.Context, file: Path, public_key: str) -> None:
    """Check a proof; needs no database. The exit code is 0 where it convinces, 1 where not."""
    why = service.why_not(file.read_text(encoding="utf-8"), public_key=_key(public_key) or "")
    click.echo("The proof holds." if why is None else f"The proof does not hold: {why}.")
    context.exit(0 if why is None else 1)


@audit.command()
@click.pass_obj
def checkpoint(opening: Opening) -> None:
    """Sign what the ledger holds now, and print the note."""
    with opening() as database:
        signed = service.checkpoint(database, settings=_settings(), at=clock.now())
    click.echo("There is no fact yet." if signed is None else signed.note, nl=signed is None)


@audit.command()
@click.pass_obj
def key(opening: Opening) -> None:
    """Print the public key, to be given to whoever verifies."""
    with opening() as database, database.transaction(SYSTEM) as tx:
        click.echo(service.public_key(tx, settings=_settings()))


@audit.command("rotate-key")
@click.pass_obj
def rotate_key(opening: Opening) -> None:
    """Let a new key sign from now on, vouched for by the old one, and print its public key.

    What was signed before stays verifiable, with either public key. A run that was stopped can be done again.
    """
    with opening() as database:
        done = service.rotate_key(database, settings=_settings(), at=clock.now())
    click.echo(done.new_key)
    click.echo(
        "Give this public key to whoever verifies, in place of the old one. The old private key lies in "
        f"{done.put_aside}: take it off this machine.",
        err=True,
    )


def _settings() -> Settings:
    return read_settings(os.environ)


def _key(given: str | None) -> str | None:
    if given is None:
        return None
    path = Path(given)
    return path.read_text(encoding="utf-8").strip().splitlines()[-1] if path.is_file() else given


def _tell_progress(done: int, there_are: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{done} of {there_are} facts", err=True, nl=done >= there_are)


def _as_json(result: Verification) -> str:
    value = dataclasses.asdict(result) | {"root": result.root.hex(), "holds": result.holds}
    return json.dumps(value)


def _in_words(result: Verification) -> str:
    erased = f", {result.erased} of them with what they said erased on record" if result.erased else ""
    lines = [f"{result.origin or 'The ledger'}: {result.size} facts{erased}, {result.checkpoints} checkpoints."]
    lines += [f"- {finding.message}" for finding in result.findings]
    if result.found > len(result.findings):
        lines.append(f"- and {result.found - len(result.findings)} findings more")
    if result.pending:
        lines.append(f"Note: {result.pending} facts await their place in the tree.")
    lines += [f"Note: {remark}." for remark in result.remarks]
    verdict = f"The ledger holds: its first {result.covered} facts are as they were signed."
    lines.append(verdict if result.holds else f"THE LEDGER DOES NOT HOLD: {result.found} findings.")
    return "\n".join(lines)
