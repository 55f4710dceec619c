"""A world in which everything exists that a route can answer with, some of it withheld from some people.

Every string that somebody typed or a platform sent carries the token of its kind, so that a leak can be read off an
answer: `ref-` before the platform's own ids, `said-` before content, `wrote-` before the words of reviewers. How they are
spelled beyond their token is up to who makes the world: `Spelling`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from assize.enforcement import service as enforcement
from assize.enforcement.models.remediation import Cause, Selection
from assize.escalation import service as escalation
from assize.escalation.models import Pager
from assize.kernel import clock
from assize.kernel.ids import CaseId, ReviewerId, RuleId, StratumId
from assize.platform.db import Database
from assize.platform.sealing import sealer
from assize.policy.models import Severity
from assize.quality import service as quality
from assize.quality.models import Kind, Stratum, Wanted
from assize.review import service as review
from assize.review.models import Verdict
from assize.review.ports import RaterJudgement
from assize.triage import service as triage
from assize.triage.models import RuleState
from assize.workforce import service as workforce
from assize.workforce.models import SYSTEM, Right, Role, SearchScope, ViewProfile
from builders.living import Living, living
from builders.receiving import Got, Reply, a_receiver, confirming

COMPARTMENT = "sealed-compartment"
# In one the event says from the start that it is under need-to-know, in the other somebody puts it there at the end.
KINDS: Mapping[str, str] = {
    "plain": "plain7f3",
    "sealed": "sealed7f3",
    "closed": "closed7f3",
    "abroad": "abroad7f3",
    "recused": "recused7f3",
}
ALL_ROLES = tuple(Role)
RULE = RuleId("said-in-tests")

# How a string is spelled that somebody may fill: from the plain words of it and the most characters its field takes.
Spelling = Callable[[str, int], str]


def plainly(text: str, _most: int) -> str:
    """Spell every string as it is."""
    return text


# Path parameters whose table has another name; all others are named after their table: `task_id` -> `*.task`.
TABLES = {"defect": "safeguard_defect", "request": "information_request"}


@dataclass(kw_only=True)
class Item:
    """One kind of thing in the world: two cases, one decided with all that follows, one that waits.

    ids: the ids of its rows, by table. names: everything by which it could be recognised in an answer.
    """

    kind: str
    token: str
    cases: list[str] = field(default_factory=list)
    ids: dict[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Return its ids and its token."""
        return frozenset({self.token, *(one for ids in self.ids.values() for one in ids)})


@dataclass(frozen=True, kw_only=True)
class Viewer:
    """Somebody who asks. withheld: the kinds that do not exist for them."""

    name: str
    reviewer_id: str
    client: httpx2.Client
    rights: frozenset[Right]
    withheld: frozenset[str]
    masked: frozenset[str] = frozenset()


@dataclass(kw_only=True)
class World:
    """A living installation and what is in it."""

    living: Living
    lead: Viewer
    second: Viewer
    platform: httpx2.Client
    spell: Spelling = plainly
    items: dict[str, Item] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)
    clients: list[httpx2.Client] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.living.database

    def ids(self, name: str, kind: str) -> list[str]:
        """Return what can stand for a path parameter: the ids of a kind, or one that belongs to no case."""
        if name in self.shared:
            return [self.shared[name]]
        if name == "of":
            item = self.items[kind]
            return [item.cases[0], item.ids["subject"][0], self.lead.reviewer_id]
        table = name.removesuffix("_ids").removesuffix("_id")
        return self.items[kind].ids.get(TABLES.get(table, table), [])

    def belongs_to_a_case(self, name: str) -> bool:
        """Whether a path parameter names something that can be withheld."""
        return name not in self.shared

    def viewer(
        self,
        name: str,
        *roles: Role,
        withheld: Sequence[str] = ("sealed", "closed"),
        compartments: Sequence[str] = (),
        view: ViewProfile | None = None,
    ) -> Viewer:
        """Add somebody and return them."""
        profile = view or ViewProfile()
        made = _viewer(self.living, name, *roles, withheld=withheld, compartments=compartments, view=profile)
        self.clients.append(made.client)
        return made


@contextmanager
def a_world(
    database: Database, home: Path, kinds: Sequence[str] = tuple(KINDS), spell: Spelling = plainly
) -> Iterator[World]:
    """Let things happen to one case after another."""
    with a_receiver(_hears) as receiver, living(database, home, webhook=receiver.url) as installation:
        made = _empty(installation, receiver.url, spell)
        try:
            for kind in kinds:
                tell(made, kind)
            yield made
        finally:
            for client in made.clients:
                client.close()


def _hears(got: Got) -> Reply:
    # Pages come here too: they say nothing of an effect.
    return confirming(got) if "effect_id" in got.event.get("data", {}) else Reply()


def tell(world: World, kind: str) -> Item:
    """Let everything happen to the cases of one kind, through the API, and put it where it is withheld."""
    item = Item(kind=kind, token=KINDS[kind])
    world.items[kind] = item
    for part in ("decided", "waiting"):
        send(world, item, part)
    world.living.work()
    item.cases = cases_of(world, item)
    assert len(item.cases) == 2, f"{kind}: {len(item.cases)} cases"
    _decide(world, item, item.cases[0])
    look_again(world, item, item.cases[0])
    differ(world, item, item.cases[0])
    _follow(world, item, item.cases[0])
    _wait(world, item, item.cases[1])
    world.living.work()
    if kind == "closed":
        with world.database.transaction(SYSTEM) as tx:
            for case_id in item.cases:
                triage.restrict(tx, case_id=CaseId(case_id), compartment=COMPARTMENT, at=clock.now())
        world.living.work()
    item.ids = rows_of(world.database, item)
    if kind == "plain":
        world.shared["remediation_id"] = _remediate(world, item)
        world.shared["source"] = _judged_elsewhere(world, item)
    return item


def _judged_elsewhere(world: World, item: Item) -> str:
    """Let two people have judged a case somewhere else."""
    with world.database.transaction(SYSTEM) as tx:
        for viewer in (world.lead, world.second):
            judgement = RaterJudgement(
                event_source="tests", external_id="1", rater=viewer.name, label="harmful", verdict=Verdict.VIOLATION,
                severity=Severity.SEV3, key="1",
            )  # fmt: skip
            review.record_judgement(
                tx, case_id=CaseId(item.cases[0]), judgement=judgement, reviewer_id=ReviewerId(viewer.reviewer_id),
                at=clock.now(),
            )  # fmt: skip
    return "tests"


def _pulled(*, living: Living, reason: str) -> str:
    with living.database.transaction(SYSTEM) as tx:
        tx.run(
            "insert into workforce.lever_pull (id, lever, reach, reason, pulled_by, pulled_at, until) values"
            " ('lev_of_tests', 'audit-floor', '*', %(reason)s, 'system', %(at)s, %(until)s)",
            {"at": clock.now(), "until": clock.now() + timedelta(hours=12), "reason": reason},
        )
    return "lev_of_tests"


def _remediate(world: World, item: Item) -> str:
    """Plan to take back what was done to one kind, and nothing else."""
    (plan,) = ok(world.lead.client.get("/v1/enforcements", params={"case_id": item.cases[0]}))
    since = datetime.fromisoformat(plan["planned_at"])
    selection = Selection(
        cause=Cause.ACTION, cause_id="ban-account", since=since, until=since + timedelta(microseconds=1)
    )
    reason = world.spell(f"wrote-{item.token} of what went wrong", 500)
    with world.database.transaction(SYSTEM) as tx:
        return enforcement.plan_remediation(tx, selection=selection, reason=reason, sample=5, at=clock.now()).id


def ok(answer: httpx2.Response) -> Any:
    """Return the body of an answer that must be a good one."""
    assert answer.is_success, f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def session_of(world: World, viewer: Viewer) -> str:
    """Return the token of a new session of somebody, as their browser would keep it."""
    password = "a password of the tests"
    at = clock.now()
    with world.database.transaction(SYSTEM) as tx:
        workforce.set_password(tx, reviewer_id=ReviewerId(viewer.reviewer_id), password=password, at=at)
    email = f"{viewer.name}@example.org"
    return workforce.sign_in(world.database, email=email, password=password, address="tests", hours=1, at=at).token


def _viewer(
    installation: Living,
    name: str,
    *roles: Role,
    withheld: Sequence[str] = (),
    compartments: Sequence[str] = (),
    view: ViewProfile | None = None,
    spell: Spelling = plainly,
) -> Viewer:
    profile = view or ViewProfile()
    at = clock.now()
    with installation.database.transaction(SYSTEM) as tx:
        reviewer_id = workforce.add_person(
            tx,
            name=spell(name.title(), 120),
            email=f"{name}@example.org",
            roles=roles,
            compartments=list(compartments),
            view=profile,
            at=at,
        )
        key = workforce.issue_key(tx, name=name, rights=list(Right), reviewer_id=reviewer_id, at=at)
    return Viewer(
        name=name,
        reviewer_id=reviewer_id,
        client=installation.client(key.secret),
        rights=workforce.principal_of_key(installation.database, key.secret).rights,
        withheld=frozenset(withheld),
        masked=profile.masked_fields,
    )


def _empty(installation: Living, webhook: str, spell: Spelling) -> World:
    lead = _viewer(installation, "lead", *ALL_ROLES, compartments=[COMPARTMENT], spell=spell)
    second = _viewer(installation, "second", *ALL_ROLES, compartments=[COMPARTMENT], spell=spell)
    made = World(
        living=installation,
        lead=lead,
        second=second,
        platform=installation.client(installation.platform_key()),
        spell=spell,
    )
    made.clients += [lead.client, second.client, made.platform]
    contact = {
        "order": 1,
        "name": spell("On call", 120),
        "webhook_url": webhook,
        "webhook_secret": "whsec_" + "c2VjcmV0" * 4,
    }
    expression = "'frd-1.strong' in terms"
    rule = {"id": RULE, "title": spell("Of tests", 200), "expression": expression, "clause_id": "FRD-1", "score": 0.9}
    ok(lead.client.post("/v1/rules", json=rule))
    ok(second.client.post("/v1/rules/try", json={"expression": expression}))
    ok(second.client.put(f"/v1/rules/{RULE}/state", json={"state": RuleState.SHADOW.value}))
    made.shared = {
        "contact_id": ok(lead.client.post("/v1/contacts", json=contact))["id"],
        "rule_id": RULE,
        "cause_id": RULE,
        "destination": "platform",
        "chart": "flow",
        "pull_id": _pulled(living=installation, reason=spell("a test", 500)),
        "clause_id": "FRD-1",
        "reviewer_id": lead.reviewer_id,
        "name": ok(lead.client.get("/v1/queues"))[0]["name"],
        "version_id": ok(lead.client.get("/v1/policy"))["id"],
        "key_id": ok(lead.client.get("/v1/keys"))[0]["id"],
        "saved_view_id": _saved_view(installation, lead, spell("A search of tests", 80)),
        "proposal_id": "prp_00000000000000000000000000",
        "step": "grant",
        "answer": "kept",
        **_a_certificate(living=installation, lead=lead, second=second, spell=spell),
        "draft_id": _draft(lead, spell("wrote-nothing-of-a-kind", 200)),
        "plan_id": _a_plan(installation),
        "announcement_id": _an_announcement(lead, spell),
        **_measured(installation, lead.reviewer_id),
        "team_id": _a_team(installation, spell("Of the night", 120)),
        "shift_note_id": _a_shift_note(lead, spell("Nothing of note in this shift.", 2_000)),
    }
    return made


def _an_announcement(lead: Viewer, spell: Spelling) -> str:
    """Publish a playbook in two versions; return the id of the one in force."""
    said = {
        "kind": "playbook",
        "title": spell("Of tests", 200),
        "body": spell("How it is done.", 20_000),
        "clauses": ["FRD-1"],
    }
    first = ok(lead.client.post("/v1/announcements", json=said))["id"]
    due_at = (clock.now() + timedelta(days=1)).isoformat()
    return str(ok(lead.client.post("/v1/announcements", json={**said, "due_at": due_at, "instead_of": first}))["id"])


def _a_team(installation: Living, name: str) -> str:
    with installation.database.transaction(SYSTEM) as tx:
        return workforce.add_team(tx, name=name, vendor=False, at=clock.now())


def _a_plan(installation: Living) -> str:
    """Let every decision be looked at again, and return the id of the plan."""
    everything = Stratum(id=StratumId(""), name="everything", kind=Kind.RANDOM, rate=1.0, floor=1.0)
    with installation.database.transaction(SYSTEM) as tx:
        plan = quality.propose(tx, wanted=Wanted(name="of tests", strata=(everything,)), at=clock.now())
        quality.put_in_force(tx, plan_id=plan.id, settings=installation.settings, at=clock.now())
    return plan.id


def look_again(world: World, item: Item, case_id: str) -> None:
    """Let somebody else judge the decided case blind, and be shown both."""
    second = world.second.client
    with world.database.transaction(SYSTEM) as tx:
        audit_id = tx.value("select id from quality.audit where case_id = %(case)s", {"case": case_id})
        event_id = tx.value(
            "select id from intake.event where external_id like %(like)s and kind <> 'report' order by external_id limit 1",
            {"like": f"ref-{item.token}-event-decided%"},
        )
    assert audit_id, f"{item.kind}: nothing was drawn"
    label = {
        "clause": "FRD-1",
        "verdict": "violation",
        "place": f"{event_id}#0",
        "locus": "user",
        "reason": "scripts",
        "rubric.gravity": "2",
        "rubric.spread": "2",
        "rubric.scale": "2",
        "rationale": world.spell(f"wrote-{item.token} in a label that is long enough", 500),
    }
    here = f"/quality/audits/{audit_id}"
    for path, form in (("take", {}), ("open", {}), ("label", label), ("reveal", {})):
        answer = second.post(f"{here}/{path}", data=form)
        assert answer.is_redirect, f"{path}: {answer.status_code} {answer.text}"
    said = {"rationale": "wrong", "comment": world.spell(f"wrote-{item.token} of a reviewer", 500)}
    assert second.post(f"{here}/remark", data=said).is_redirect


def _a_certificate(*, living: Living, lead: Viewer, second: Viewer, spell: Spelling) -> dict[str, str]:
    """Let somebody be appointed and a manager be told of them."""
    with living.database.transaction(SYSTEM) as tx:
        reviewer_id = workforce.add_person(
            tx, name="Appointed", email="appointed@example.org", roles=[Role.ANALYST], at=clock.now()
        )
        held = workforce.certificates(tx, reviewer_id=reviewer_id)[0]
        step = workforce.certificate_steps(tx, held.id)[0]
    told = ok(
        lead.client.post(
            f"/v1/quality/certificates/{held.id}/recommendations", json={"note": spell("A look at it.", 2000)}
        )
    )
    coached = second.client.post(
        f"/v1/quality/recommendations/{told['id']}/coaching", json={"note": spell("Gone through.", 2000)}
    )
    assert coached.status_code == 204, coached.text
    return {"certificate_id": held.id, "step_id": step.id, "recommendation_id": told["id"]}


def _measured(installation: Living, lead: str) -> dict[str, str]:
    """Let there be a gap of the policy, a dispute and a calibration round, and return their ids."""
    ids = {
        "gap_id": "gap_1",
        "dispute_id": "dsp_1",
        "calibration_id": "cal_1",
        "calibration_action_id": "cla_1",
        "course_id": "crs_1",
        "taken_id": "tkn_1",
        "improvement_id": "imp_1",
    }
    with installation.database.transaction(SYSTEM) as tx:
        tx.run(
            "insert into quality.policy_gap (id, title, clause, owner_id, opened_by, opened_at, due_at)"
            " values (%(gap_id)s, 'Quotes', 'FRD-1', %(who)s, %(who)s, now(), now())",
            {**ids, "who": lead},
        )
        tx.run(
            "insert into quality.dispute (id, reviewer_id, since, until, criterion, family, how, n, reason, opened_at, due_at)"
            " values (%(dispute_id)s, 'rev_nobody', now(), now(), 'decision', 'FRD', 'passed over', 5, 'A reason.', now(), now())",
            ids,
        )
        tx.run(
            "insert into quality.calibration (id, name, form, facilitator_id, opened_at, due_at, retest_at)"
            " values (%(calibration_id)s, 'Quotes', 'blind', %(who)s, now(), now(), now())",
            {**ids, "who": lead},
        )
        tx.run(
            "insert into quality.calibration_action (id, calibration_id, text, owner_id, due_at, made_at)"
            " values (%(calibration_action_id)s, %(calibration_id)s, 'Write it down.', %(who)s, now(), now())",
            {**ids, "who": lead},
        )
        tx.run(
            "insert into quality.course (id, version, title, family, sections, words, policy_version_id, n, bound, confidence,"
            " published_by, published_at) values (%(course_id)s, 1, 'Fraud', 'FRD', array['FRD-1'], '{}', 'pol_of_tests', 14, 0.2,"
            " 0.95, %(who)s, now())",
            {**ids, "who": lead},
        )
        tx.run(
            "insert into quality.course_taken (id, course_id, reviewer_id, because, sections, sections_read, drawn, opened_by,"
            " opened_at, due_at) values (%(taken_id)s, %(course_id)s, %(who)s, 'enrolled', array['FRD-1'], array['FRD-1'], true,"
            " %(who)s, now(), now())",
            {**ids, "who": lead},
        )
        tx.run(
            "insert into quality.improvement (id, cause, family, problem, action, owner_id, opened_by, opened_at, due_at)"
            " values (%(improvement_id)s, 'training', 'FRD', 'Quotes.', 'Read it together.', %(who)s, %(who)s, now(), now())",
            {**ids, "who": lead},
        )
    return ids


def differ(world: World, item: Item, case_id: str) -> None:
    """Let an expert be asked of a decided case, that shows a gap and is in a round."""
    with world.database.transaction(SYSTEM) as tx:
        given = {"case": case_id, "kind": item.kind, **world.shared}
        tx.run(
            "insert into quality.adjudication (id, key, case_id, subject_id, dossier_id, policy_version_id, trigger,"
            " decisions, severity, queue, clauses, opened_at, due_at, restriction, region)"
            " select 'adj_' || %(kind)s, d.id, d.case_id, d.subject_id, d.dossier_id, d.policy_version_id, 'split-vote',"
            " array[d.id], 2, 'general', array['FRD-1'], now(), now(), d.restriction, d.region"
            " from review.decision d where d.case_id = %(case)s and d.dossier_id is not null order by d.id limit 1",
            given,
        )
        tx.run(
            "insert into quality.policy_gap_case (id, gap_id, case_id, subject_id, added_at, restriction, region)"
            " select 'gpc_' || %(kind)s, %(gap_id)s, id, subject_id, now(), restriction, region"
            " from triage.case where id = %(case)s",
            given,
        )
        tx.run(
            "insert into quality.calibration_item (id, calibration_id, ordinal, case_id, subject_id, policy_version_id,"
            " restriction, region) select 'cli_' || %(kind)s, %(calibration_id)s, 1, id, subject_id, %(version_id)s,"
            " restriction, region from triage.case where id = %(case)s",
            given,
        )
        tx.run(
            "insert into quality.golden (id, case_id, subject_id, event_ids, origin, origin_id, label_id, policy_version_id,"
            " clause, clause_hash, verdict, severity, queue, exposure, experts, agreeing, difficulty, state, proposed_by,"
            " proposed_at, restriction, region, truth_id)"
            " select 'gld_' || %(kind)s, l.case_id, l.subject_id, array['evt_of_' || %(kind)s], 'audit', l.of_id, l.id,"
            " l.policy_version_id, l.clause, 'hash', l.verdict, l.severity, 'general', 1, 2, 2, 'easy', 'candidate',"
            " l.labeler_id, now(), l.restriction, l.region, l.id"
            " from quality.label l where l.case_id = %(case)s and l.of = 'audit' order by l.id limit 1",
            given,
        )
        tx.run(
            "insert into quality.course_item (id, taken_id, ordinal, golden_id, case_id, subject_id, restriction, region)"
            " select 'cri_' || %(kind)s, %(taken_id)s, 1, id, case_id, subject_id, restriction, region"
            " from quality.golden where case_id = %(case)s",
            given,
        )


def _draft(author: Viewer, title: str) -> str:
    """Let somebody write on the policy, and return the id of the draft."""
    begun = author.client.post("/policy/drafts", data={"title": title})
    assert begun.status_code == 303, begun.text
    return str(begun.headers["location"]).rpartition("/")[2]


def _a_shift_note(lead: Viewer, body: str) -> str:
    assert lead.client.post("/handover", data={"body": body}).status_code == 303
    page = lead.client.get("/handover").text
    return page.partition('data-note="')[2].partition('"')[0]


def _saved_view(installation: Living, lead: Viewer, name: str) -> str:
    answer = lead.client.post("/search/views", data={"name": name, "address": "clause=FRD-1"})
    assert answer.is_redirect, answer.text
    with installation.database.transaction(SYSTEM) as tx:
        return str(tx.value("select id from review.saved_view"))


def send(world: World, item: Item, part: str) -> None:
    token, spell = item.token, world.spell
    refs = {
        level: spell(f"ref-{token}-{level}-{part}", 256)
        for level in ("organisation", "project", "account", "conversation")
    }
    said = f"said-{token} about {part} {' '.join(f'{token}{n}{part}' for n in range(12))} sim-frd-1-strong"
    event: dict[str, Any] = {
        "external_id": spell(f"ref-{token}-event-{part}", 256),
        "occurred_at": clock.now().isoformat(),
        "subject": refs,
        "turns": [
            {"role": "user", "text": spell(said, 400_000)},
            {"role": "assistant", "text": spell(f"said-{token} in answer", 2_000)},
        ],
        "language": "en",
        "region": "us" if item.kind == "abroad" else "eu",
        "attributes": {"word": spell(f"said-{token}", 2_000)},
    }
    report: dict[str, Any] = {
        "external_id": spell(f"ref-{token}-report-{part}", 256),
        "reporter": {"kind": "user", "ref": spell(f"ref-{token}-reporter-{part}", 256)},
        "reason": "scam",
        "about": {"external_id": event["external_id"]},
        "subject": refs,
        "text": spell(f"said-{token} in a report", 2_000),
        "region": event["region"],
    }
    if item.kind == "sealed":
        event["restriction"] = COMPARTMENT
    ok(world.platform.post("/v1/events", json={"events": [event]}))
    ok(world.platform.post("/v1/reports", json=report))


def cases_of(world: World, item: Item) -> list[str]:
    with world.database.transaction(SYSTEM) as tx:
        rows = tx.rows(
            "select distinct c.id, min(e.external_id) as name from triage.case c join triage.case_event ce"
            " on ce.case_id = c.id join intake.event e on e.id = ce.event_id where e.external_id like %(like)s"
            " group by c.id order by name",
            {"like": f"ref-{item.token}-%"},
        )
    return [row["id"] for row in rows]


def tasks_of(world: World, case_id: str, state: str = "open") -> list[str]:
    """Return the ids of the tasks of a case that are in a state."""
    with world.database.transaction(SYSTEM) as tx:
        rows = tx.rows(
            "select id from review.task where case_id = %(case)s and state = %(state)s order by id",
            {"case": case_id, "state": state},
        )
    return [row["id"] for row in rows]


def _decide(world: World, item: Item, case_id: str) -> None:
    (task_id,) = tasks_of(world, case_id)
    client = world.lead.client
    ok(client.post(f"/v1/tasks/{task_id}/claim"))
    view = ok(client.post(f"/v1/tasks/{task_id}/open", json={"purpose": "review"}))
    note = {
        "body": world.spell(f"wrote-{item.token} in a note on a subject", 2_000),
        "subject_id": view["subjects"][0]["id"],
    }
    mention = world.spell(f"wrote-{item.token} in a note for @Second", 2_000)
    ok(client.post(f"/v1/tasks/{task_id}/notes", json={"body": mention}))
    ok(client.post("/v1/notes", json=note))
    ok(client.post(f"/v1/tasks/{task_id}/decision", json=judgement(world, item, view)))
    world.living.work()


def judgement(world: World, item: Item, view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a judgement with a disposition of every kind that asks for words."""
    at = clock.now()
    event = next(one["id"] for one in view["events"] if one["kind"] != "report")
    account = next(one["id"] for one in view["subjects"] if one["level"] == "account")
    on_account = {"target_level": "account", "target_id": account}

    def wrote(text: str) -> str:
        return world.spell(f"wrote-{item.token} {text}", 500)

    return {
        "findings": [
            {
                "clause_id": "FRD-1",
                "verdict": "violation",
                "locus": "user",
                "span": {"event_id": event, "turn": 0, "start": 0, "end": 8},
            }
        ],
        "dispositions": [
            {"kind": "enforce", "action_id": "ban-account", **on_account},
            {"kind": "support", **on_account},
            {
                "kind": "safeguard_defect",
                "target_level": "content",
                "target_id": event,
                "defect": wrote("of a defect"),
            },
            {
                "kind": "request_information",
                "missing": wrote("of what is missing"),
                "owner": world.lead.reviewer_id,
                "due_at": (at + timedelta(days=3)).isoformat(),
                **on_account,
            },
            {
                "kind": "watch",
                "until": (at + timedelta(days=30)).date().isoformat(),
                "triggers": ["new_case"],
                **on_account,
            },
        ],
        "rubric": {"gravity": 2, "spread": 2, "scale": 2},
        "reason_codes": ["scripts"],
        "rationale": wrote("for a reason that is long enough for anybody"),
    }


def _follow(world: World, item: Item, case_id: str) -> None:
    lead, second, spell = world.lead.client, world.second.client, world.spell
    wrote = f"wrote-{item.token}"
    decided = ok(lead.get("/v1/decisions", params={"case_id": case_id}))["decisions"][0]
    (plan,) = ok(lead.get("/v1/enforcements", params={"case_id": case_id}))
    hold = {"basis": spell(f"{wrote} of a basis", 500), "until": (clock.now() + timedelta(days=2)).isoformat()}
    ok(second.post(f"/v1/enforcements/{plan['id']}/approval"))
    ok(lead.post(f"/v1/enforcements/{plan['id']}/notice/hold", json=hold))
    world.living.work()
    appeal = {
        "enforcement_id": plan["id"],
        "external_id": spell(f"ref-{item.token}-appeal", 200),
        "statement": spell(f"said-{item.token} in an appeal", 2_000),
    }
    ok(world.platform.post("/v1/appeals", json=appeal))
    guide = {"clause_id": "FRD-1", "principle": spell(f"principle-{item.token} of a guide under a clause", 500)}
    ok(second.post(f"/v1/decisions/{decided['id']}/precedent", json=guide))
    ok(second.post(f"/v1/decisions/{decided['id']}/second-look", json={"reason": spell(f"{wrote} of a doubt", 500)}))
    world.living.work()


def _wait(world: World, item: Item, case_id: str) -> None:
    lead, spell, wrote = world.lead.client, world.spell, f"wrote-{item.token}"
    account = _subject(world, case_id)
    escalated = {
        "case_id": case_id,
        "owner": world.second.reviewer_id,
        "due_at": (clock.now() + timedelta(hours=1)).isoformat(),
        "reason": spell(f"{wrote} of an escalation", 500),
    }
    ok(lead.post("/v1/escalations", json=escalated))
    contained = {
        "case_id": case_id,
        "action_id": "restrict-feature",
        "target_level": "account",
        "target_id": account,
        "params": {"feature": "sending"},
        "reason": spell(f"{wrote} of a containment", 500),
    }
    ok(lead.post("/v1/containments", json=contained))
    ok(
        lead.put(
            f"/v1/tasks/{tasks_of(world, case_id)[0]}/draft", json={"rationale": spell(f"{wrote} in a draft", 500)}
        )
    )
    pager = Pager(url=world.living.url, sealer=sealer(world.living.settings), private=True)
    escalation.sweep_with(world.database, pager=pager, at=clock.now())
    assert tasks_of(world, case_id), "the task still waits"


def _subject(world: World, case_id: str) -> str:
    with world.database.transaction(SYSTEM) as tx:
        return str(
            tx.value(
                "select es.account_id from triage.case_event ce join intake.event_subject es on es.event_id = ce.event_id"
                " where ce.case_id = %(case)s limit 1",
                {"case": case_id},
            )
        )


def rows_of(database: Database, item: Item) -> dict[str, list[str]]:
    """Return the ids of every row that belongs to a case, by table, whatever tables there are."""
    with database.transaction(SYSTEM) as tx:
        tables = tx.rows(
            "select c.table_schema, c.table_name from information_schema.columns c join information_schema.columns i"
            " on i.table_schema = c.table_schema and i.table_name = c.table_name and i.column_name = 'id'"
            " where c.column_name = 'case_id' order by 1, 2"
        )
        found: dict[str, list[str]] = {"case": list(item.cases)}
        for table in tables:
            rows = tx.rows(
                f'select id from {table["table_schema"]}."{table["table_name"]}" where case_id = any(%(cases)s)'
                " order by id",
                {"cases": item.cases},
            )
            found[table["table_name"]] = [row["id"] for row in rows]
        like = {"like": f"ref-{item.token}-%"}
        events = tx.rows("select id from intake.event where external_id like %(like)s order by id", like)
        subjects = tx.rows("select id from intake.subject where ref like %(like)s order by level, id", like)
        tasks = tx.rows("select id, state from review.task where id = any(%(ids)s)", {"ids": found["task"]})
    waiting = [row["id"] for row in tasks if row["state"] == "open"]
    found["task"] = waiting + [one for one in found["task"] if one not in waiting]
    return found | {"event": [row["id"] for row in events], "subject": [row["id"] for row in subjects]}


def of_view(**given: Any) -> ViewProfile:
    """A view profile."""
    return ViewProfile(**({"may_export": True} | given))


def steps_back(world: World, viewer: Viewer, kind: str) -> None:
    """Let somebody step back from everybody of a kind."""
    view = of_view(recused=frozenset(world.items[kind].ids["subject"]))
    with world.database.transaction(SYSTEM) as tx:
        workforce.change_reviewer(tx, reviewer_id=ReviewerId(viewer.reviewer_id), view=view, at=clock.now())


def own_work() -> ViewProfile:
    """The view of somebody who may search their own work only."""
    return of_view(search_scope=SearchScope.OWN)
