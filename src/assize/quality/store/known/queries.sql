-- insert_golden
-- Propose a known case; nothing is returned where the case is in the set already.
insert into quality.golden (
    id, case_id, subject_id, event_ids, origin, origin_id, label_id, policy_version_id, clause, clause_hash, verdict, severity,
    queue, language, exposure, experts, agreeing, difficulty, note, state, proposed_by, proposed_at, restriction, region
) values (
    %(id)s, %(case_id)s, %(subject_id)s, %(event_ids)s, %(origin)s, %(origin_id)s, %(label_id)s, %(policy_version_id)s,
    %(clause)s, %(clause_hash)s, %(verdict)s, %(severity)s, %(queue)s, %(language)s, %(exposure)s, %(experts)s, %(agreeing)s,
    %(difficulty)s, %(note)s, %(state)s, %(proposed_by)s, %(proposed_at)s, %(restriction)s, %(region)s
)
on conflict on constraint golden_case_once do nothing
returning id

-- golden
-- Known cases, the latest first: one, or those of a state.
select * from quality.golden
where (%(id)s::text is null or id = %(id)s) and (%(state)s::text is null or state = %(state)s)
  and (%(queue)s::text is null or queue = %(queue)s)
order by id desc
limit %(limit)s

-- lock_golden
-- One known case, that nobody else changes until the end of the transaction.
select * from quality.golden where id = %(id)s for update

-- change_golden
-- Keep where a known case stands.
update quality.golden
set state = %(state)s, why = %(why)s, truth_id = %(truth_id)s, difficulty = %(difficulty)s, note = %(note)s,
    policy_version_id = %(policy_version_id)s, clause_hash = %(clause_hash)s, approved_by = %(approved_by)s,
    approved_at = %(approved_at)s, expires_at = %(expires_at)s, ended_at = %(ended_at)s
where id = %(id)s

-- golden_of_events
-- Known cases that hold any of these events.
select * from quality.golden where event_ids && %(event_ids)s

-- rates
-- To which share of the cases of each queue known ones are added.
select queue, share, changed_by, changed_at from quality.golden_rate order by queue

-- set_rate
-- Keep a share; cases that came before are not put to the draw.
insert into quality.golden_rate (queue, share, placed_through, changed_by, changed_at)
values (%(queue)s, %(share)s, coalesce((select max(id) from triage.case), ''), %(by)s, %(at)s)
on conflict on constraint golden_rate_pkey do update
set share = excluded.share, changed_by = excluded.changed_by, changed_at = excluded.changed_at,
    placed_through = case when golden_rate.share = 0 then excluded.placed_through else golden_rate.placed_through end

-- lock_rates
-- Shares above nought, those that no other worker draws by at the moment.
select queue, share, placed_through from quality.golden_rate where share > 0 order by queue for update skip locked

-- came
-- Ordinary cases of a queue that came since one, in order.
select id from triage.case
where id > %(after)s and queue = %(queue)s and not test
order by id
limit %(limit)s

-- placed_through
-- Cases up to this one were put to the draw.
update quality.golden_rate set placed_through = %(through)s where queue = %(queue)s

-- free_golden
-- Known cases of a queue that may be placed now, with how often each was.
select g.*, (select count(*)::int from quality.placement p where p.golden_id = g.id) as placed
from quality.golden g
where g.state = 'active' and g.queue = %(queue)s and g.expires_at > %(at)s
  and not exists (
      select from quality.placement p left join triage.case c on c.id = p.case_id
      where p.golden_id = g.id and p.missed_at is null and (p.case_id is null or c.state = 'open')
  )

-- who_knows
-- Whoever did something with a case, its near-duplicates, or earlier copies of it.
select distinct f.actor as id
from quality.golden g
join triage.case o on o.id = g.case_id
join platform.fact f on f.case_id = g.case_id
    or f.case_id in (select p.case_id from quality.placement p where p.golden_id = g.id)
    or f.case_id in (select n.id from triage.case n where n.near_duplicate = o.near_duplicate limit 200)
join workforce.reviewer r on r.id = f.actor
where g.id = %(id)s
union
select unnest(array[g.proposed_by, g.approved_by]) from quality.golden g where g.id = %(id)s and g.approved_by is not null

-- insert_placement
-- Keep that a copy was put in.
insert into quality.placement (id, golden_id, event_ids, because, queue, excluded, placed_at, restriction, region)
values (%(id)s, %(golden_id)s, %(event_ids)s, %(because)s, %(queue)s, %(excluded)s, %(placed_at)s, %(restriction)s, %(region)s)

-- placement_opened
-- The copy is a case by now; returns who may not be given it.
update quality.placement p set case_id = %(case_id)s
from triage.case_event e
where e.case_id = %(case_id)s and e.event_id = any(p.event_ids) and (p.case_id is null or p.case_id = %(case_id)s)
returning p.excluded

-- family
-- What is withheld along with a sealed copy.
select quality.family_of(%(case_id)s) as ids

-- placements
-- Copies of a known case, the latest first.
select * from quality.placement where golden_id = %(golden_id)s order by id desc limit %(limit)s

-- missed
-- Copies that opened no case within an hour: no rule finds anything in them any more.
update quality.placement set missed_at = %(at)s
where case_id is null and missed_at is null and placed_at < %(before)s
returning *

-- expired
-- Known cases whose time is up.
select * from quality.golden where state = 'active' and expires_at <= %(at)s order by id limit %(limit)s for update skip locked

-- unanswered
-- Decisions about copies that can't be taken back any more and were not compared yet, the first of each person.
select distinct on (d.reviewer_id, p.golden_id) d.id, p.golden_id, p.id as placement_id
from quality.placement p
join quality.golden g on g.id = p.golden_id and g.truth_id is not null
join review.decision d on d.case_id = p.case_id
where p.placed_at > %(since)s and not d.reviewer_id = any(p.excluded) and d.source is null and d.state not in ('undone')
  and coalesce(d.effective_at, d.decided_at) <= %(at)s
  and not exists (
      select from quality.comparison c
      where c.label_id = g.truth_id and c.reviewer_id = d.reviewer_id
  )
order by d.reviewer_id, p.golden_id, d.decided_at
limit %(limit)s

-- answered
-- How copies were answered, of one known case or of all.
select
    (select count(*)::int from quality.placement p where %(id)s::text is null or p.golden_id = %(id)s) as placed,
    (select count(*)::int from quality.placement p left join triage.case c on c.id = p.case_id
     where (%(id)s::text is null or p.golden_id = %(id)s) and p.missed_at is null
       and (p.case_id is null or c.state = 'open')) as waiting,
    (select count(*)::int from quality.placement p
     where (%(id)s::text is null or p.golden_id = %(id)s) and p.missed_at is not null) as missed,
    coalesce(sum((c.decision = 'right')::int), 0)::int as right,
    count(*)::int as n
from quality.comparison c
join quality.golden g on g.truth_id = c.label_id
where (%(id)s::text is null or g.id = %(id)s) and c.current and not c.technical and c.decision in ('right', 'wrong')

-- performances
-- How each reviewer did on known cases, on blind audits drawn by chance, and how long they take over everything else.
with compared as (
    select c.reviewer_id, c.decision_id, c.decision = 'right' as ok, l.of = 'golden' as known
    from quality.comparison c join quality.label l on l.id = c.label_id
    where c.current and not c.technical and c.decision in ('right', 'wrong') and c.decided_at >= %(since)s
      and (l.of = 'golden' or (l.of = 'audit' and c.blind and c.headline))
), known as (
    select reviewer_id from compared where known group by reviewer_id
), times as (
    select d.reviewer_id, d.sealed as known, count(*)::int as timed, sum(ln(greatest(d.in_hand_s, 0.5))) as log_s,
           sum(ln(greatest(d.in_hand_s, 0.5)) ^ 2) as log_squares
    from review.decision d join known k on k.reviewer_id = d.reviewer_id
    where d.decided_at >= %(since)s and d.in_hand_s is not null and (d.sealed or not d.test) and d.state <> 'undone'
      and d.source is null
    group by 1, 2
)
select k.reviewer_id, kind.known,
       (select count(*)::int from compared c where c.reviewer_id = k.reviewer_id and c.known = kind.known) as n,
       (select count(*)::int from compared c where c.reviewer_id = k.reviewer_id and c.known = kind.known and c.ok) as right,
       coalesce(t.timed, 0) as timed, coalesce(t.log_s, 0) as log_s, coalesce(t.log_squares, 0) as log_squares
from known k cross join (values (true), (false)) as kind (known)
left join times t on t.reviewer_id = k.reviewer_id and t.known = kind.known
order by k.reviewer_id, kind.known
