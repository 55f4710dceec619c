"""`assize demo`: the whole product with a simulated AI platform beside it, as one command.

It has a home of its own, so that nothing simulated ever lies beside what is real.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from assize.app.demo_people import Cast, cast
from assize.app.installation import opened
from assize.app.setup import first_run
from assize.app.up import running, until_told, wait_until_ready
from assize.audit import service as audit
from assize.kernel import clock
from assize.platform.db import Database
from assize.platform.jobs import count_facts, count_jobs
from assize.platform.logs import configure
from assize.platform.settings import Settings, read_settings
from assize.review.facts import DecisionMade
from assize.triage.facts import CaseOpened
from assize.workforce.models import SYSTEM

# What the platform saw for itself: what it sent, what reached it, what it confirmed.
SEEN = ("events_sent", "events_accepted", "enforcements", "enforcements_confirmed", "lost")
HEADLESS_GRACE_S = 1
DEMO_GRACE_S = 10  # long enough to take a decision back, short enough to watch its effect arrive


@click.command()
@click.option("--headless", is_flag=True, help="Run to the end with simulated reviewers, then print what it came to.")
@click.option("--events", type=click.IntRange(1), default=None, help="How many events to send.")
@click.option("--json", "machine", is_flag=True, help="With --headless: print one JSON object.")
@click.option("--seed", default="1", show_default=True, help="The same seed, the same people and words.")
@click.option("--rate", type=float, default=None, help="Events a second.")
@click.option(
    "--misbehave", type=click.Choice(["none", "mild", "wild"]), default="none", help="How the receiver behaves."
)
def demo(headless: bool, events: int | None, machine: bool, seed: str, rate: float | None, misbehave: str) -> None:
    """Start everything beside a simulated AI platform whose traffic flows in."""
    configure(process="demo", level="error")
    options = ["--seed", seed, "--misbehave", misbehave]
    options += ["--rate", str(rate)] if rate is not None else []
    options += ["--events", str(events)] if events is not None else []
    if headless:
        _headless(options, machine=machine)
    else:
        _watched(options)


def _watched(options: list[str]) -> None:
    given = read_settings(os.environ)
    given = replace(given, home=given.home.with_name(given.home.name + "-demo"))
    receiver_port = _free_port(given.port + 1)
    with opened(given) as database:
        first_run(database)
        played = cast(database, given)
    environment = _environment(given, played, receiver_port, grace_s=DEMO_GRACE_S)
    with running(given, environment):
        if not wait_until_ready(given):
            raise click.ClickException("The server did not become ready; `assize doctor` says what is wrong.")
        click.echo(_welcome(given, played))
        # One reviewer is simulated, at a person's pace: enough goes on, and the gravest cases are left for you.
        pace = ["--reviewers", "1", "--pace", "20", "--tour"]
        platform = _platform(given, played, receiver_port, [*options, *pace], environment, stdout=None)
        until_told()
        click.echo("Stopping. Nothing is lost: `make run` goes on where this ended.")
        _stop(platform)


def _headless(options: list[str], *, machine: bool) -> None:
    folder = Path(tempfile.mkdtemp(prefix="assize-demo-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        port = _free_port(0)
        given = replace(
            read_settings({"ASSIZE_HOME": str(folder / "home"), "ASSIZE_PORT": str(port)}), log_level="error"
        )
        result = _run_to_end(given, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if machine:
        click.echo(json.dumps(result))
    else:
        for name, value in result.items():
            click.echo(f"{name}: {value}")
    if result["lost"] or not result["ledger_verified"]:
        sys.exit(1)


def _run_to_end(given: Settings, options: list[str]) -> dict[str, Any]:
    receiver_port = _free_port(0)
    with opened(given) as database:
        first_run(database)
        played = cast(database, given)
        environment = _environment(given, played, receiver_port, grace_s=HEADLESS_GRACE_S)
        with running(given, environment):
            if not wait_until_ready(given):
                raise click.ClickException("The server did not become ready.")
            told = _platform(
                given, played, receiver_port, [*options, "--headless", "--json"], environment, stdout=subprocess.PIPE
            )
            said, _ = told.communicate()
            _settle(database)
        lines = said.decode().strip().splitlines()
        if not lines:
            raise click.ClickException("The simulated platform ended without a word.")
        return _summary(database, given, json.loads(lines[-1]))


def _settle(database: Database) -> None:
    # Facts still on their way to those who hear them belong to the count.
    patience = threading.Event()
    for _ in range(100):
        with database.transaction(SYSTEM) as tx:
            waiting = count_jobs(tx)
        if not waiting.get("todo") and not waiting.get("doing"):
            return
        patience.wait(0.2)


def _summary(database: Database, given: Settings, told: Mapping[str, Any]) -> dict[str, Any]:
    at = clock.now()
    while audit.sequence(database):
        pass
    audit.checkpoint(database, settings=given, at=at)
    verification = audit.verify(database, settings=given)
    with database.transaction(SYSTEM) as tx:
        kinds = count_facts(tx)
    seen = {name: int(told[name]) for name in SEEN}
    return {
        "events_sent": seen["events_sent"],
        "events_accepted": seen["events_accepted"],
        "cases": kinds.get(CaseOpened.__name__, 0),
        "decisions": kinds.get(DecisionMade.__name__, 0),
        "enforcements": seen["enforcements"],
        "enforcements_confirmed": seen["enforcements_confirmed"],
        "facts": sum(kinds.values()),
        "ledger_verified": verification.holds,
        "lost": seen["lost"],
    }


def _environment(given: Settings, played: Cast, receiver_port: int, *, grace_s: int) -> dict[str, str]:
    return {
        **os.environ,
        "ASSIZE_HOME": str(given.home),
        "ASSIZE_HOST": given.host,
        "ASSIZE_PORT": str(given.port),
        "ASSIZE_PUBLIC_URL": given.public_url,
        "ASSIZE_GRACE_SECONDS": str(grace_s),
        "ASSIZE_WEBHOOK_URL": f"http://127.0.0.1:{receiver_port}/webhooks",
        "ASSIZE_WEBHOOK_SECRET": played.webhook_secret,
        "ASSIZE_ALLOW_PRIVATE_DESTINATIONS": "yes",
        "ASSIZE_LOG_LEVEL": "error" if given.log_level == "info" else given.log_level,
    }


def _platform(
    given: Settings,
    played: Cast,
    receiver_port: int,
    options: list[str],
    environment: Mapping[str, str],
    *,
    stdout: int | None,
) -> "subprocess.Popen[bytes]":
    base = f"http://127.0.0.1:{given.port}"
    command = [
        sys.executable, "-m", "assize_sim", "--base-url", base, "--keys-file", str(played.keys_file),
        "--receiver-port", str(receiver_port), *options,
    ]  # fmt: skip
    return subprocess.Popen(  # noqa: S603 - our own module
        command, env=dict(environment), stdout=stdout, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port(wanted: int) -> int:
    with socket.socket() as listening:
        try:
            listening.bind(("127.0.0.1", wanted))
        except OSError:
            listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _welcome(given: Settings, played: Cast) -> str:
    width = max(len(email) for email, _ in played.people)
    people = "\n".join(f"    {email:{width}}  {what}" for email, what in played.people)
    return (
        f"\n  Assize is at {given.public_url}\n\n  Sign in as any of these, with the password  {played.password}\n\n{people}\n\n"
        "  A simulated AI platform sends its traffic; effects reach it by signed webhook and are confirmed.\n"
        f"  Prove the ledger: ASSIZE_HOME={given.home} assize audit verify\n  Ctrl-C stops it; nothing is lost.\n"
    )
