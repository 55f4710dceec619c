-- contracts
-- What is agreed with teams by now: the last version of each, or of one.
select distinct on (team_id) * from quality.contract
where %(team_id)s::text is null or team_id = %(team_id)s
order by team_id, version desc

-- insert_contract
-- Agree something, in place of what was agreed before.
insert into quality.contract (
    team_id, version, accuracy_floor, in_time_floor, per_week, ramp_weeks, starts_at, note, set_by, set_at
)
select %(team_id)s, 1 + coalesce(max(version), 0), %(accuracy_floor)s::float8, %(in_time_floor)s::float8, %(per_week)s::int,
       %(ramp_weeks)s::int, %(starts_at)s::timestamptz, %(note)s, %(set_by)s, %(set_at)s::timestamptz
from quality.contract where team_id = %(team_id)s

-- month
-- What a team did in a span: decisions, people, hours in hand, and how many first looks were decided by their due time.
select count(*)::int as decisions, count(distinct d.reviewer_id)::int as people,
       coalesce(sum(d.in_hand_s), 0) / 3600.0 as hours,
       count(*) filter (where t.kind = 'first_look')::int as timed,
       count(*) filter (where t.kind = 'first_look' and d.decided_at <= t.due_at)::int as in_time
from review.decision d left join review.task t on t.id = d.task_id
where d.team_id = %(team_id)s and d.decided_at >= %(since)s and d.decided_at < %(until)s
  and (d.sealed or not d.test) and d.state <> 'undone' and d.source is null

-- weeks
-- What a team did in each week since a moment, and how many people were at work.
select date_trunc('week', decided_at, 'UTC') as begins, count(*)::int as decisions, count(distinct reviewer_id)::int as heads
from review.decision
where team_id = %(team_id)s and decided_at >= %(since)s and decided_at < %(until)s
  and (sealed or not test) and state <> 'undone' and source is null
group by 1 order by 1

-- inflow
-- How many cases came in each whole week of a span.
select w.begins, coalesce(sum(f.opened), 0)::int as opened
from generate_series(%(since)s::timestamptz, %(until)s::timestamptz - interval '1 week', interval '1 week') as w (begins)
left join triage.flow_hour f on f.hour >= w.begins and f.hour < w.begins + interval '1 week'
group by 1 order by 1

-- all_decided
-- How many decisions everybody made in a span.
select count(*)::int as n from review.decision
where decided_at >= %(since)s and decided_at < %(until)s and (sealed or not test) and state <> 'undone' and source is null
