"""What people have to know: published in versions, for some or all, read, and seen to be read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from assize.kernel.ids import ClauseId, ReviewerId, TeamId
from assize.platform.db import Tx
from assize.workforce import service
from assize.workforce.errors import (
    AnnouncementOver,
    AnnouncementUnfit,
    NobodyReads,
    NoSuchAnnouncement,
    NoSuchTeam,
    NotAllowed,
)
from assize.workforce.logic import principal_of
from assize.workforce.logic.announcing import in_order, is_for, offered_under, reading
from assize.workforce.models import (
    Announcement,
    AnnouncementKind,
    AnnouncementText,
    Audience,
    Principal,
    Role,
    TeamReading,
)
from builders.review import a_reviewer

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT, DAY_TEAM = TeamId("team_night"), TeamId("team_day")


def a_text(**given: Any) -> AnnouncementText:
    settings: dict[str, Any] = {"kind": AnnouncementKind.ANNOUNCEMENT, "title": "A new form", "body": "From Monday on."}
    return AnnouncementText(**(settings | given))


def an_announcement(
    name: str = "ann_1", *, at: datetime = AT, read_at: datetime | None = None, **text: Any
) -> Announcement:
    return Announcement(
        id=name, series=name, version=1, text=a_text(**text), author=ReviewerId("rev_quin"), published_at=at, ended_at=None,
        read_at=read_at,
    )  # fmt: skip


def somebody(tx: Tx, name: str, *roles: Role, team: TeamId | None = None) -> Principal:
    reviewer_id = service.add_person(
        tx, name=name.title(), email=f"{name}@example.org", roles=roles or (Role.ANALYST,), team_id=team, at=AT
    )
    return principal_of(service.reviewer(tx, reviewer_id))


class TestAudience:
    @pytest.mark.parametrize(
        ("audience", "reached"),
        [
            pytest.param(Audience(), True, id="everybody"),
            pytest.param(Audience(teams=frozenset({NIGHT})), True, id="their team"),
            pytest.param(Audience(teams=frozenset({DAY_TEAM})), False, id="another team"),
            pytest.param(Audience(roles=frozenset({Role.ANALYST, Role.EXPERT})), True, id="their role"),
            pytest.param(Audience(roles=frozenset({Role.EXPERT})), False, id="another role"),
            pytest.param(
                Audience(teams=frozenset({NIGHT}), roles=frozenset({Role.EXPERT})), False, id="team and not role"
            ),
        ],
    )
    def test_is_who_is_in_a_team_and_has_a_role(self, audience: Audience, reached: bool):
        assert is_for(audience, a_reviewer("ana", team_id=NIGHT)) is reached


class TestOrder:
    def test_has_what_must_be_read_first_by_its_time_and_then_the_latest(self):
        old, new = an_announcement("ann_old"), an_announcement("ann_new", at=AT + DAY)
        soon, later = an_announcement("ann_soon", due_at=AT + HOUR), an_announcement("ann_later", due_at=AT + DAY)
        done = an_announcement("ann_done", due_at=AT + HOUR, read_at=AT, at=AT - DAY)

        assert [one.id for one in in_order([old, later, done, new, soon])] == [
            "ann_soon",
            "ann_later",
            "ann_new",
            "ann_old",
            "ann_done",
        ]


class TestPlaybooks:
    def test_are_offered_under_their_clauses_and_families(self):
        family = an_announcement("ann_a", kind=AnnouncementKind.PLAYBOOK, clauses=(ClauseId("FRD"),), title="B")
        clause = an_announcement("ann_b", kind=AnnouncementKind.PLAYBOOK, clauses=(ClauseId("FRD-2"),), title="A")
        other = an_announcement("ann_c", kind=AnnouncementKind.PLAYBOOK, clauses=(ClauseId("CSE"),))
        news = an_announcement("ann_d", clauses=(ClauseId("FRD"),))

        assert [one.id for one in offered_under([family, clause, other, news], [ClauseId("FRD-2")])] == [
            "ann_b",
            "ann_a",
        ]
        assert offered_under([clause], [ClauseId("FRD-1")]) == []


class TestReading:
    def test_is_counted_by_team_of_the_people_it_is_for(self, tx: Tx):
        night = service.add_team(tx, name="Night", vendor=False, at=AT)
        ana, ben = somebody(tx, "ana", team=night), somebody(tx, "ben", team=night)
        cleo, gone = somebody(tx, "cleo"), somebody(tx, "gone", team=night)
        service.change_reviewer(tx, reviewer_id=ReviewerId(gone.id), active=False, at=AT)
        people = [service.reviewer(tx, ReviewerId(one.id)) for one in (ana, ben, cleo, gone)]

        assert list(reading(an_announcement(), people, {ReviewerId(ana.id)})) == [
            TeamReading(team_id=None, people=1, read=0, waiting=[ReviewerId(cleo.id)]),
            TeamReading(team_id=night, people=2, read=1, waiting=[ReviewerId(ben.id)]),
        ]


class TestPublishing:
    def test_reaches_whom_it_is_for_and_nobody_else(self, tx: Tx):
        night = service.add_team(tx, name="Night", vendor=False, at=AT)
        ana, ben, quin = somebody(tx, "ana", team=night), somebody(tx, "ben"), somebody(tx, "quin", Role.QA_LEAD)
        tx.actor = quin
        made = service.publish_announcement(
            tx, text=a_text(audience=Audience(teams=frozenset({night})), due_at=AT + DAY), at=AT
        )

        tx.actor = ana
        assert [one.id for one in service.to_read(tx)] == [made]
        tx.actor = ben
        assert (service.announcements(tx), service.to_read(tx)) == ([], [])
        with pytest.raises(NoSuchAnnouncement):
            service.announcement(tx, announcement_id=made)
        tx.actor = quin  # wrote it: sees it, and need not read it
        assert ([one.id for one in service.announcements(tx)], service.to_read(tx)) == ([made], [])

    def test_of_a_next_version_leaves_the_one_before_as_it_was_and_is_read_anew(self, tx: Tx):
        ana, quin = somebody(tx, "ana"), somebody(tx, "quin", Role.QA_LEAD)
        tx.actor = quin
        first = service.publish_announcement(tx, text=a_text(due_at=AT + DAY), at=AT)
        tx.actor = ana
        service.acknowledge_announcement(tx, announcement_id=first, at=AT + HOUR)
        tx.actor = quin
        second = service.publish_announcement(
            tx, text=a_text(title="Newer", due_at=AT + DAY), instead_of=first, at=AT + 2 * HOUR
        )

        tx.actor = ana
        assert [one.id for one in service.to_read(tx)] == [second]
        before, after = reversed(service.announcement_versions(tx, announcement_id=second))
        assert (before.version, before.text.title, before.read_at) == (1, "A new form", AT + HOUR)
        assert (after.version, after.text.title, after.read_at) == (2, "Newer", None)
        with pytest.raises(AnnouncementOver):
            service.acknowledge_announcement(tx, announcement_id=first, at=AT + 3 * HOUR)
        tx.actor = quin
        with pytest.raises(AnnouncementOver):
            service.publish_announcement(tx, text=a_text(), instead_of=first, at=AT + 3 * HOUR)

    @pytest.mark.parametrize(
        "wrong",
        [{"title": " "}, {"title": "x" * 201}, {"body": ""}, {"body": "a\0b"}, {"due_at": AT}],
        ids=["no title", "a long title", "no text", "U+0000", "a time that is past"],
    )
    def test_refuses_what_is_unfit(self, tx: Tx, wrong: dict[str, Any]):
        tx.actor = somebody(tx, "quin", Role.QA_LEAD)

        with pytest.raises(AnnouncementUnfit):
            service.publish_announcement(tx, text=replace(a_text(), **wrong), at=AT)

    def test_refuses_a_team_that_is_not_there_and_somebody_without_the_right(self, tx: Tx):
        ana, quin = somebody(tx, "ana"), somebody(tx, "quin", Role.QA_LEAD)
        tx.actor = quin
        with pytest.raises(NoSuchTeam):
            service.publish_announcement(tx, text=a_text(audience=Audience(teams=frozenset({NIGHT}))), at=AT)

        tx.actor = ana
        with pytest.raises(NotAllowed):
            service.publish_announcement(tx, text=a_text(), at=AT)

    def test_is_never_changed(self, tx: Tx):
        tx.actor = somebody(tx, "quin", Role.QA_LEAD)
        service.publish_announcement(tx, text=a_text(), at=AT)

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            tx.run("update workforce.announcement set body = 'something else'")


class TestAcknowledging:
    def test_is_recorded_once_with_its_fact_and_counted(self, tx: Tx):
        ana, ben, quin = somebody(tx, "ana"), somebody(tx, "ben"), somebody(tx, "quin", Role.QA_LEAD)
        tx.actor = quin
        made = service.publish_announcement(tx, text=a_text(audience=Audience(roles=frozenset({Role.ANALYST}))), at=AT)
        tx.actor = ana
        service.acknowledge_announcement(tx, announcement_id=made, at=AT + HOUR)
        service.acknowledge_announcement(tx, announcement_id=made, at=AT + DAY)

        assert service.announcement(tx, announcement_id=made).read_at == AT + HOUR
        assert tx.value("select count(*) from platform.fact where kind = 'AnnouncementRead'") == 1
        tx.actor = quin
        (counted,) = service.announcement_reading(tx, announcement_id=made)
        assert (counted.people, counted.read, list(counted.waiting)) == (2, 1, [ben.id])

    def test_is_for_people_only(self, tx: Tx):
        made = service.publish_announcement(tx, text=a_text(), at=AT)

        with pytest.raises(NobodyReads):
            service.acknowledge_announcement(tx, announcement_id=made, at=AT)

    def test_ends_with_the_announcement(self, tx: Tx):
        ana, quin = somebody(tx, "ana"), somebody(tx, "quin", Role.QA_LEAD)
        tx.actor = quin
        made = service.publish_announcement(tx, text=a_text(due_at=AT + DAY), at=AT)
        service.end_announcement(tx, announcement_id=made, at=AT + HOUR)

        tx.actor = ana
        assert (service.to_read(tx), service.announcements(tx)) == ([], [])
        assert service.announcement(tx, announcement_id=made).ended_at == AT + HOUR
