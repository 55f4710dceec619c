-- measure
-- For this transaction, from here on: what is kept from those who are measured exists, or does not; and what held before.
with before as materialized (select coalesce(current_setting('assize.measuring', true), '') as held)
select before.held, set_config('assize.measuring', %(measuring)s, true) from before

-- unsettled_labels
-- Decisions beside the label of an audit that differ, and of which no expert was asked yet.
select l.id as key, c.case_id, c.subject_id, l.dossier_id, c.policy_version_id, array[c.decision_id] as decisions,
       array[l.id] as labels, c.audit_id, least(coalesce(c.severity_given, 4), l.severity)::int as severity, c.queue,
       array_remove(array[d.primary_clause, l.clause], null) as clauses, c.restriction, c.region, c.test,
       jsonb_build_array(
           jsonb_build_object('by', c.by, 'verdict', d.verdict, 'clause', d.primary_clause, 'severity', d.assessed),
           jsonb_build_object('by', 'person', 'verdict', l.verdict, 'clause', l.clause, 'severity', l.severity)
       ) as voices
from quality.comparison c
join quality.label l on l.id = c.label_id and l.of = 'audit'
join review.decision d on d.id = c.decision_id
where c.current and c.blind and not c.technical and c.compared_at >= %(since)s and l.dossier_id is not null
  and (c.outcome is null or c.decision = 'wrong' or c.clause_marked = 'wrong' or abs(c.severity_gap) >= %(gap)s)
  and not exists (select from quality.adjudication a where a.key = l.id)
order by c.compared_at
limit %(limit)s

-- unsettled_votes
-- Independent decisions of one case, the later one made blind, that differ, and of which no expert was asked yet.
select concat(one.id, '+', other.id) as key, one.case_id, one.subject_id, one.dossier_id, one.policy_version_id,
       array[one.id, other.id] as decisions, array[]::text[] as labels, null as audit_id,
       least(coalesce(one.assessed, 4), coalesce(other.assessed, 4))::int as severity, c.queue,
       array_remove(array[one.primary_clause, other.primary_clause], null) as clauses, one.restriction, one.region, one.test,
       jsonb_build_array(
           jsonb_build_object('by', coalesce(w1.kind, 'person'), 'verdict', one.verdict, 'clause', one.primary_clause,
                              'severity', one.assessed),
           jsonb_build_object('by', coalesce(w2.kind, 'person'), 'verdict', other.verdict, 'clause', other.primary_clause,
                              'severity', other.assessed)
       ) as voices
from review.decision other
join review.decision one on one.case_id = other.case_id and one.id < other.id and one.reviewer_id <> other.reviewer_id
    and one.source is null and one.state not in ('undone', 'recorded')
join triage.case c on c.id = one.case_id
left join workforce.reviewer w1 on w1.id = one.reviewer_id
left join workforce.reviewer w2 on w2.id = other.reviewer_id
where not one.sealed and other.view = 'blind' and other.source is null and other.state not in ('undone', 'recorded')
  and other.decided_at >= %(since)s and one.dossier_id is not null
  and (one.verdict <> other.verdict or one.primary_clause is distinct from other.primary_clause
       or abs(one.assessed - other.assessed) >= %(gap)s)
  and not exists (select from quality.adjudication a where a.key = concat(one.id, '+', other.id))
order by other.decided_at
limit %(limit)s

-- ask
-- Ask for an expert's word, once.
insert into quality.adjudication (
    id, key, case_id, subject_id, dossier_id, policy_version_id, trigger, decisions, labels, audit_id, severity, queue,
    clauses, opened_at, due_at, restriction, region, test
) values (
    %(id)s, %(key)s, %(case_id)s, %(subject_id)s, %(dossier_id)s, %(policy_version_id)s, %(trigger)s, %(decisions)s,
    %(labels)s, %(audit_id)s, %(severity)s, %(queue)s, %(clauses)s, %(opened_at)s, %(due_at)s, %(restriction)s, %(region)s,
    %(test)s
)
on conflict do nothing
returning id

-- adjudications
-- What waits for an expert's word or had it, the next due first, then the latest; never where the actor judged themselves.
select a.*
from quality.adjudication a
where (%(id)s::text is null or a.id = %(id)s) and (%(states)s::text[] is null or a.state = any(%(states)s))
  and not exists (select from review.decision d where d.id = any(a.decisions) and d.reviewer_id = %(me)s)
  and not exists (select from quality.label l where l.id = any(a.labels) and l.labeler_id = %(me)s)
order by a.state = 'decided', case when a.state = 'decided' then null else a.due_at end, a.id desc
limit %(limit)s

-- lock_adjudication
-- One that waits, that nobody else answers until the end of the transaction.
select id from quality.adjudication where id = %(id)s and state in ('open', 'claimed') for update

-- decide_adjudication
-- Keep an expert's word.
update quality.adjudication
set state = 'decided', outcome = %(outcome)s, label_id = %(label_id)s, cited_clause = %(cited_clause)s,
    rationale = %(rationale)s, decided_by = %(decided_by)s, decided_at = %(decided_at)s, gap_id = %(gap_id)s
where id = %(id)s

-- escalated_in_time
-- Whether a case was escalated by the time a decision of it was a day old.
select exists (
    select from escalation.escalation where case_id = %(case_id)s and raised_at < %(decided_at)s + interval '1 day'
) as escalated

-- gaps
-- Gaps of the policy, open ones first, with how many cases showed them.
select g.*, (select count(*) from quality.policy_gap_case c where c.gap_id = g.id)::int as cases
from quality.policy_gap g
where (%(id)s::text is null or g.id = %(id)s)
order by g.state <> 'open', g.id desc
limit %(limit)s

-- open_gap_named
-- An open gap of this clause and name.
select id from quality.policy_gap where state = 'open' and clause = %(clause)s and title = %(title)s

-- insert_gap
-- Open a gap.
insert into quality.policy_gap (id, title, clause, owner_id, opened_by, opened_at, due_at)
values (%(id)s, %(title)s, %(clause)s, %(owner_id)s, %(opened_by)s, %(opened_at)s, %(due_at)s)

-- add_gap_case
-- A case shows a gap.
insert into quality.policy_gap_case (
    id, gap_id, case_id, subject_id, adjudication_id, calibration_id, added_at, restriction, region
) values (
    %(id)s, %(gap_id)s, %(case_id)s, %(subject_id)s, %(adjudication_id)s, %(calibration_id)s, %(at)s, %(restriction)s,
    %(region)s
)
on conflict on constraint policy_gap_case_once do nothing

-- gap_cases
-- The cases that showed a gap.
select case_id, adjudication_id from quality.policy_gap_case where gap_id = %(id)s order by added_at, id

-- move_gap
-- Give a gap to somebody, or keep what was done about it.
update quality.policy_gap
set state = %(state)s, owner_id = %(owner_id)s, due_at = %(due_at)s, change = %(change)s,
    changed_at = case when %(state)s = 'open' then null else coalesce(changed_at, %(at)s) end
where id = %(id)s

-- differed
-- How often decisions under a family of clauses differed from a blind label, before and after a moment.
select decided_at >= %(at)s as later, count(*)::int as n,
       count(*) filter (where decision = 'wrong' or clause_marked = 'wrong' or outcome is null)::int as differed
from quality.comparison
where current and blind and headline and not test and not technical and audit_id is not null
  and split_part(clause, '-', 1) = %(family)s and decided_at >= %(since)s
group by 1

-- insert_dispute
-- Dispute differences, once.
insert into quality.dispute (id, reviewer_id, since, until, criterion, family, how, n, reason, opened_at, due_at)
values (%(id)s, %(reviewer_id)s, %(since)s, %(until)s, %(criterion)s, %(family)s, %(how)s, %(n)s, %(reason)s, %(opened_at)s,
        %(due_at)s)
on conflict on constraint dispute_once do nothing
returning id

-- disputes
-- Disputes, open ones first: somebody's own, or those of others.
select * from quality.dispute
where (%(id)s::text is null or id = %(id)s) and (%(of)s::text is null or reviewer_id = %(of)s)
  and (%(but)s::text is null or reviewer_id <> %(but)s)
order by state <> 'open', case when state = 'open' then due_at end, id desc
limit %(limit)s

-- lock_dispute
-- An open dispute, that nobody else answers until the end of the transaction.
select id from quality.dispute where id = %(id)s and state = 'open' for update

-- answer_dispute
-- Keep what a dispute came to.
update quality.dispute set state = %(state)s, decided_by = %(by)s, decided_at = %(at)s, answer = %(answer)s where id = %(id)s

-- compared_in
-- Decisions of somebody whose comparisons of a span count.
select distinct decision_id from quality.comparison
where reviewer_id = %(reviewer_id)s and current and not test and not technical
  and compared_at >= %(since)s and compared_at < %(until)s

-- insert_round
-- Open a round.
insert into quality.calibration (id, name, form, facilitator_id, opened_at, due_at, retest_at, retests)
values (%(id)s, %(name)s, %(form)s, %(facilitator_id)s, %(opened_at)s, %(due_at)s, %(retest_at)s, %(retests)s)

-- insert_members
-- Who takes part in a round.
insert into quality.calibration_member (calibration_id, reviewer_id)
select %(id)s, r.id from workforce.reviewer r where r.id = any(%(members)s)

-- insert_item
-- A case of a round.
insert into quality.calibration_item (
    id, calibration_id, ordinal, case_id, subject_id, policy_version_id, note, restriction, region, test
) values (
    %(id)s, %(calibration_id)s, %(ordinal)s, %(case_id)s, %(subject_id)s, %(policy_version_id)s, %(note)s, %(restriction)s,
    %(region)s, %(test)s
)

-- rounds
-- Rounds, the latest first.
select r.* from quality.calibration r
where (%(id)s::text is null or r.id = %(id)s)
  and (%(member)s::text is null or exists (
      select from quality.calibration_member m where m.calibration_id = r.id and m.reviewer_id = %(member)s
  ))
order by r.id desc
limit %(limit)s

-- members
-- Who takes part in a round.
select reviewer_id from quality.calibration_member where calibration_id = %(id)s order by reviewer_id

-- items
-- The cases of a round, in order.
select * from quality.calibration_item
where (%(id)s::text is null or id = %(id)s) and (%(round_id)s::text is null or calibration_id = %(round_id)s)
order by ordinal

-- move_round
-- Begin the discussion of a round, or close it.
update quality.calibration
set state = %(state)s, discussed_at = coalesce(discussed_at, %(at)s),
    closed_at = case when %(state)s = 'closed' then %(at)s end
where id = %(id)s

-- conclude_item
-- What the discussion of a case came to.
update quality.calibration_item set outcome = %(outcome)s, note = %(note)s where id = %(id)s

-- actions
-- What a round asks of people, the next due first.
select * from quality.calibration_action
where (%(id)s::text is null or id = %(id)s) and (%(round_id)s::text is null or calibration_id = %(round_id)s)
order by done_at is not null, due_at, id

-- insert_action
-- Ask something of somebody.
insert into quality.calibration_action (id, calibration_id, text, owner_id, due_at, made_at)
values (%(id)s, %(calibration_id)s, %(text)s, %(owner_id)s, %(due_at)s, %(made_at)s)

-- finish_action
-- It was done.
update quality.calibration_action set done_at = %(at)s, done_by = %(by)s where id = %(id)s and done_at is null

-- labelling
-- The cases that somebody is to label alone in a round now.
select quality.labelling(%(me)s) as case_id
