-- insert_plan
-- Propose a version of a plan.
insert into quality.plan (
    id, name, version, state, note, gravest_by_record, repeat_share, repeat_after_days, proposed_by, proposed_at
) values (
    %(id)s, %(name)s, %(version)s, 'proposed', %(note)s, %(gravest_by_record)s, %(repeat_share)s, %(repeat_after_days)s,
    %(proposed_by)s, %(proposed_at)s
)

-- insert_strata
-- Write the strata of a plan, in order.
insert into quality.stratum (
    id, plan_id, ordinal, name, kind, rate, floor, weights, queues, severities, clauses, verdicts, reviewers, teams, vendor,
    languages, policy_versions, by
)
select id, %(plan_id)s, ordinal, name, kind, rate, floor, weights, queues, severities, clauses, verdicts, reviewers, teams,
       vendor, languages, policy_versions, by
from jsonb_to_recordset(%(rows)s) as given (
    id text, ordinal integer, name text, kind text, rate double precision, floor double precision, weights jsonb,
    queues text[], severities smallint[], clauses text[], verdicts text[], reviewers text[], teams text[], vendor boolean,
    languages text[], policy_versions text[], by text
)

-- last_version
-- The latest version of a plan of this name; 0 where there is none.
select coalesce(max(version), 0) as version from quality.plan where name = %(name)s

-- plans
-- Versions of plans, those in force first, then what was proposed, then the latest.
select id, name, version, state, note, gravest_by_record, repeat_share, repeat_after_days, key_id, proposed_by, proposed_at,
       in_force_by, in_force_at, ended_by, ended_at
from quality.plan
where (%(ids)s::text[] is null or id = any(%(ids)s)) and (%(states)s::text[] is null or state = any(%(states)s))
order by array_position(array['in_force', 'proposed', 'ended', 'dropped'], state), name, version desc
limit %(limit)s

-- plans_in_force_at
-- The plans that were in force at a moment.
select id, name, version, state, note, gravest_by_record, repeat_share, repeat_after_days, key_id, proposed_by, proposed_at,
       in_force_by, in_force_at, ended_by, ended_at
from quality.plan
where in_force_at <= %(at)s and (ended_at is null or ended_at > %(at)s)
order by name, version

-- lock_plan
-- One version of a plan, that nobody else changes until the end of the transaction.
select id, name, version, state, note, gravest_by_record, repeat_share, repeat_after_days, key_id, proposed_by, proposed_at,
       in_force_by, in_force_at, ended_by, ended_at
from quality.plan where id = %(id)s for update

-- lock_plan_in_force
-- The version of a plan that is in force, that nobody else changes until the end of the transaction.
select id, name, version, state, note, gravest_by_record, repeat_share, repeat_after_days, key_id, proposed_by, proposed_at,
       in_force_by, in_force_at, ended_by, ended_at
from quality.plan where name = %(name)s and state = 'in_force' for update

-- strata_of
-- The strata of plans, in order.
select id, plan_id, ordinal, name, kind, rate, floor, weights, queues, severities, clauses, verdicts, reviewers, teams, vendor,
       languages, policy_versions, by
from quality.stratum where plan_id = any(%(ids)s) order by plan_id, ordinal

-- put_in_force
-- A plan draws from now on, with this key.
update quality.plan set state = 'in_force', in_force_by = %(by)s, in_force_at = %(at)s, key_id = %(key_id)s where id = %(id)s

-- end_plan
-- A plan draws no more, or never will.
update quality.plan set state = %(state)s, ended_by = %(by)s, ended_at = %(at)s where id = %(id)s

-- decided
-- What a stratum can ask of decisions that stand.
select d.id, d.case_id, d.subject_id, d.reviewer_id, d.team_id, coalesce(m.vendor, false) as vendor,
       case when w.kind = 'machine' then 'machine' else 'person' end as by,
       coalesce(t.queue, c.queue) as queue, coalesce(d.assessed, c.severity) as severity, d.primary_clause as clause,
       d.verdict, c.language, d.policy_version_id, d.decided_at, d.restriction, d.region, d.test
from review.decision d
join triage.case c on c.id = d.case_id
left join review.task t on t.id = d.task_id
left join workforce.reviewer w on w.id = d.reviewer_id
left join workforce.team m on m.id = d.team_id
where d.id = any(%(ids)s) and d.state in ('stands', 'replaced') and d.effective_at is not null and d.source is null
order by d.id

-- insert_draw
-- Keep what a plan made of a decision; done again it changes nothing.
insert into quality.draw (
    plan_id, decision_id, case_id, subject_id, reviewer_id, team_id, vendor, by, queue, severity, clause, verdict, language,
    policy_version_id, decided_at, key_id, place, random_stratum, random_rate, by_random, risk_stratum, risk_rate, by_risk,
    targeted_stratum, targeted_rate, by_targeted, by_record, inclusion, floored, drawn_at, restriction, region, test
) values (
    %(plan_id)s, %(decision_id)s, %(case_id)s, %(subject_id)s, %(reviewer_id)s, %(team_id)s, %(vendor)s, %(by)s, %(queue)s,
    %(severity)s, %(clause)s, %(verdict)s, %(language)s, %(policy_version_id)s, %(decided_at)s, %(key_id)s, %(place)s,
    %(random_stratum)s, %(random_rate)s, %(by_random)s, %(risk_stratum)s, %(risk_rate)s, %(by_risk)s, %(targeted_stratum)s,
    %(targeted_rate)s, %(by_targeted)s, %(by_record)s, %(inclusion)s, %(floored)s, %(drawn_at)s, %(restriction)s, %(region)s,
    %(test)s
)
on conflict on constraint draw_pkey do nothing
returning decision_id

-- draws_of_decisions
-- What plans drew of these decisions.
select * from quality.draw where decision_id = any(%(ids)s) order by plan_id, decision_id

-- draws_of_plan
-- The latest draws of a plan.
select * from quality.draw
where plan_id = %(plan_id)s and voided_at is null and (%(before)s::text is null or decision_id < %(before)s)
  and (%(team)s::text is null or team_id = %(team)s)
order by decision_id desc
limit %(limit)s

-- void_draws
-- A decision was taken back before it counted.
update quality.draw set voided_at = %(at)s where decision_id = %(decision_id)s and voided_at is null

-- insert_audit
-- Ask for a second judgement of a decision, once.
insert into quality.audit (
    id, decision_id, case_id, subject_id, dossier_id, policy_version_id, decider_id, queue, severity, clauses, clause_keys,
    language, exposure, looks_at, blind, why_not_blind, repeats, repeat_days, assigned_to, state, not_before, due_at,
    offered_at, restriction, region, test
) values (
    %(id)s, %(decision_id)s, %(case_id)s, %(subject_id)s, %(dossier_id)s, %(policy_version_id)s, %(decider_id)s, %(queue)s,
    %(severity)s, %(clauses)s, %(clause_keys)s, %(language)s, %(exposure)s, %(looks_at)s, %(blind)s, %(why_not_blind)s,
    %(repeats)s, %(repeat_days)s, %(assigned_to)s, 'open', %(not_before)s, %(due_at)s, %(offered_at)s, %(restriction)s, %(region)s, %(test)s
)
on conflict do nothing
returning id

-- audits_by_id
-- Audits by id.
select * from quality.audit where id = any(%(ids)s) order by id

-- lock_audit
-- One audit, that nobody else changes until the end of the transaction.
select * from quality.audit where id = %(id)s for update

-- insert_label
-- Keep a judgement given for comparison.
insert into quality.label (
    id, of, of_id, round, labeler_id, case_id, subject_id, dossier_id, policy_version_id, judgement, verdict, clause, severity,
    blind, at, in_hand_s, hash, restriction, region, test
) values (
    %(id)s, %(of)s, %(of_id)s, %(round)s, %(labeler_id)s, %(case_id)s, %(subject_id)s, %(dossier_id)s, %(policy_version_id)s,
    %(judgement)s, %(verdict)s, %(clause)s, %(severity)s, %(blind)s, %(at)s, %(in_hand_s)s, %(hash)s, %(restriction)s,
    %(region)s, %(test)s
)

-- labels_of
-- The labels of something, in order.
select * from quality.label where of = %(of)s and of_id = any(%(of_ids)s) order by of_id, round, id

-- labels_of_case
-- The labels that were given of a case, the oldest first.
select * from quality.label where case_id = %(case_id)s order by id

-- labels_by_id
-- Labels by id.
select * from quality.label where id = any(%(ids)s) order by id

-- insert_comparison
-- Keep a decision beside a label.
insert into quality.comparison (
    id, decision_id, label_id, audit_id, case_id, subject_id, reviewer_id, team_id, vendor, by, labeler_id, queue, language,
    policy_version_id, clause, severity_given, severity_true, outcome, severity_gap, missed_escalation, wrong_clause,
    wrong_action, process_error, technical, decision, clause_marked, severity, action, escalation, rationale, required_step,
    comment, blind, headline, inclusion, decided_at, compared_at, replaces, why, restriction, region, test
) values (
    %(id)s, %(decision_id)s, %(label_id)s, %(audit_id)s, %(case_id)s, %(subject_id)s, %(reviewer_id)s, %(team_id)s, %(vendor)s,
    %(by)s, %(labeler_id)s, %(queue)s, %(language)s, %(policy_version_id)s, %(clause)s, %(severity_given)s, %(severity_true)s,
    %(outcome)s, %(severity_gap)s, %(missed_escalation)s, %(wrong_clause)s, %(wrong_action)s, %(process_error)s,
    %(technical)s, %(decision)s, %(clause_marked)s, %(severity)s, %(action)s, %(escalation)s, %(rationale)s,
    %(required_step)s, %(comment)s, %(blind)s, %(headline)s, %(inclusion)s, %(decided_at)s, %(compared_at)s, %(replaces)s,
    %(why)s, %(restriction)s, %(region)s, %(test)s
)

-- comparisons_of
-- What audits, or decisions, came out as, with what was replaced.
select * from quality.comparison
where (%(audit_ids)s::text[] is null or audit_id = any(%(audit_ids)s))
  and (%(decision_ids)s::text[] is null or decision_id = any(%(decision_ids)s))
order by id

-- replace_comparison
-- A comparison counts no more: another takes its place.
update quality.comparison set current = false where id = %(id)s and current

-- insert_adjudication
-- Judgements differ and wait for an expert's word.
insert into quality.adjudication (
    id, key, case_id, subject_id, dossier_id, policy_version_id, trigger, decisions, labels, audit_id, severity, queue, clauses,
    opened_at, due_at, restriction, region, test
) values (
    %(id)s, %(key)s, %(case_id)s, %(subject_id)s, %(dossier_id)s, %(policy_version_id)s, %(trigger)s, %(decisions)s, %(labels)s,
    %(audit_id)s, %(severity)s, %(queue)s, %(clauses)s, %(opened_at)s, %(due_at)s, %(restriction)s, %(region)s, %(test)s
)
on conflict do nothing
returning id

-- withdraw_adjudications
-- One of the judgements that differ was taken back.
update quality.adjudication set state = 'withdrawn'
where state in ('open', 'claimed') and trigger = %(trigger)s and %(decision_id)s = any(decisions)

-- adjudications_waiting
-- What waits for an expert's word, the next due first.
select * from quality.adjudication where state in ('open', 'claimed') order by due_at, id limit %(limit)s

-- wait_to_be_drawn
-- A decision stands: it is put to the plans once it can't be taken back any more.
insert into quality.waiting (decision_id, due_at) values (%(decision_id)s, %(due_at)s)
on conflict on constraint waiting_pkey do nothing

-- take_waiting
-- Take decisions that are due; those that another worker takes are skipped.
with due as (
    select decision_id from quality.waiting where due_at <= %(at)s
    order by due_at
    limit %(limit)s
    for update skip locked
)
delete from quality.waiting w using due where w.decision_id = due.decision_id returning w.decision_id

-- plans_since
-- The plans that were in force at any moment since one.
select id, name, version, state, note, gravest_by_record, repeat_share, repeat_after_days, key_id, proposed_by, proposed_at,
       in_force_by, in_force_at, ended_by, ended_at
from quality.plan
where in_force_at is not null and (ended_at is null or ended_at > %(since)s)
order by name, version

-- grounds
-- What an audit of decisions stands on: the frozen evidence, the task's clauses and how hard it is.
select d.id, d.dossier_id, f.severity, coalesce(t.exposure, x.exposure_class) as exposure, coalesce(t.clauses, '{}') as clauses,
       coalesce(t.clause_keys, '{}') as clause_keys
from review.decision d
join triage.case x on x.id = d.case_id
join review.dossier f on f.id = d.dossier_id
left join review.task t on t.id = d.task_id
where d.id = any(%(ids)s)

-- decided_of_rows
-- Decisions that stood in a span, with all that a stratum can ask; completed by one of those after it.
with stood as (
    select d.id, d.reviewer_id, d.team_id, coalesce(m.vendor, false) as vendor,
           case when w.kind = 'machine' then 'machine' else 'person' end as by,
           coalesce(t.queue, c.queue) as queue, coalesce(d.assessed, c.severity) as severity, d.primary_clause as clause,
           d.verdict, c.language, d.policy_version_id, d.decided_at, d.restriction, d.region
    from review.decision d
    join triage.case c on c.id = d.case_id
    left join review.task t on t.id = d.task_id
    left join workforce.reviewer w on w.id = d.reviewer_id
    left join workforce.team m on m.id = d.team_id
    where not d.test and d.source is null and d.effective_at is not null and d.state in ('stands', 'replaced')
      and d.decided_at >= %(rows_since)s and d.decided_at < %(until)s
)

-- held_by_strata
-- How many of them each stratum of a plan in force held, by hour: of each kind the first that fits.
, held as (
    select distinct on (p.id, s.kind, d.id) p.id as plan_id, s.id as stratum_id,
           date_trunc('hour', d.decided_at, 'UTC') as hour, d.restriction, d.region
    from stood d
    join quality.plan p on p.in_force_at <= d.decided_at and (p.ended_at is null or p.ended_at > d.decided_at)
    join quality.stratum s on s.plan_id = p.id and quality.fits(
        s, d.queue, d.severity, d.clause, d.verdict, d.reviewer_id, d.team_id, d.vendor, d.by, d.language, d.policy_version_id
    )
    order by p.id, s.kind, d.id, s.ordinal
)

-- keep_population
-- Keep these numbers.
insert into quality.population_hour (plan_id, stratum_id, hour, restriction, region, n)
select plan_id, stratum_id, hour, restriction, region, count(*)::int from held group by 1, 2, 3, 4, 5

-- clear_population
-- Drop the numbers of the hours of a span.
delete from quality.population_hour where hour >= %(since)s and hour < %(until)s

-- read_population
-- How many decisions each stratum of a plan held in a span: kept numbers, and rows for the hours that have none.
select stratum_id, sum(n)::int as n
from (
    select stratum_id, n from quality.population_hour
    where plan_id = %(plan_id)s and hour >= %(since)s and hour < %(rows_since)s
    union all
    select stratum_id, 1 from held where plan_id = %(plan_id)s
) every
group by 1

-- keep_decided_days
-- Keep how many decisions stood, by day and by all that a stratum can ask but the reviewer.
insert into quality.decided_day (
    day, queue, severity, clause, verdict, team_id, vendor, by, language, policy_version_id, restriction, region, n
)
select date_trunc('day', decided_at, 'UTC'), queue, severity, clause, verdict, team_id, vendor, by, language, policy_version_id,
       restriction, region, count(*)::int
from stood group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12
on conflict on constraint decided_day_once do update set n = decided_day.n + excluded.n

-- clear_decided_days
-- Drop the days that begin with a span; a day that began before it is only added to.
delete from quality.decided_day where day >= %(since)s and day < %(until)s

-- first_decided
-- The day of the first decision: sums by day begin with a day.
select date_trunc('day', min(decided_at), 'UTC') as at from review.decision where not test

-- decided_cells
-- How many decisions stood since a day, by all that a stratum can ask but the reviewer.
select queue, severity, clause, verdict, team_id, vendor, by, language, policy_version_id, sum(n)::int as n
from quality.decided_day
where day >= %(since)s and day < %(until)s
group by 1, 2, 3, 4, 5, 6, 7, 8, 9

-- decided_by_reviewers
-- The same for some reviewers alone, from the rows.
select d.reviewer_id, coalesce(t.queue, c.queue) as queue, coalesce(d.assessed, c.severity) as severity,
       d.primary_clause as clause, d.verdict, d.team_id, coalesce(m.vendor, false) as vendor,
       case when w.kind = 'machine' then 'machine' else 'person' end as by, c.language, d.policy_version_id, count(*)::int as n
from review.decision d
join triage.case c on c.id = d.case_id
left join review.task t on t.id = d.task_id
left join workforce.reviewer w on w.id = d.reviewer_id
left join workforce.team m on m.id = d.team_id
where not d.test and d.source is null and d.effective_at is not null and d.state in ('stands', 'replaced')
  and d.reviewer_id = any(%(reviewers)s) and d.decided_at >= %(since)s and d.decided_at < %(until)s
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10

-- drawn_by_strata
-- What each stratum of a plan drew in a span, how much of it was looked at, and how often the decision was wrong.
select s.stratum_id, count(*)::int as drawn, count(a.id) filter (where a.state = 'open')::int as waiting,
       count(x.decision_id) filter (where x.decision <> 'na')::int as compared,
       count(x.decision_id) filter (where x.decision = 'wrong')::int as wrong
from quality.draw d
cross join lateral (values (d.random_stratum, d.by_random), (d.risk_stratum, d.by_risk), (d.targeted_stratum, d.by_targeted))
    as s (stratum_id, drawn)
left join quality.audit a on a.decision_id = d.decision_id and a.looks_at = 'content' and a.repeats is null
    and a.state <> 'withdrawn'
left join quality.comparison x on x.audit_id = a.id and x.current and x.blind and not x.technical
where d.plan_id = %(plan_id)s and d.decided_at >= %(since)s and d.decided_at < %(until)s and d.voided_at is null and s.drawn
group by 1

-- drawn_by_days
-- How many decisions a plan drew on each day of a span.
select date_trunc('day', decided_at, 'UTC') as day, count(*)::int as drawn, count(*) filter (where headline)::int as headline
from quality.draw
where plan_id = %(plan_id)s and decided_at >= %(since)s and decided_at < %(until)s and voided_at is null
group by 1 order by 1

-- take_audit
-- Take the audit that is due next of those that this person may judge blind, or one by name; skip what others take.
with next as (
    select a.id
    from quality.audit a
    where a.state = 'open' and a.not_before <= %(at)s and a.decider_id <> %(me)s
      and (%(id)s::text is null or a.id = %(id)s)
      and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                          a.exposure, a.language, a.clause_keys, a.assigned_to, '{}')
      and (a.repeats is not null or not a.blind or quality.knew(%(me)s, a.case_id, %(at)s, a.id) is null)
      and not exists (select from review.decision d where d.case_id = a.case_id and d.reviewer_id = %(me)s)
    order by a.due_at, a.id
    limit 1
    for update skip locked
)
update quality.audit a
set state = 'claimed', auditor_id = %(me)s, claimed_at = %(at)s, lease_until = %(until)s, opened_at = null
from next where a.id = next.id
returning a.*

-- take_audit_knowing
-- Take one audit by name although this person knows the case: it is marked, and left out of agreement.
update quality.audit a
set state = 'claimed', auditor_id = %(me)s, claimed_at = %(at)s, lease_until = %(until)s, opened_at = null, blind = false,
    why_not_blind = %(why)s
where a.id = %(id)s and a.state = 'open' and a.not_before <= %(at)s and a.decider_id <> %(me)s
  and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                      a.exposure, a.language, a.clause_keys, a.assigned_to, '{}')
returning a.*

-- knew
-- How somebody knew a case before they took its audit; null for not at all.
select quality.knew(%(me)s, %(case_id)s, %(before)s, %(audit_id)s) as how

-- audits_in_hand
-- What somebody has in hand, the next due first.
select * from quality.audit where auditor_id = %(me)s and state = 'claimed' order by due_at, id

-- had_audit_in_hand
-- Whether somebody took an audit before.
select exists (select from platform.fact where thing = %(id)s and actor = %(me)s and kind = 'AuditTaken') as had

-- audits_of_auditor
-- What somebody committed, the latest first.
select * from quality.audit
where auditor_id = %(me)s and state in ('committed', 'revealed')
order by committed_at desc
limit %(limit)s

-- audits_waiting
-- Open audits that may be taken by somebody other than who decided, the next due first.
select * from quality.audit
where state = 'open' and not_before <= %(at)s and decider_id <> %(me)s
order by due_at, id
limit %(limit)s

-- audits_counted
-- How many audits wait, are overdue, are in hand, and were committed lately.
select count(*) filter (where state = 'open' and not_before <= %(at)s)::int as waiting,
       count(*) filter (where state = 'open' and not_before <= %(at)s and due_at < %(at)s)::int as overdue,
       count(*) filter (where state = 'claimed')::int as in_hand,
       count(*) filter (where committed_at >= %(since)s)::int as committed
from quality.audit
where decider_id <> %(me)s and (state in ('open', 'claimed') or committed_at >= %(since)s)

-- return_audit
-- Put an audit back.
update quality.audit
set state = 'open', auditor_id = null, claimed_at = null, lease_until = null, opened_at = null
where id = %(id)s and state = 'claimed'
returning *

-- end_audit_leases
-- Put audits back whose time in somebody's hands is over.
with over as (
    select id from quality.audit where state = 'claimed' and lease_until < %(at)s
    order by lease_until
    limit %(limit)s
    for update skip locked
)
update quality.audit a
set state = 'open', auditor_id = null, claimed_at = null, lease_until = null, opened_at = null
from over where a.id = over.id
returning a.*

-- note_opened
-- The content was opened for an audit.
update quality.audit set opened_at = %(at)s, lease_until = greatest(lease_until, %(until)s) where id = %(id)s

-- commit_audit
-- A label was committed; what of it can't be blind is said.
update quality.audit
set state = 'committed', lease_until = null, committed_at = %(at)s, blind = blind and %(why)s::text is null,
    why_not_blind = coalesce(why_not_blind, %(why)s)
where id = %(id)s
returning *

-- reveal_audit
-- The decision was shown beside the label.
update quality.audit set state = 'revealed', revealed_at = %(at)s where id = %(id)s and state = 'committed' returning *

-- withdraw_audit
-- An audit is not needed any more, or can't be done.
update quality.audit
set state = 'withdrawn', auditor_id = null, claimed_at = null, lease_until = null, withdrawn_why = %(why)s
where id = %(id)s and state in ('open', 'claimed')
returning *

-- escalated_in_time
-- Whether a case was escalated by the time a decision of it was a day old.
select exists (
    select from escalation.escalation where case_id = %(case_id)s and raised_at < %(decided_at)s + interval '1 day'
) as escalated

-- audits_page
-- Audits, the latest first.
select * from quality.audit
where (%(before)s::text is null or id < %(before)s) and decider_id <> %(me)s
  and (%(states)s::text[] is null or state = any(%(states)s))
  and (%(all)s or auditor_id = %(me)s or %(team)s::text is not null and exists (
      select from review.decision d where d.id = audit.decision_id and d.team_id = %(team)s
  ))
order by id desc
limit %(limit)s

-- trial_wait
-- A decision waits to be put to the certificates of whoever made it; again it changes nothing.
insert into quality.trial_waiting (decision_id, due_at) values (%(decision_id)s, %(due_at)s)
on conflict on constraint trial_waiting_pkey do nothing

-- trial_take
-- Take decisions that are due to be put to certificates; rows that others hold are skipped.
delete from quality.trial_waiting w
using (
    select decision_id from quality.trial_waiting where due_at <= %(at)s order by due_at limit %(limit)s for update skip locked
) taken
where w.decision_id = taken.decision_id
returning w.decision_id

-- tried
-- What certificates ask of decisions, those that stand, wait, or were only made to be compared; none that was taken back.
select d.id as decision_id, d.case_id, d.subject_id, d.reviewer_id, d.primary_clause as clause,
       coalesce(t.queue, c.queue) as queue, least(coalesce(d.assessed, c.severity), c.severity) as severity, c.language,
       d.policy_version_id, d.decided_at, d.restriction, d.region,
       array(select distinct f.clause_id from review.finding f
             where f.decision_id = d.id and (f.verdict = 'violation' or f.is_primary)) as found,
       array(select distinct case when x.kind = 'enforce' then coalesce(x.action_id, '') else x.kind end
             from review.disposition x where x.decision_id = d.id) as actions
from review.decision d
join triage.case c on c.id = d.case_id
left join review.task t on t.id = d.task_id
where d.id = any(%(ids)s) and d.state <> 'undone' and not d.test
order by d.id

-- insert_trial_draw
-- Keep that a decision counts for a certificate; again it changes nothing.
insert into quality.trial_draw (
    certificate_id, decision_id, case_id, subject_id, reviewer_id, clause, key_id, place, rate, decided_at, drawn_at,
    restriction, region
) values (
    %(certificate_id)s, %(decision_id)s, %(case_id)s, %(subject_id)s, %(reviewer_id)s, %(clause)s, %(key_id)s, %(place)s,
    %(rate)s, %(decided_at)s, %(drawn_at)s, %(restriction)s, %(region)s
)
on conflict on constraint trial_draw_pkey do nothing
returning decision_id

-- certificates_of_decision
-- The certificates that a decision counts for.
select certificate_id from quality.trial_draw where decision_id = %(decision_id)s order by certificate_id

-- trial_outcomes
-- What came of the decisions that count for a certificate. A failure of the tool, a label that names no truth, and one
-- by somebody who knew the story count for nothing; what was taken back or withdrawn neither.
select t.decision_id, t.clause, t.decided_at, t.place, x.compared_at,
       case when x.id is null then null
            else x.decision = 'wrong' or x.clause_marked = 'wrong' or x.action = 'wrong' or x.missed_escalation end as wrong
from quality.trial_draw t
join review.decision d on d.id = t.decision_id and d.state <> 'undone'
left join lateral (
    select a.id, a.state from quality.audit a
    where a.decision_id = t.decision_id and a.looks_at = 'content' and a.repeats is null
    order by (a.state = 'withdrawn'), a.id limit 1
) a on true
left join lateral (
    select * from quality.comparison x
    where x.decision_id = t.decision_id and x.audit_id = a.id and x.current
    order by x.id desc limit 1
) x on true
where t.certificate_id = %(certificate_id)s and t.decided_at >= %(since)s
  and coalesce(a.state, 'open') <> 'withdrawn'
  and (x.id is null or (x.blind and not x.technical and x.decision <> 'na'))
order by t.decided_at, t.decision_id

-- save_evidence
-- Keep how the evidence of a certificate stands.
insert into quality.evidence (
    certificate_id, audits, errors, held_up, waiting, log_evidence, drift, weighed_at, reached_at
) values (
    %(certificate_id)s, %(audits)s, %(errors)s, %(held_up)s, %(waiting)s, %(log_evidence)s, %(drift)s, %(weighed_at)s,
    %(reached_at)s
)
on conflict on constraint evidence_pkey do update
set audits = excluded.audits, errors = excluded.errors, held_up = excluded.held_up, waiting = excluded.waiting,
    log_evidence = excluded.log_evidence, drift = excluded.drift, weighed_at = excluded.weighed_at,
    reached_at = case when excluded.reached_at is null then null else coalesce(evidence.reached_at, excluded.reached_at) end

-- evidence_of
-- How the evidence of certificates stood when it was last weighed.
select * from quality.evidence where certificate_id = any(%(ids)s)

-- insert_recommendation
-- Tell a manager what the signals say of somebody; one at a time is open for a certificate.
insert into quality.recommendation (id, certificate_id, reviewer_id, signal, state, errors, audits, raised_by, raised_at, note)
values (%(id)s, %(certificate_id)s, %(reviewer_id)s, %(signal)s, 'raised', %(errors)s, %(audits)s, %(raised_by)s, %(raised_at)s,
        %(note)s)
on conflict do nothing
returning id

-- recommendations
-- Recommendations, the latest first.
select * from quality.recommendation
where (%(id)s::text is null or id = %(id)s) and (%(certificate_id)s::text is null or certificate_id = %(certificate_id)s)
  and (%(reviewer_id)s::text is null or reviewer_id = %(reviewer_id)s) and (not %(open_only)s or state <> 'closed')
order by raised_at desc, id desc
limit 200

-- lock_recommendation
-- One recommendation, that nobody else changes until the end of the transaction.
select * from quality.recommendation where id = %(id)s for update

-- coach_recommendation
-- A manager coached somebody.
update quality.recommendation
set state = case when state = 'raised' then 'coaching' else state end, coached_by = %(by)s, coached_at = %(at)s, coaching = %(note)s
where id = %(id)s

-- reply_recommendation
-- Whoever it is about says what they have to say.
update quality.recommendation set state = 'replied', replied_at = %(at)s, reply = %(note)s where id = %(id)s

-- close_recommendation
-- A manager decides what follows.
update quality.recommendation
set state = 'closed', outcome = %(outcome)s, closed_by = %(by)s, closed_at = %(at)s, closing = %(note)s
where id = %(id)s

-- plan_outcomes
-- What came of somebody's decisions that a plan's random floor drew: what their appointments are watched by.
select x.decision_id, x.clause, x.language, x.decided_at, min(d.place) as place, x.compared_at,
       (x.decision = 'wrong' or x.clause_marked = 'wrong' or x.action = 'wrong' or x.missed_escalation) as wrong
from quality.comparison x
join quality.draw d on d.decision_id = x.decision_id and d.by_random and d.voided_at is null
where x.reviewer_id = %(reviewer_id)s and x.decided_at >= %(since)s and x.current and x.blind and not x.technical
  and x.decision <> 'na'
group by x.id
order by x.compared_at desc, x.id desc
limit 5000
