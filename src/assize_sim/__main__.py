"""`python -m assize_sim`: run the simulated platform against an installation.

With --headless it sends --events, waits until everything is decided, carried out and confirmed, and prints one JSON object
on its last line. Without it goes on until it is stopped. `assize demo` starts it.
"""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from assize.kernel import clock
from assize_sim.client import OutOfPatience
from assize_sim.receiver import MISBEHAVIOURS
from assize_sim.running import Options, keys_in, run

DEFAULT_RATE = 4.0  # events a second: busy enough to watch, quiet enough for two cores
DEFAULT_EVENTS = 2_000


def main() -> int:
    """Run until the end or until stopped; 0 when nothing was lost."""
    given = _arguments().parse_args()
    ending = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        ending.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        result = run(_options(given), ending)
    except OutOfPatience as error:
        sys.stderr.write(f"assize_sim: the API stayed away: {error}\n")
        return 1
    if given.json:
        sys.stdout.write(json.dumps(result) + "\n")
    elif given.headless:
        for name, value in result.items():
            sys.stdout.write(f"{name}: {value}\n")
    return 1 if result["lost"] else 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="assize_sim", description="The simulated platform.")
    parser.add_argument("--base-url", required=True, help="where the API is")
    parser.add_argument(
        "--keys-file", type=Path, help='JSON: {"event_key", "webhook_secret", "reviewers": {name: key}}'
    )
    parser.add_argument("--event-key", default=os.environ.get("ASSIZE_SIM_EVENT_KEY", ""))
    parser.add_argument("--webhook-secret", default=os.environ.get("ASSIZE_SIM_WEBHOOK_SECRET", ""))
    parser.add_argument("--reviewer-keys", type=Path, help="JSON: {name: key}")
    parser.add_argument("--receiver-port", type=int, default=0, help="where webhooks are received, on loopback")
    parser.add_argument("--seed", default="1", help="the same seed, the same people and words")
    parser.add_argument("--run", default=None, help="part of every id; a new one each time where not given")
    parser.add_argument("--events", type=int, default=None, help=f"how many to send (headless: {DEFAULT_EVENTS})")
    parser.add_argument("--rate", type=float, default=None, help=f"a second (without --headless: {DEFAULT_RATE:g})")
    parser.add_argument("--headless", action="store_true", help="run to the end and say what it came to")
    parser.add_argument("--json", action="store_true", help="say it as one JSON object")
    parser.add_argument("--tour", action="store_true", help="begin with one of everything")
    parser.add_argument("--misbehave", choices=sorted(MISBEHAVIOURS), default="none", help="the webhook receiver")
    parser.add_argument("--pace", type=float, default=0.0, help="seconds a reviewer rests after each decision")
    parser.add_argument("--reviewers", type=int, default=None, help="how many of the reviewers in the file work")
    parser.add_argument("--quiet", type=float, default=5.0, help="seconds without anything that end a headless run")
    parser.add_argument("--drain", type=float, default=120.0, help="seconds to wait for that at most")
    parser.add_argument("--truth-file", type=Path, default=None, help="write what was true, as JSON lines")
    return parser


def _options(given: argparse.Namespace) -> Options:
    keys = keys_in(given.keys_file) if given.keys_file else {}
    reviewers = keys_in(given.reviewer_keys) if given.reviewer_keys else keys.get("reviewers", {})
    events = given.events if given.events is not None else (DEFAULT_EVENTS if given.headless else None)
    return Options(
        base_url=given.base_url.rstrip("/"),
        event_key=given.event_key or keys.get("event_key", ""),
        reviewer_keys=reviewers,
        webhook_secret=given.webhook_secret or keys.get("webhook_secret", ""),
        receiver_port=given.receiver_port,
        reviewers=given.reviewers,
        seed=given.seed,
        run=given.run if given.run is not None else f"r{clock.now():%y%m%d%H%M%S}",
        events=events,
        rate=given.rate if given.rate is not None or given.headless else DEFAULT_RATE,
        tour=given.tour,
        misbehave=given.misbehave,
        pace_s=given.pace,
        quiet_s=given.quiet,
        drain_s=given.drain,
        truth_file=given.truth_file,
    )


if __name__ == "__main__":
    sys.exit(main())
