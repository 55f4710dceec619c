"""The policy from the command line: check, diff, propose, publish, list."""

import dataclasses
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import click

from assize.kernel import clock
from assize.kernel.ids import PolicyVersionId
from assize.platform.db import Database, Tx
from assize.policy import service
from assize.policy.models import Pack, Problem
from assize.workforce.models import SYSTEM, Principal
from assize.workforce.service import principal_of_session, sign_in, sign_out

Opening = Callable[[], AbstractContextManager[Database]]
IN_FORCE = "current"
T = TypeVar("T")


@click.group()
def policy() -> None:
    """Check, compare and publish policies."""


@policy.command()
@click.argument("pack", default="starter")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def check(context: click.Context, pack: str, as_json: bool) -> None:
    """Check a pack, by name or folder, and run its examples. Needs no database.

    The exit code is 0 where it may be published, 1 otherwise.
    """
    found, problems = service.check_files(pack)
    wrong = [one for one in problems if not one.warning]
    click.echo(_as_json(found, problems) if as_json else _in_words(found, problems, wrong))
    context.exit(1 if wrong or found is None else 0)


@policy.command()
@click.argument("before")
@click.argument("after")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_obj
def diff(opening: Opening, before: str, after: str, as_json: bool) -> None:
    """Compare two policies, clause by clause and word by word.

    Each is a pack by name or folder, the id of a published version, or `current`.
    """
    found = service.diff(_pack(opening, before), _pack(opening, after))
    click.echo(json.dumps(dataclasses.asdict(found), ensure_ascii=False) if as_json else service.as_text(found))


@policy.command()
@click.argument("pack")
@click.option("--as", "email", required=True, help="Who proposes; asks for the password.")
@click.option("--reason", required=True, help="Why the policy should change.")
@click.pass_obj
def propose(opening: Opening, pack: str, email: str, reason: str) -> None:
    """Propose a pack. Somebody else publishes it."""
    loaded = service.load(pack)
    with opening() as database:
        proposal = _as_person(
            database, email, lambda tx: service.propose(tx, pack=loaded, at=clock.now(), reason=reason)
        )
    click.echo(f"Proposed as {proposal.id}. Somebody else publishes it: assize policy publish {pack} --as …")


@policy.command()
@click.argument("pack")
@click.option("--as", "email", default=None, help="Who publishes; asks for the password. Not needed for the first.")
@click.option("--reason", default="published from the command line", show_default=True)
@click.pass_obj
def publish(opening: Opening, pack: str, email: str | None, reason: str) -> None:
    """Publish a pack: the first at once, a later one where somebody else proposed it."""
    loaded = service.load(pack)
    with opening() as database:

        def do(tx: Tx) -> str:
            return service.publish(tx, pack=loaded, at=clock.now(), reason=reason).id

        if email is not None:
            version_id = _as_person(database, email, do)
        else:
            with database.transaction(SYSTEM) as tx:
                version_id = do(tx)
    click.echo(f"{loaded.name} {loaded.version} is in force as {version_id}.")


@policy.command(name="list")
@click.pass_obj
def list_versions(opening: Opening) -> None:
    """List what was published, the newest first, and what waits."""
    with opening() as database, database.transaction(SYSTEM) as tx:
        for one in service.versions(tx):
            told = f"{one.published_at:%Y-%m-%d %H:%M}  {one.name} {one.version}  {one.clause_count} clauses"
            click.echo(f"{one.id}  {told}  {one.hash[:12]}")
        for proposal in service.proposals(tx):
            click.echo(f"{proposal.id}  waits for a second person: {proposal.name} {proposal.version}")


def _pack(opening: Opening, named: str) -> Pack:
    if named != IN_FORCE and not named.startswith("pol_"):
        return service.load(named)
    with opening() as database, database.transaction(SYSTEM) as tx:
        return service.current(tx) if named == IN_FORCE else service.version(tx, PolicyVersionId(named))


def _as_person(database: Database, email: str, do: Callable[[Tx], T]) -> T:
    """Do something as somebody who shows that it is them: two people means two passwords."""
    password = click.prompt("Password", hide_input=True)
    session = sign_in(database, email=email, password=password, address="command line", hours=1, at=clock.now())
    try:
        actor: Principal = principal_of_session(database, session.token, at=clock.now())
        with database.transaction(actor) as tx:
            return do(tx)
    finally:
        sign_out(database, token=session.token, at=clock.now())


def _in_words(pack: Pack | None, problems: list[Problem], wrong: list[Problem]) -> str:
    lines = [str(one) for one in problems]
    if pack is not None:
        counts = f"{len(pack.clauses)} clauses, {len(pack.rules)} rules, {len(pack.examples)} examples"
        lines.append(f"{pack.name} {pack.version}: {counts}; SHA-256 {service.hash_of(pack)}")
    warnings = len(problems) - len(wrong)
    told = "It may be published." if pack is not None and not wrong else f"{len(wrong)} to mend before publishing."
    return "\n".join([*lines, f"{told} {warnings} warnings." if warnings else told])


def _as_json(pack: Pack | None, problems: list[Problem]) -> str:
    told = [
        {
            "file": one.place.file,
            "key": one.place.key,
            "line": one.place.line,
            "message": one.message,
            "warning": one.warning,
        }
        for one in problems
    ]
    head = {"name": pack.name, "version": pack.version, "hash": service.hash_of(pack)} if pack is not None else None
    return json.dumps({"pack": head, "problems": told}, ensure_ascii=False)


commands = [policy]
