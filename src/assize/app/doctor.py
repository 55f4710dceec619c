"""`assize doctor`: what is wrong with this installation, in plain words."""

import os
import sys

import click

from assize.app.resealing import sealed_secrets
from assize.platform.doctor import Level, examine
from assize.platform.settings import BadSetting, read_settings

MARKS = {Level.OK: "ok  ", Level.WARN: "warn", Level.BAD: "BAD "}


@click.command()
def doctor() -> None:
    """Say in plain words what is wrong with this installation."""
    try:
        settings = read_settings(os.environ)
        found = examine(settings, more=(lambda dsn: sealed_secrets(settings, dsn),))
    except BadSetting as error:
        click.echo(f"BAD   {error.message}")
        sys.exit(1)
    for one in found:
        click.echo(f"{MARKS[one.level]}  {one.title}")
        if one.level is not Level.OK:
            click.echo(f"      {one.advice}")
    if any(one.level is Level.BAD for one in found):
        sys.exit(1)
