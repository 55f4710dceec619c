-- add_enforcement
-- Write a plan; nothing is returned where the same action on the same target is planned by this decision already.
insert into enforcement.enforcement
    (id, case_id, decision_id, subject_id, target_level, target_ref, action_id, title, sentence, params, high_impact,
     reversible, containment, state, problem, clause_id, policy_version_id, decided_by, by_machine, strike_weight,
     event_at, planned_at, effective_at, approved_by, interim)
values
    (%(id)s, %(case_id)s, %(decision_id)s, %(subject_id)s, %(target_level)s, %(target_ref)s, %(action_id)s, %(title)s,
     %(sentence)s, %(params)s, %(high_impact)s, %(reversible)s, %(containment)s, %(state)s, %(problem)s, %(clause_id)s,
     %(policy_version_id)s, %(decided_by)s, %(by_machine)s, %(strike_weight)s, %(event_at)s, %(planned_at)s,
     %(effective_at)s, %(approved_by)s, %(interim)s)
on conflict (decision_id, target_level, target_ref, action_id) where state not in ('cancelled', 'undone') do nothing
returning id

-- enforcement_by_id
-- One plan.
select * from enforcement.enforcement where id = %(id)s

-- enforcement_for_change
-- One plan, locked: whoever approves, undoes or confirms waits for the others.
select * from enforcement.enforcement where id = %(id)s for update

-- enforcements_of_decision
-- All plans of one decision, locked.
select * from enforcement.enforcement where decision_id = %(decision_id)s order by id for update

-- enforcements_of_decisions
-- All plans of these decisions, in order.
select * from enforcement.enforcement where decision_id = any(%(decision_ids)s) order by id

-- enforcements
-- Plans, newest first, of one case, one state, or all.
select * from enforcement.enforcement
where (%(case_id)s::text is null or case_id = %(case_id)s)
  and (%(subject_id)s::text is null or subject_id = %(subject_id)s)
  and (%(state)s::text is null or state = %(state)s)
  and (%(before)s::text is null or id < %(before)s)
order by id desc
limit %(limit)s

-- in_force
-- Other plans by which this action is in force on this target or about to be, locked, oldest first.
select * from enforcement.enforcement
where target_level = %(target_level)s and target_ref = %(target_ref)s and action_id = %(action_id)s
  and state in ('awaiting_approval', 'issued', 'confirmed')
  and id <> %(other_than)s
order by id
for update

-- lock_target
-- One at a time for an action on a target, held to the end of the transaction.
select pg_advisory_xact_lock(hashtextextended(%(name)s, 7))

-- set_enforcement_state
-- Say where a plan stands.
update enforcement.enforcement
set state = %(state)s,
    approved_by = coalesce(%(approved_by)s, approved_by),
    effective_at = coalesce(%(effective_at)s, effective_at),
    problem = coalesce(%(problem)s, problem),
    undone_at = coalesce(%(undone_at)s, undone_at),
    undone_because = coalesce(%(undone_because)s, undone_because)
where id = %(id)s

-- adopt
-- A decision takes over what is in force by a containment or an earlier decision: it stays in force.
update enforcement.enforcement
set decision_id = %(decision_id)s, containment = false, clause_id = %(clause_id)s, decided_by = %(decided_by)s,
    by_machine = %(by_machine)s, policy_version_id = %(policy_version_id)s, strike_weight = %(strike_weight)s,
    subject_id = %(subject_id)s, approved_by = coalesce(approved_by, %(approved_by)s), interim = %(interim)s
where id = %(id)s

-- add_approval
-- Keep what a second person said; nothing is returned where they said something before.
insert into enforcement.approval (enforcement_id, approver, given, reason, at)
values (%(enforcement_id)s, %(approver)s, %(given)s, %(reason)s, %(at)s)
on conflict on constraint approval_pkey do nothing
returning approver

-- approvers
-- Who had a say in a plan.
select approver from enforcement.approval where enforcement_id = %(enforcement_id)s order by at

-- add_effect
-- Write an effect; nothing is returned where it was written before.
insert into enforcement.effect
    (id, kind, about, case_id, enforcement_id, action_id, target_level, target_ref, data, state, event_at, created_at,
     due_at)
values
    (%(id)s, %(kind)s, %(about)s, %(case_id)s, %(enforcement_id)s, %(action_id)s, %(target_level)s, %(target_ref)s,
     %(data)s, %(state)s, %(event_at)s, %(created_at)s, %(due_at)s)
on conflict on constraint effect_once do nothing
returning id

-- effect_by_id
-- One effect.
select * from enforcement.effect where id = %(id)s

-- effect_for_change
-- One effect, locked.
select * from enforcement.effect where id = %(id)s for update

-- effects_about
-- The effects that carry something out, locked.
select * from enforcement.effect where about = %(about)s order by id for update

-- effects
-- Effects, newest first, of one case, one plan, one state, or all.
select * from enforcement.effect
where (%(case_id)s::text is null or case_id = %(case_id)s)
  and (%(enforcement_id)s::text is null or enforcement_id = %(enforcement_id)s)
  and (%(state)s::text is null or state = %(state)s)
  and (%(before)s::text is null or id < %(before)s)
order by id desc
limit %(limit)s

-- rest_answers
-- Let the answers to reports that one decision of a case gave be those of another.
update enforcement.effect set about = %(decision_id)s || substr(about, length(%(before)s) + 1)
where case_id = %(case_id)s and kind = 'report_outcome' and starts_with(about, %(before)s || ':')

-- set_effect_state
-- Say how far an effect has come.
update enforcement.effect
set state = %(state)s,
    sent_at = coalesce(sent_at, %(sent_at)s),
    confirmed_at = coalesce(confirmed_at, %(confirmed_at)s),
    problem = %(problem)s
where id = %(id)s

-- hasten_effect
-- Let a waiting effect leave at another time.
update enforcement.effect set due_at = %(due_at)s where id = %(id)s and state = 'waiting'

-- fan_out
-- Make one delivery a destination of every effect whose time has come.
with due as (
    select id, kind, about, case_id, due_at from enforcement.effect
    where state = 'waiting' and due_at <= %(at)s
    order by due_at
    limit %(limit)s
    for update skip locked
), made as (
    insert into enforcement.delivery
        (id, effect_id, case_id, kind, about, destination, state, next_at, created_at)
    select 'dlv_' || substr(due.id, 5) || '_' || d.name, due.id, due.case_id, due.kind, due.about, d.name, 'waiting',
           %(at)s, %(at)s
    from due cross join unnest(%(destinations)s::text[]) as d (name)
    on conflict on constraint delivery_once do nothing
)
update enforcement.effect e set state = 'outgoing' from due where e.id = due.id

-- count_due
-- How many deliveries are due at one destination, counted no further than asked.
select count(*) from (
    select 1 from enforcement.delivery
    where destination = %(destination)s and state = 'waiting' and next_at <= %(at)s
      and (claimed_until is null or claimed_until <= %(at)s)
    limit %(limit)s) as due

-- claim_deliveries
-- Lease what is due for one destination, oldest first; an undoing waits while its action is being sent.
with due as (
    select d.id from enforcement.delivery d
    where d.destination = %(destination)s and d.state = 'waiting' and d.next_at <= %(at)s
      and (d.claimed_until is null or d.claimed_until <= %(at)s)
      and (d.kind <> 'undo' or not exists (
            select 1 from enforcement.delivery first
            where first.about = d.about and first.destination = d.destination and first.kind = 'apply'
              and first.claimed_until > %(at)s))
    order by d.next_at
    limit %(limit)s
    for update of d skip locked
)
update enforcement.delivery d
set claimed_until = %(until)s, tries = d.tries + 1
from due, enforcement.effect e
where d.id = due.id and e.id = d.effect_id
returning d.id as delivery_id, d.tries as delivery_tries, e.*

-- settle_delivery
-- Keep what became of one try. A delivery that was taken back or settled meanwhile keeps what it was told then.
update enforcement.delivery
set state = %(state)s, next_at = %(next_at)s, claimed_until = null, last_status = %(last_status)s,
    problem = %(problem)s, ended_at = %(ended_at)s
where id = %(id)s and state = 'waiting'
returning id, effect_id, case_id, kind, destination, tries

-- free_delivery
-- Give back the lease of a delivery that was taken back while it was being sent.
update enforcement.delivery set claimed_until = null, last_status = %(last_status)s where id = %(id)s

-- delivery_by_id
-- One delivery, locked.
select * from enforcement.delivery where id = %(id)s for update

-- deliveries_of_effect
-- How one effect stands at each destination.
select * from enforcement.delivery where effect_id = %(effect_id)s order by destination

-- deliveries
-- Deliveries, newest first, of one effect, one state, or all.
select * from enforcement.delivery
where (%(effect_id)s::text is null or effect_id = %(effect_id)s)
  and (%(state)s::text is null or state = %(state)s)
  and (%(before)s::text is null or id < %(before)s)
order by id desc
limit %(limit)s

-- set_deliveries
-- Move the deliveries of an effect from some states to another: confirmed, failed, or taken back.
update enforcement.delivery
set state = %(state)s, ended_at = %(at)s
where effect_id = %(effect_id)s and state = any(%(from_states)s)
  and (%(destination)s::text is null or destination = %(destination)s)

-- revive_delivery
-- Send a dead or failed delivery again, with all its tries before it.
update enforcement.delivery
set state = 'waiting', tries = 0, next_at = %(at)s, claimed_until = null, ended_at = null
where id = %(id)s and state in ('dead', 'failed')
returning id

-- count_outgoing
-- How many plans wait for a second person, effects for a destination or a confirmation, and deliveries for a person.
select
    (select count(*) from enforcement.enforcement where state in ('awaiting_approval', 'blocked')) as waiting_approval,
    (select count(*) from enforcement.effect where state = 'waiting') as effects_waiting,
    (select count(*) from enforcement.effect where state = 'sent') as effects_unconfirmed,
    (select count(*) from enforcement.delivery where state = 'waiting') as deliveries_waiting,
    (select count(*) from enforcement.delivery where state = 'dead') as deliveries_dead,
    (select count(*) from enforcement.appeal where state = 'open') as appeals_open

-- seconds_to_confirmed
-- Time from event to confirmed action, in seconds: how many, median, 90th and 95th percentile, longest. Cases under
-- need-to-know are left out: the longest is the time of one case, and of few so is the median.
select count(*) as n,
       percentile_cont(array[0.5, 0.9, 0.95, 1.0]) within group (
           order by extract(epoch from e.confirmed_at - e.event_at)) as seconds
from enforcement.effect e join triage.case c on c.id = e.case_id
where e.kind = 'apply' and e.state = 'confirmed' and e.confirmed_at >= %(since)s and c.restriction is null

-- add_strike
-- Give a strike; nothing is returned where this plan gave one before.
insert into enforcement.strike (id, enforcement_id, case_id, subject_id, clause_id, weight, given_at)
values (%(id)s, %(enforcement_id)s, %(case_id)s, %(subject_id)s, %(clause_id)s, %(weight)s, %(given_at)s)
on conflict on constraint strike_once do nothing
returning id

-- remove_strike
-- Take the strike of a plan away.
update enforcement.strike set removed_at = %(at)s, removed_because = %(because)s
where enforcement_id = %(enforcement_id)s and removed_at is null
returning id, case_id, subject_id

-- strike_of_decision
-- The strike that a decision has given an account already.
select s.* from enforcement.strike s join enforcement.enforcement e on e.id = s.enforcement_id
where e.decision_id = %(decision_id)s and s.subject_id = %(subject_id)s and s.removed_at is null

-- strikes_of_subject
-- The strikes of an account, oldest first.
select * from enforcement.strike where subject_id = %(subject_id)s order by given_at

-- add_appeal
-- Keep an appeal; nothing is returned where the same caller sent it before, or where one is open.
insert into enforcement.appeal (id, enforcement_id, case_id, external_id, statement, state, lodged_by, lodged_at)
values (%(id)s, %(enforcement_id)s, %(case_id)s, %(external_id)s, %(statement)s, 'open', %(lodged_by)s, %(lodged_at)s)
on conflict do nothing
returning id

-- appeal_known
-- An appeal that the same caller sent before.
select * from enforcement.appeal where lodged_by = %(lodged_by)s and external_id = %(external_id)s

-- appeal_open
-- The appeal that is open against a plan.
select * from enforcement.appeal where enforcement_id = %(enforcement_id)s and state = 'open'

-- appeal_by_id
-- One appeal, locked.
select * from enforcement.appeal where id = %(id)s for update

-- note_hearings
-- A decision stands in place of one under appeal: it hears the appeals, once its grace time is over.
update enforcement.appeal a
set hearing_decision_id = %(decision_id)s, hear_at = %(hear_at)s
from enforcement.enforcement e
where e.id = a.enforcement_id and e.decision_id = %(replaced)s and a.state = 'open'
  and e.decided_by <> %(heard_by)s
  and not exists (select 1 from enforcement.approval p where p.enforcement_id = e.id and p.approver = %(heard_by)s)
returning a.enforcement_id

-- forget_hearing
-- The decision that heard appeals was taken back; they are open again.
update enforcement.appeal set hearing_decision_id = null, hear_at = null
where hearing_decision_id = %(decision_id)s and state = 'open'

-- appeals_to_conclude
-- Appeals whose hearing takes effect, locked.
select * from enforcement.appeal where state = 'open' and hear_at <= %(at)s
order by hear_at limit %(limit)s for update skip locked

-- set_appeal_task
-- Say which task hears an appeal.
update enforcement.appeal set task_id = %(task_id)s where id = %(id)s

-- close_appeal
-- Keep how an appeal ended.
update enforcement.appeal
set state = %(state)s, heard_by = %(heard_by)s, heard_at = %(at)s, reason = %(reason)s
where id = %(id)s and state = 'open'
returning id

-- appeals
-- Appeals, newest first.
select * from enforcement.appeal
where (%(state)s::text is null or state = %(state)s)
  and (%(before)s::text is null or id < %(before)s)
order by id desc
limit %(limit)s

-- add_notice
-- Keep the statement of reasons of a plan.
insert into enforcement.notice
    (enforcement_id, case_id, text, state, basis, asked_by, asked_until, expires_at)
values
    (%(enforcement_id)s, %(case_id)s, %(text)s, %(state)s, %(basis)s, %(asked_by)s, %(asked_until)s, %(expires_at)s)
on conflict on constraint notice_pkey do nothing

-- notice_of
-- The notice of a plan, locked.
select * from enforcement.notice where enforcement_id = %(enforcement_id)s for update

-- hold_notice
-- Keep a notice back.
update enforcement.notice
set state = 'held', basis = %(basis)s, asked_by = %(asked_by)s, approved_by = %(approved_by)s,
    asked_until = %(asked_until)s, expires_at = %(expires_at)s
where enforcement_id = %(enforcement_id)s and state in ('due', 'held')

-- set_notice_state
-- Say whether a notice was sent.
update enforcement.notice set state = %(state)s, sent_at = %(sent_at)s where enforcement_id = %(enforcement_id)s

-- notices_expired
-- Held notices whose time is up.
select * from enforcement.notice where state = 'held' and expires_at <= %(at)s
order by expires_at limit %(limit)s for update skip locked

-- notices_held
-- Notices that are kept back, the next to expire first.
select * from enforcement.notice where state = 'held' order by expires_at limit %(limit)s

-- add_support
-- Keep an offer of support; nothing is returned where this decision made it before.
insert into enforcement.support (id, case_id, decision_id, target_level, target_ref, locale, minor, offered_at)
values (%(id)s, %(case_id)s, %(decision_id)s, %(target_level)s, %(target_ref)s, %(locale)s, %(minor)s, %(offered_at)s)
on conflict on constraint support_once do nothing
returning id

-- supports
-- Offers of support with how far each has come, newest first.
select s.*, e.state from enforcement.support s join enforcement.effect e on e.about = s.id
where (%(case_id)s::text is null or s.case_id = %(case_id)s)
order by s.id desc limit %(limit)s

-- supports_of_decision
-- Offers of support a decision made.
select id from enforcement.support where decision_id = %(decision_id)s

-- add_defect
-- Put a safeguard defect on its list.
insert into enforcement.safeguard_defect
    (id, case_id, decision_id, clause_id, model_version, note, state, found_at)
select %(id)s, %(case_id)s, %(decision_id)s, %(clause_id)s, %(model_version)s, %(note)s, 'open', %(found_at)s
where not exists (
    select 1 from enforcement.safeguard_defect
    where decision_id = %(decision_id)s and clause_id is not distinct from %(clause_id)s
      and note is not distinct from %(note)s)
returning id

-- move_defect
-- Hand a defect over, or close it.
update enforcement.safeguard_defect
set state = %(state)s, outcome = %(outcome)s, closed_at = %(closed_at)s
where id = %(id)s and state <> 'closed'
returning *

-- close_defects_of_decision
-- A decision that was taken back found nothing.
update enforcement.safeguard_defect set state = 'closed', outcome = 'decision undone', closed_at = %(at)s
where decision_id = %(decision_id)s and state = 'open'

-- defects
-- Safeguard defects, newest first.
select * from enforcement.safeguard_defect
where (%(state)s::text is null or state = %(state)s)
  and (%(before)s::text is null or id < %(before)s)
order by id desc
limit %(limit)s

-- add_watch
-- Begin a watch.
insert into enforcement.watch (id, case_id, decision_id, subject_id, until, triggers, reason, state, set_at)
values (%(id)s, %(case_id)s, %(decision_id)s, %(subject_id)s, %(until)s, %(triggers)s, %(reason)s, 'running', %(set_at)s)
on conflict on constraint watch_once do nothing
returning id

-- watches_to_check
-- Running watches: those past their date, and those an event of the subject can end.
select * from enforcement.watch
where state = 'running' and (until <= %(at)s or 'new_event' = any(triggers))
order by until limit %(limit)s for update skip locked

-- watches_of_subject
-- Running watches that a new case of the subject ends.
select * from enforcement.watch
where state = 'running' and subject_id = %(subject_id)s and case_id <> %(case_id)s and 'new_case' = any(triggers)
order by id for update

-- watch_came_back
-- Say that a watch is due, and why.
update enforcement.watch set state = 'due', due_at = %(at)s, due_because = %(because)s
where id = %(id)s and state = 'running'
returning id

-- end_watches_of_decision
-- A decision that was taken back watches nobody.
update enforcement.watch set state = 'ended' where decision_id = %(decision_id)s and state = 'running'

-- watches
-- Watches, the next to come back first.
select * from enforcement.watch
where (%(state)s::text is null or state = %(state)s)
order by until limit %(limit)s

-- add_request
-- Keep what is missing; nothing is returned where this decision asked for it before.
insert into enforcement.information_request
    (id, case_id, decision_id, missing, interim_measure, owner, due_at, state, asked_at, enforcement_id)
values
    (%(id)s, %(case_id)s, %(decision_id)s, %(missing)s, %(interim_measure)s, %(owner)s, %(due_at)s, 'open', %(asked_at)s,
     %(enforcement_id)s)
on conflict on constraint information_request_once do nothing
returning id

-- answer_request
-- Say that what was missing has come.
update enforcement.information_request set state = 'answered', answered_at = %(at)s
where id = %(id)s and state in ('open', 'overdue')
returning *

-- overdue_requests
-- Say of open requests whose time is over that it is.
update enforcement.information_request set state = 'overdue'
where id in (
    select id from enforcement.information_request
    where state = 'open' and due_at <= %(at)s order by due_at limit %(limit)s for update skip locked
)
returning *

-- withdraw_requests_of_decision
-- Ask no more what a decision asked that stands no longer.
update enforcement.information_request set state = 'withdrawn'
where decision_id = %(decision_id)s and state in ('open', 'overdue')

-- requests
-- Requests for information, the next due first.
select * from enforcement.information_request
where (%(state)s::text is null or state = %(state)s)
order by due_at limit %(limit)s

-- erase_words_of_cases
-- Remove what people wrote about cases whose content is erased.
with appeals as (
    update enforcement.appeal set statement = null where case_id = any(%(case_ids)s) and statement is not null returning 1
), defects as (
    update enforcement.safeguard_defect set note = null where case_id = any(%(case_ids)s) and note is not null returning 1
), requests as (
    update enforcement.information_request set missing = 'erased ' || id
    where case_id = any(%(case_ids)s) and missing not like 'erased %%' returning 1
)
select (select count(*) from appeals) + (select count(*) from defects) + (select count(*) from requests) as erased

-- pace_of_rows
-- How long it took until effects were confirmed in a span, from the rows; completed by one of the two after it.
with taken as (
    select date_trunc('hour', e.confirmed_at, 'UTC') as hour, c.restriction, c.region,
           greatest(1, extract(epoch from e.confirmed_at - e.event_at))::float8 as s
    from enforcement.effect e join triage.case c on c.id = e.case_id
    where e.confirmed_at >= %(rows_since)s and e.confirmed_at < %(until)s and e.kind = 'apply' and (c.sealed or not c.test)
), pace as (
    select hour, restriction, region, floor(4 * ln(s) / ln(2.0::float8))::smallint as bucket, count(*)::int as n,
           max(s) as most_s
    from taken group by 1, 2, 3, 4
)

-- keep_pace
-- Keep the sums of the hours of a span.
insert into enforcement.pace_hour (hour, restriction, region, bucket, n, most_s)
select hour, restriction, region, bucket, n, most_s from pace

-- clear_pace
-- Drop the sums of the hours of a span.
delete from enforcement.pace_hour where hour >= %(since)s and hour < %(until)s

-- first_pace
-- When the first effect was confirmed.
select min(confirmed_at) as at from enforcement.effect where confirmed_at is not null and kind = 'apply'

-- read_pace
-- How long it took in a span: kept sums, and rows for the hours that have none.
select bucket, sum(n)::int as n, max(most_s) as most_s
from (
    select bucket, n, most_s from enforcement.pace_hour where hour >= %(since)s and hour < %(rows_since)s
    union all
    select bucket, n, most_s from pace
) every
group by 1

-- add_remediation
-- Write a remediation.
insert into enforcement.remediation (id, cause, cause_id, since, until, reason, state, items, sample, planned_by, planned_at)
values (%(id)s, %(cause)s, %(cause_id)s, %(since)s, %(until)s, %(reason)s, 'planned', 0, %(sample)s, %(by)s, %(at)s)

-- matching_items
-- What one cause has done in a span and that still holds: enforcements in force or on their way, and decisions without
-- one that answered reports or filled banks; completed by one of the three after it.
with matching as (
    select e.id as item_id, e.id as enforcement_id, e.decision_id, e.case_id, e.action_id, e.state, e.reversible
    from enforcement.enforcement e
    where e.planned_at >= %(since)s and e.planned_at < %(until)s
      and e.state in ('awaiting_approval', 'blocked', 'issued', 'confirmed')
      and case %(cause)s
          when 'reviewer' then e.decided_by = %(cause_id)s and not e.by_machine
          when 'machine' then e.decided_by = %(cause_id)s and e.by_machine
          when 'policy_version' then e.policy_version_id = %(cause_id)s
          when 'clause' then e.clause_id = %(cause_id)s
          when 'action' then e.action_id = %(cause_id)s
          else exists (select 1 from triage.rule_hit h
                       where h.case_id = e.case_id and h.rule_id = %(cause_id)s and not h.shadow)
          end
), vouching as (
    select d.id as item_id, null::text as enforcement_id, d.id as decision_id, d.case_id, null::text as action_id,
           d.state, true as reversible
    from review.decision d
    where %(doubts)s and d.state = 'stands' and d.decided_at >= %(since)s and d.decided_at < %(until)s
      and d.id in (select decision_id from intake.report where decision_id is not null
                   union all select decision_id from triage.bank_ground)
      and not exists (select 1 from matching m where m.decision_id = d.id)
      and case %(cause)s
          when 'reviewer' then d.reviewer_id = %(cause_id)s
              and exists (select 1 from workforce.reviewer w where w.id = d.reviewer_id and w.kind <> 'machine')
          when 'machine' then d.reviewer_id = %(cause_id)s
              and not exists (select 1 from workforce.reviewer w where w.id = d.reviewer_id and w.kind <> 'machine')
          when 'policy_version' then d.policy_version_id = %(cause_id)s
          when 'clause' then d.primary_clause = %(cause_id)s
          else exists (select 1 from triage.rule_hit h
                       where h.case_id = d.case_id and h.rule_id = %(cause_id)s and not h.shadow)
          end
), every as (
    select * from matching union all select * from vouching
)

-- add_remediation_items
-- Fix what a remediation takes back, in an order drawn by its id.
insert into enforcement.remediation_item (remediation_id, item_id, enforcement_id, decision_id, case_id, place)
select %(id)s, item_id, enforcement_id, decision_id, case_id,
       row_number() over (order by sha256(convert_to(%(id)s || item_id, 'UTF8')))
from every

-- count_matching
-- How much it is, by action and state.
select action_id, state, reversible, count(*)::int as n from every
group by 1, 2, 3 order by action_id nulls last, state, reversible

-- count_vouched
-- How many answers to reports and entries of banks its decisions vouch for.
select (select count(*)::int from intake.report where %(doubts)s and decision_id in (select decision_id from every)) as reports,
       (select count(*)::int from triage.bank_ground where %(doubts)s and decision_id in (select decision_id from every)) as entries

-- set_remediation_items
-- Keep how many it takes back.
update enforcement.remediation set items = %(items)s where id = %(id)s

-- remediations
-- Remediations, the latest first.
select * from enforcement.remediation order by id desc limit %(limit)s

-- remediation_by_id
-- One remediation.
select * from enforcement.remediation where id = %(id)s

-- remediation_for_change
-- One remediation, locked.
select * from enforcement.remediation where id = %(id)s for update

-- next_remediation
-- A remediation that is under way and that no other worker has.
select * from enforcement.remediation where state = 'running' order by id limit 1 for update skip locked

-- set_remediation_state
-- Say where a remediation stands.
update enforcement.remediation
set state = %(state)s, answered_by = coalesce(%(answered_by)s, answered_by),
    answered_at = coalesce(%(answered_at)s, answered_at), ended_at = coalesce(%(ended_at)s, ended_at)
where id = %(id)s

-- remediation_progress
-- How far a remediation is, and what its sample says.
select count(*)::int as items, count(*) filter (where state = 'waiting')::int as waiting,
       count(*) filter (where state = 'done')::int as done, count(*) filter (where state = 'by_hand')::int as by_hand,
       count(*) filter (where state = 'nothing')::int as nothing, count(*) filter (where state = 'failed')::int as failed,
       count(*) filter (where strike)::int as strikes, count(*) filter (where told)::int as told,
       coalesce(sum(reports), 0)::int as reports, coalesce(sum(entries), 0)::int as entries,
       count(*) filter (where wrong is not null)::int as judged, count(*) filter (where wrong)::int as wrong
from enforcement.remediation_item where remediation_id = %(id)s

-- remediation_items
-- Items of a remediation in their order: the sample, or those in some state.
select i.*, e.title, coalesce(e.clause_id, d.primary_clause) as clause_id, coalesce(e.decided_by, d.reviewer_id) as decided_by,
       coalesce(e.planned_at, d.decided_at) as planned_at
from enforcement.remediation_item i
left join enforcement.enforcement e on e.id = i.enforcement_id
left join review.decision d on d.id = i.decision_id and i.enforcement_id is null
where i.remediation_id = %(id)s
  and (%(first)s::int is null or i.place <= %(first)s)
  and (%(states)s::text[] is null or i.state = any(%(states)s))
order by i.place limit %(limit)s

-- waiting_items
-- The next items to take back, locked.
select * from enforcement.remediation_item
where remediation_id = %(id)s and state = 'waiting' order by place limit %(limit)s for update

-- set_item
-- Say what became of an item.
update enforcement.remediation_item
set state = %(state)s, problem = %(problem)s, strike = %(strike)s, told = %(told)s, reports = reports + %(reports)s,
    entries = entries + %(entries)s, done_at = %(at)s
where remediation_id = %(id)s and item_id = %(item_id)s

-- judge_item
-- Say whether an item of the sample was wrong; touches nothing outside the sample.
update enforcement.remediation_item i set wrong = %(wrong)s, judged_by = %(by)s
from enforcement.remediation r
where i.remediation_id = %(id)s and i.item_id = %(item_id)s and r.id = i.remediation_id
  and i.place <= r.sample and r.state = 'planned'
returning i.case_id, i.enforcement_id, i.decision_id

-- try_failed_again
-- Let what failed be tried again.
update enforcement.remediation_item set state = 'waiting', problem = null
where remediation_id = %(id)s and state = 'failed'

-- strike_of_enforcement
-- The strike that one enforcement gave and that stands.
select * from enforcement.strike where enforcement_id = %(enforcement_id)s and removed_at is null
