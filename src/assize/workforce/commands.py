"""People and keys from the command line."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import click

from assize.kernel import clock
from assize.kernel.chance import secret
from assize.kernel.ids import ReviewerId
from assize.platform.db import Database
from assize.workforce import service
from assize.workforce.models import SYSTEM, Right, Role

Opening = Callable[[], AbstractContextManager[Database]]


@click.group()
def user() -> None:
    """Add people, set passwords, make API keys."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="As colleagues know them.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice([role.value for role in Role]))
@click.option("--password", default=None, help="At least 12 characters; made up where none is given.")
@click.pass_obj
def add(opening: Opening, email: str, name: str, roles: tuple[str, ...], password: str | None) -> None:
    """Add a person who can sign in."""
    chosen = password or secret(12)
    with opening() as database, database.transaction(SYSTEM) as tx:
        given = [Role(role) for role in roles]
        service.add_person(tx, name=name, email=email, roles=given, password=chosen, at=clock.now())
    click.echo(f"{email} can sign in." if password else f"{email} can sign in with the password {chosen}")


@user.command()
@click.argument("email")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.pass_obj
def password(opening: Opening, email: str, password: str) -> None:
    """Set somebody's password and sign them out everywhere."""
    with opening() as database, database.transaction(SYSTEM) as tx:
        found = service.reviewer_by_email(tx, email)
        if found is None:
            raise click.ClickException(f"Nobody has the address {email}.")
        service.set_password(tx, reviewer_id=found.id, password=password, at=clock.now())
    click.echo("Set.")


@user.command()
@click.argument("name")
@click.option("--right", "rights", multiple=True, required=True, type=click.Choice([right.value for right in Right]))
@click.option("--as", "reviewer", default=None, help="E-mail of the reviewer as whom the key acts.")
@click.pass_obj
def key(opening: Opening, name: str, rights: tuple[str, ...], reviewer: str | None) -> None:
    """Make an API key and print its secret, once."""
    with opening() as database, database.transaction(SYSTEM) as tx:
        reviewer_id: ReviewerId | None = None
        if reviewer is not None:
            found = service.reviewer_by_email(tx, reviewer)
            if found is None:
                raise click.ClickException(f"Nobody has the address {reviewer}.")
            reviewer_id = found.id
        given = [Right(right) for right in rights]
        issued = service.issue_key(tx, name=name, rights=given, reviewer_id=reviewer_id, at=clock.now())
    click.echo(issued.secret)


@user.command(name="list")
@click.pass_obj
def list_people(opening: Opening) -> None:
    """List everybody."""
    with opening() as database, database.transaction(SYSTEM) as tx:
        for one in service.reviewers(tx):
            click.echo(f"{one.id}  {one.kind:8} {one.name}  {', '.join(sorted(one.roles))}")


commands = [user]
