-- cells
-- Comparisons that are alike, by whose card they count for, from the sums of a span of days.
select case %(of)s when 'teams' then coalesce(team_id, '') when 'vendors' then coalesce(team_id, '') else reviewer_id end as who,
       queue, of, severity_given, severity_true, outcome, marks, missed_escalation, technical, headline, inclusion,
       sum(n)::int as n
from quality.score_day
where day >= %(since)s and day < %(until)s
  and (%(reviewer_id)s::text is null or reviewer_id = %(reviewer_id)s)
  and (%(team_id)s::text is null or team_id = %(team_id)s)
  and (%(of)s not in ('reviewers', 'machines') or by = case %(of)s when 'machines' then 'machine' else 'person' end)
  and (%(of)s <> 'vendors' or vendor)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
having sum(n) > 0

-- cells_of_rows
-- The same from the comparisons themselves: for somebody who has stepped back from single cases.
select case %(of)s when 'teams' then coalesce(c.team_id, '') when 'vendors' then coalesce(c.team_id, '')
            else c.reviewer_id end as who,
       c.queue, case when c.audit_id is not null then 'audit' else coalesce(l.of, 'unknown') end as of, c.severity_given,
       c.severity_true, c.outcome, quality.marks(c) as marks, c.missed_escalation, c.technical, c.headline, c.inclusion,
       count(*)::int as n
from quality.comparison c
left join quality.label l on l.id = c.label_id
where c.current and not c.test and c.decided_at >= %(since)s and c.decided_at < %(until)s
  and (%(reviewer_id)s::text is null or c.reviewer_id = %(reviewer_id)s)
  and (%(team_id)s::text is null or c.team_id = %(team_id)s)
  and (%(of)s not in ('reviewers', 'machines') or c.by = case %(of)s when 'machines' then 'machine' else 'person' end)
  and (%(of)s <> 'vendors' or c.vendor)
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11

-- pairs
-- Decisions beside blind labels drawn by chance, by clause family and queue, from sums.
select family, queue, outcome, sum(n)::int as n
from quality.score_day
where day >= %(since)s and day < %(until)s and blind and headline and of = 'audit' and outcome is not null
  and not technical and (%(team_id)s::text is null or team_id = %(team_id)s)
group by 1, 2, 3
having sum(n) > 0

-- pairs_of_rows
-- The same from the comparisons themselves.
select split_part(clause, '-', 1) as family, queue, outcome, count(*)::int as n
from quality.comparison
where current and not test and decided_at >= %(since)s and decided_at < %(until)s and blind and headline
  and audit_id is not null and outcome is not null and not technical
  and (%(team_id)s::text is null or team_id = %(team_id)s)
group by 1, 2, 3

-- in_order
-- One reviewer's comparisons that were drawn by chance, in the order of the decisions: what a trend is read from.
select decided_at, decision = 'wrong' as wrong
from quality.comparison
where reviewer_id = %(reviewer_id)s and current and not test and headline and inclusion > 0 and not technical
  and decision in ('right', 'wrong') and decided_at >= %(since)s and decided_at < %(until)s
order by decided_at, id

-- newest
-- The newest comparison there is: while it is the same, so are the figures.
select id from quality.comparison order by id desc limit 1

-- auditors
-- What auditors judged in a span and what became of it: severities where somebody looked again, else null.
select o.labeler_id as who, o.decision = 'wrong' as found_wrong, n.id is not null as again,
       n.id is not null and (quality.marks(o) <> quality.marks(n) or o.outcome is distinct from n.outcome) as overturned,
       o.severity_true as theirs, n.severity_true as at_last, count(*)::int as n
from quality.comparison o
left join quality.comparison n on n.replaces = o.id
where o.audit_id is not null and (o.replaces is null or o.why = 'remarked')
  and not exists (select from quality.comparison r where r.replaces = o.id and r.why = 'remarked') and not o.test and not o.technical
  and o.compared_at >= %(since)s and o.compared_at < %(until)s
  and (%(reviewer_id)s::text is null or o.labeler_id = %(reviewer_id)s)
group by 1, 2, 3, 4, 5, 6

-- own_weeks
-- What comparisons said of somebody, by week.
select * from quality.own_weeks(%(reviewer_id)s, %(before)s)

-- independent
-- Independent judgements of the same evidence, made elsewhere, in the order in which they were made.
select e ->> 'hash' as item, d.reviewer_id as rater, d.verdict, d.rationale
from review.decision d
join review.finding f on f.decision_id = d.id and f.is_primary
join review.dossier s on s.id = d.dossier_id
cross join lateral jsonb_array_elements(s.events) e
where d.state = 'recorded' and d.source = %(source)s and e ->> 'event_id' = f.event_id and e ->> 'hash' is not null
order by d.decided_at, d.id

-- independent_sources
-- Where independent judgements came from, and how many there are.
select source, count(*)::int as n, max(id) as newest from review.decision
where state = 'recorded' and source is not null group by source order by source

-- worked_of_rows
-- What was decided and how long it took, from the rows of a span, its first day whole; completed by one of two.
with worked as (
    select date_trunc('day', d.decided_at, 'UTC') as day, d.reviewer_id, d.team_id, d.restriction, d.region,
           count(*)::int as n, count(d.in_hand_s)::int as timed, coalesce(sum(d.in_hand_s), 0) as in_hand_s,
           coalesce(sum(d.in_hand_s * d.in_hand_s), 0) as in_hand_squares, count(t.id)::int as waits,
           coalesce(sum(greatest(0, extract(epoch from d.decided_at - t.offered_at) - coalesce(d.in_hand_s, 0))), 0)::float8
               as waited_s
    from review.decision d
    left join review.task t on t.id = d.task_id
    where (d.sealed or not d.test) and d.state <> 'undone' and d.source is null
      and d.decided_at >= case when %(rows_since)s = %(since)s
                               then date_trunc('day', %(since)s::timestamptz, 'UTC') else %(rows_since)s end
      and d.decided_at < %(until)s
    group by 1, 2, 3, 4, 5
)

-- work
-- What was decided and how long it took: kept sums of days, and rows for what has none.
select case %(of)s when 'teams' then coalesce(team_id, '') when 'vendors' then coalesce(team_id, '') else reviewer_id end as who,
       sum(n)::int as n, sum(timed)::int as timed, sum(in_hand_s) as in_hand_s, sum(in_hand_squares) as in_hand_squares,
       sum(waits)::int as waits, sum(waited_s) as waited_s
from (
    select reviewer_id, team_id, n, timed, in_hand_s, in_hand_squares, waits, waited_s from quality.worked_day
    where day >= date_trunc('day', %(since)s::timestamptz, 'UTC') and day < %(rows_since)s
    union all
    select reviewer_id, team_id, n, timed, in_hand_s, in_hand_squares, waits, waited_s from worked
) every
where (%(reviewer_id)s::text is null or reviewer_id = %(reviewer_id)s)
  and (%(team_id)s::text is null or team_id = %(team_id)s)
group by 1

-- keep_worked
-- Keep the sums of the days that a span touches.
insert into quality.worked_day (
    day, reviewer_id, team_id, restriction, region, n, timed, in_hand_s, in_hand_squares, waits, waited_s
)
select day, reviewer_id, team_id, restriction, region, n, timed, in_hand_s, in_hand_squares, waits, waited_s from worked

-- clear_worked
-- Drop the sums of the days that a span touches: they are made again from their first hour.
delete from quality.worked_day where day >= date_trunc('day', %(since)s::timestamptz, 'UTC') and day < %(until)s

-- first_worked
-- When the first decision was made.
select min(decided_at) as at from review.decision where (sealed or not test) and source is null

-- scoring
-- How decisions are scored now.
select * from quality.scoring order by version desc limit 1

-- scorings
-- How decisions were scored, the latest first.
select * from quality.scoring order by version desc limit 50

-- insert_scoring
-- Score differently from now on.
insert into quality.scoring (
    version, weights, critical, harm, overreach, accepted_error, least, note, set_by, set_at
) values (
    %(version)s, %(weights)s, %(critical)s, %(harm)s, %(overreach)s, %(accepted_error)s, %(least)s, %(note)s, %(set_by)s,
    %(set_at)s
)

-- people
-- Who these are, with their teams.
select r.id, case when r.kind = 'machine' then 'machine' else 'person' end as by, r.team_id, t.name as team
from workforce.reviewer r left join workforce.team t on t.id = r.team_id where r.id = any(%(ids)s)

-- teams
-- The names of teams.
select id, name from workforce.team where id = any(%(ids)s)

-- own_work
-- What somebody decided in a span and how long it took.
select count(*)::int as n, count(d.in_hand_s)::int as timed, coalesce(sum(d.in_hand_s), 0)::float8 as in_hand_s,
       coalesce(sum(d.in_hand_s * d.in_hand_s), 0)::float8 as in_hand_squares, 0 as waits, 0.0::float8 as waited_s
from review.decision d
where d.reviewer_id = %(reviewer_id)s and (d.sealed or not d.test) and d.state <> 'undone' and d.source is null
  and d.decided_at >= %(since)s and d.decided_at < %(until)s
