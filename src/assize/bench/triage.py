"""How many waiting events a second become scored events and cases: 100 rules, near-duplicates, merging, all durable.

The database and as many scoring processes as there are cores share the machine. Beside it the same events only taken
from the inbox and finished, by the same number of processes, with nothing made of them.
"""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

from assize.app.plugins import attach
from assize.app.worker import settle
from assize.bench.result import BenchResult, Options, at_least
from assize.intake.models import ModelOutcome, RawEvent, Role, SubjectRef, Turn
from assize.intake.service import finish, receive, take
from assize.kernel import clock
from assize.kernel.chance import Rng, rng
from assize.kernel.ids import RuleId
from assize.platform.db import Database
from assize.platform.migrate import migrate
from assize.platform.postgres import APP, DATABASE, OWNER, open_cluster
from assize.policy.models import Pack, RuleText
from assize.policy.service import current, load, publish
from assize.triage import service
from assize.workforce.models import SYSTEM

TARGET = 5_000.0
EVENTS, QUICK_EVENTS = 40_000, 2_000
RULES = 100
BATCH = 1_000
RECEIVED_AT_ONCE = 1_000
HIT_SHARE = 0.04  # of events that some rule finds, as in the simulated traffic
COPY_SHARE = 0.02  # of events that repeat one of a few texts
ACCOUNTS = 5_000
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


WHY = (
    "Where the time goes, sampled over 8,000 events of one process: scoring 52 % (near-duplicates 23 %, half of it their "
    "bands in the database; CEL 5 %; terms 4 %), taking from the inbox with its subjects 17 %, placing in cases 11 %; no "
    "one place is large. Writing six bands a text into an index is the dearest statement. Processor time of the two cores "
    "bounds it: whatever else runs takes its share at once."
)


def run(options: Options) -> BenchResult:
    """Measure scoring and, on as many events again, taking and finishing alone."""
    count = QUICK_EVENTS if options.quick else EVENTS
    workers = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="assize-bench-", dir="/tmp") as folder:
        home = Path(folder)
        home.chmod(0o755)
        with open_cluster(home) as supervisor:
            migrate(supervisor.cluster.dsn(role=OWNER, database=DATABASE))
            dsn = supervisor.cluster.dsn(role=APP, database=DATABASE)
            with Database(dsn) as database:
                _publish(database)
                _fill(database, count, seed=1)
                bare = count / _timed(dsn, _empty, workers)
                _fill(database, count // 10, seed=2)
                _timed(dsn, _assess, workers)
                _fill(database, count, seed=3)
                seconds = _timed(dsn, _assess, workers)
                detail = _detail(database, count, workers)
    return at_least("triage", value=count / seconds, unit="events/s", target=TARGET, baseline=bare, detail=detail)


def _publish(database: Database) -> None:
    with database.transaction(SYSTEM) as tx:
        publish(tx, pack=bench_pack(load("starter")), at=clock.now(), reason="bench")
        service.install_rules(tx, current(tx), at=clock.now())


def bench_pack(pack: Pack) -> Pack:
    """Return the pack with 100 rules of 5 terms, over lists of made-up words."""
    clauses = [clause.id for clause in pack.clauses]
    rules = tuple(
        RuleText(
            id=RuleId(f"bench-{number}"),
            title=f"Bench {number}",
            expression=(
                f"'list-{number}' in terms && event.turn_count >= 1 && event.text_length > 10 && "
                f"event.kind != 'notice' && near_duplicates >= {number % 3 - 1 if number % 3 else 0}"
                if number % 4
                else f"near_duplicates >= 3 && event.language == 'en' && event.kind == 'conversation' && "
                f"account.cases_24h < {number + 5} && event.text_length > {number}"
            ),
            clause=clauses[number % len(clauses)],
            score=0.4 + (number % 6) / 10,
        )
        for number in range(RULES)
    )
    terms = {f"list-{number}": tuple(f"bench{number}word{word}" for word in range(20)) for number in range(RULES)}
    return replace(pack, rules=rules, terms=terms, patterns={}, examples=())


def _fill(database: Database, count: int, *, seed: int) -> None:
    chance = rng(seed)
    words = ["".join(chance.choices(_LETTERS, k=chance.randrange(2, 9))) for _ in range(4_000)]
    copies = [" ".join(chance.choices(words, k=80)) for _ in range(5)]
    for start in range(0, count, RECEIVED_AT_ONCE):
        some = range(start, min(start + RECEIVED_AT_ONCE, count))
        with database.transaction(SYSTEM) as tx:
            items = [_event(chance, words, copies, seed, number) for number in some]
            receipt = receive(tx, items=items, at=clock.now())
            if receipt.accepted != len(items):
                raise RuntimeError("the bench's events were not all taken")


def _event(chance: Rng, words: list[str], copies: list[str], seed: int, number: int) -> RawEvent:
    copied = chance.random() < COPY_SHARE
    question = chance.choice(copies) if copied else " ".join(chance.choices(words, k=40))
    answer = "" if copied else " ".join(chance.choices(words, k=40))
    if chance.random() < HIT_SHARE:
        question += f" bench{chance.randrange(RULES)}word{chance.randrange(20)}"
    conversation = number // 3
    return RawEvent(
        external_id=f"{seed}-{number}",
        occurred_at=clock.now(),
        subject=SubjectRef(
            account=f"account-{conversation % ACCOUNTS}", conversation=f"conversation-{seed}-{conversation}"
        ),
        language="en",
        region="eu",
        turns=(
            Turn(role=Role.USER, text=question),
            Turn(role=Role.ASSISTANT, text=answer, outcome=ModelOutcome.COMPLIED),
        ),
        attributes={"account_age_days": chance.randrange(900)},
    )


def _timed(dsn: str, work: Callable[[str, Barrier], None], workers: int) -> float:
    """Return the seconds that the processes took to empty the inbox, from when all were ready."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers + 1)
    processes = [context.Process(target=work, args=(dsn, barrier)) for _ in range(workers)]
    for process in processes:
        process.start()
    barrier.wait(60)
    began = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - began
    if any(process.exitcode for process in processes):
        raise RuntimeError("a process of the bench failed")
    return seconds


def _assess(dsn: str, barrier: Barrier) -> None:
    attach()
    settle()
    with Database(dsn, max_size=2) as database:
        barrier.wait(60)
        while service.assess(database, at=clock.now(), limit=BATCH).events:
            pass


def _empty(dsn: str, barrier: Barrier) -> None:
    settle()
    with Database(dsn, max_size=2) as database:
        barrier.wait(60)
        taken = BATCH
        while taken:
            with database.transaction(SYSTEM) as tx:
                events = take(tx, limit=BATCH, lease_s=60, at=clock.now(), apart=True)
                taken = len(events)
                finish(tx, [event.id for event in events])


def _detail(database: Database, count: int, workers: int) -> dict[str, object]:
    with database.transaction(SYSTEM) as tx:
        cases = tx.one("select count(*) as cases, coalesce(sum(event_count), 0) as events from triage.case")
        records = tx.value("select count(*) from triage.feature_record")
        waiting = tx.value("select count(*) from intake.inbox")
    return {
        "note": WHY,
        "events": count,
        "rules": RULES,
        "processes": workers,
        "batch": BATCH,
        "cases": cases["cases"],
        "events_in_cases": cases["events"],
        "scored_once": records == count + count // 10 and waiting == 0,
        "cores": os.cpu_count(),
        "baseline": "the same events taken from the inbox and finished, nothing made of them",
    }
