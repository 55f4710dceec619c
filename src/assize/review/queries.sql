-- pick_anywhere
-- Lock the gravest open task that this reviewer may take, of all queues; rows that others are claiming are skipped.
with next as (
    select t.id
    from review.task t
    where t.state = 'open'
      and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                          t.exposure, t.language, t.clause_keys, t.assigned_to, t.excluded)
      and not t.clause_keys && %(aside)s::text[]
    order by t.order_key, t.id
    limit 1
    for update skip locked
)

-- pick_in_queue
-- Lock the gravest open task of one queue that this reviewer may take; rows that others are claiming are skipped.
with next as (
    select t.id
    from review.task t
    where t.state = 'open' and t.queue = %(queue)s
      and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                          t.exposure, t.language, t.clause_keys, t.assigned_to, t.excluded)
      and not t.clause_keys && %(aside)s::text[]
    order by t.order_key, t.id
    limit 1
    for update skip locked
)

-- pick_one
-- Lock one named task if this reviewer may take it and nobody has it. What is set aside may be taken before its time by
-- whoever set it aside, and by whom it is kept for.
with next as (
    select t.id
    from review.task t
    where t.id = %(task_id)s
      and (t.state = 'open' or t.state = 'held' and %(me)s in (t.held_by, t.assigned_to))
      and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                          t.exposure, t.language, t.clause_keys, t.assigned_to, t.excluded)
    for update skip locked
)

-- take_picked
-- Lease the task that a pick locked and record the fact, in the same statement: the text of the fact's body is what
-- `platform.facts.canonical` would give, and its commitment is made here.
, claimed as (
    update review.task t
    set state = 'claimed', holder = %(me)s, claimed_at = %(at)s, lease_until = %(until)s, held_until = null, held_by = null
    from next
    where t.id = next.id
    returning t.*
), told as (
    select id, case_id,
           '{"case_id":' || to_json(case_id) || ',"queue":' || to_json(queue) || ',"task_id":' || to_json(id) || '}' as body
    from claimed
), header as (
    insert into platform.fact (id, kind, actor, case_id, thing, occurred_at, commitment)
    select %(fact_id)s, 'TaskClaimed', %(me)s, case_id, id, %(at)s, sha256(%(nonce)s || convert_to(body, 'UTF8'))
    from told
), body as (
    insert into platform.fact_body (fact_id, nonce, body)
    select %(fact_id)s, %(nonce)s, body from told
)
select * from claimed

-- pick_together_anywhere
-- For reviewers of the same skills and scope who ask at one moment: lock as many of the gravest open tasks as they are,
-- of those that one of them may take. They stand as one reviewer, '', for whom a task is kept if it is for one of them,
-- and who is excluded if all of them are. The limit is a subquery: the plan is the same for any number, and made once.
with member as (
    select * from unnest(%(me_of)s::text[], %(fact_id_of)s::text[], %(nonce_of)s::bytea[], %(at_of)s::timestamptz[],
                         %(until_of)s::timestamptz[])
        with ordinality as m (id, fact_id, nonce, at, until, place)
), next as (
    select t.id, t.order_key, t.assigned_to is not null or t.excluded && %(me_of)s::text[] as particular
    from review.task t
    where t.state = 'open'
      and review.may_take('', %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                          t.exposure, t.language, t.clause_keys,
                          case when t.assigned_to = any(%(me_of)s::text[]) then null else t.assigned_to end,
                          case when t.excluded @> %(me_of)s::text[] then '{""}'::text[] else '{}'::text[] end)
    order by t.order_key, t.id
    limit (select count(*) from member)
    for update of t skip locked
)

-- pick_together_in_queue
-- The same in one queue.
with member as (
    select * from unnest(%(me_of)s::text[], %(fact_id_of)s::text[], %(nonce_of)s::bytea[], %(at_of)s::timestamptz[],
                         %(until_of)s::timestamptz[])
        with ordinality as m (id, fact_id, nonce, at, until, place)
), next as (
    select t.id, t.order_key, t.assigned_to is not null or t.excluded && %(me_of)s::text[] as particular
    from review.task t
    where t.state = 'open' and t.queue = %(queue)s
      and review.may_take('', %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                          t.exposure, t.language, t.clause_keys,
                          case when t.assigned_to = any(%(me_of)s::text[]) then null else t.assigned_to end,
                          case when t.excluded @> %(me_of)s::text[] then '{""}'::text[] else '{}'::text[] end)
    order by t.order_key, t.id
    limit (select count(*) from member)
    for update of t skip locked
)

-- take_together
-- Lease what a pick locked to its members in their order, and record the facts. A task that is kept for somebody, or
-- that one of them may not take, ends it: whoever comes after claims alone, and so gets what claiming in turn would give.
, placed as (
    select id, row_number() over turn as place, bool_or(particular) over turn as particular
    from next
    window turn as (order by order_key, id)
), claimed as (
    update review.task t
    set state = 'claimed', holder = m.id, claimed_at = m.at, lease_until = m.until
    from placed p join member m using (place)
    where t.id = p.id and not p.particular
    returning t.*, m.fact_id, m.nonce
), told as (
    select id, case_id, holder, claimed_at, fact_id, nonce,
           '{"case_id":' || to_json(case_id) || ',"queue":' || to_json(queue) || ',"task_id":' || to_json(id) || '}' as body
    from claimed
), header as (
    insert into platform.fact (id, kind, actor, case_id, thing, occurred_at, commitment)
    select fact_id, 'TaskClaimed', holder, case_id, id, claimed_at, sha256(nonce || convert_to(body, 'UTF8'))
    from told
), body as (
    insert into platform.fact_body (fact_id, nonce, body)
    select fact_id, nonce, body from told
)
select * from claimed

-- queues_by_head
-- The named queues in the order of the first task of each that this reviewer may take.
select wanted.name
from unnest(%(queues)s::text[]) wanted (name)
cross join lateral (
    select t.order_key
    from review.task t
    where t.state = 'open' and t.queue = wanted.name
      and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                          t.exposure, t.language, t.clause_keys, t.assigned_to, t.excluded)
      and not t.clause_keys && %(aside)s::text[]
    order by t.order_key, t.id
    limit 1
) first
order by first.order_key, wanted.name

-- task_by_id
-- One task.
select * from review.task where id = %(task_id)s

-- lock_task
-- One task, that nobody else changes until the end of the transaction.
select * from review.task where id = %(task_id)s for update

-- tasks_of_case
-- Every task of a case, oldest first.
select * from review.task where case_id = %(case_id)s order by id

-- tasks_in_hand
-- What a reviewer has in hand, the gravest first.
select * from review.task where state = 'claimed' and holder = %(me)s order by order_key, id

-- tasks_held_by
-- What a reviewer set aside, what comes back first.
select * from review.task where state = 'held' and held_by = %(me)s order by held_until, id limit %(limit)s

-- tasks_assigned
-- Open tasks kept for a reviewer, the gravest first.
select * from review.task where state in ('open', 'held') and assigned_to = %(me)s order by order_key, id limit %(limit)s

-- insert_tasks
-- Write tasks; a second first look of a case that waits for one already is left out. Returns what was written.
insert into review.task (
    id, case_id, subject_id, kind, view, queue, state, order_key, due_at, severity, mode, clauses, clause_keys, language,
    exposure, excluded, assigned_to, about, reason, dossier_id, offered_at, inclusion, restriction, region, test, sealed
)
select id, case_id, subject_id, kind, view, queue, 'open', order_key, due_at, severity, mode, clauses, clause_keys,
       language, exposure, excluded, assigned_to, about, reason, dossier_id, offered_at, inclusion, restriction, region, test,
       exists (select from triage.case c where c.id = given.case_id and c.sealed)
from jsonb_to_recordset(%(rows)s) as given (
    id text, case_id text, subject_id text, kind text, view text, queue text, order_key timestamptz, due_at timestamptz,
    severity smallint, mode text, clauses text[], clause_keys text[], language text, exposure smallint, excluded text[],
    assigned_to text, about text, reason text, dossier_id text, offered_at timestamptz, inclusion double precision,
    restriction text, region text, test boolean
)
on conflict (case_id) where kind = 'first_look' and state in ('open', 'claimed', 'held') do nothing
returning *

-- know_queues
-- Remember queues that have tasks.
insert into review.queue_known (name) select unnest(%(names)s::text[]) on conflict on constraint queue_known_pkey do nothing

-- known_queues
-- Every queue that ever had a task.
select name from review.queue_known order by name

-- renew_lease
-- Give the holder more time; touches nothing where somebody else has the task.
update review.task set lease_until = %(until)s
where id = %(task_id)s and state = 'claimed' and holder = %(me)s
returning *

-- return_task
-- Put a task back into its queue.
update review.task
set state = 'open', holder = null, claimed_at = null, lease_until = null, held_until = null,
    excluded = case when %(exclude)s::text is null or %(exclude)s = any(excluded) then excluded
                    else excluded || %(exclude)s::text end,
    assigned_to = case when %(exclude)s::text = assigned_to then null else assigned_to end
where id = %(task_id)s
returning *

-- admit_to_task
-- Let somebody take a task after all.
update review.task set excluded = array_remove(excluded, %(me)s) where id = %(task_id)s

-- end_leases
-- Put tasks whose lease is over back into their queues; returns who had them.
with over as (
    select id, holder from review.task
    where state = 'claimed' and lease_until < %(at)s
    order by lease_until
    limit %(limit)s
    for update skip locked
)
update review.task t
set state = 'open', holder = null, claimed_at = null, lease_until = null
from over
where t.id = over.id
returning t.id, t.case_id, over.holder

-- end_holds
-- Bring held tasks back whose time has come.
with due as (
    select id from review.task
    where state = 'held' and held_until <= %(at)s
    order by held_until
    limit %(limit)s
    for update skip locked
)
update review.task t
set state = 'open', held_until = null, held_by = null
from due
where t.id = due.id
returning t.id, t.case_id

-- hold_task
-- Set a task aside until a time.
update review.task
set state = 'held', held_by = holder, holder = null, claimed_at = null, lease_until = null, held_until = %(until)s,
    reason = %(reason)s
where id = %(task_id)s
returning *

-- assign_task
-- Keep a task for a named reviewer, or open it to everybody.
update review.task set assigned_to = %(assigned_to)s where id = %(task_id)s returning *

-- move_task
-- Put a task into another queue.
update review.task set queue = %(queue)s where id = %(task_id)s returning *

-- move_tasks_of_case
-- Let the waiting tasks of a case follow it: queue, place, severity, clauses.
update review.task
set queue = %(queue)s, order_key = %(order_key)s, due_at = %(due_at)s, severity = %(severity)s, mode = %(mode)s,
    clauses = %(clauses)s, clause_keys = %(clause_keys)s, exposure = %(exposure)s, language = %(language)s
where case_id = %(case_id)s and state in ('open', 'claimed', 'held')

-- cancel_tasks
-- Withdraw the waiting tasks of a case; returns which.
update review.task
set state = 'cancelled', holder = null, claimed_at = null, lease_until = null, held_until = null
where case_id = %(case_id)s and state in ('open', 'claimed', 'held') and (%(kind)s::text is null or kind = %(kind)s)
returning id, case_id

-- finish_task
-- A task was decided. Who had it and since when stays.
update review.task set state = 'done', lease_until = null where id = %(task_id)s

-- take_back
-- A decision was undone: its task is in hand again.
update review.task set state = 'claimed', holder = %(me)s, lease_until = %(until)s where id = %(task_id)s returning *

-- queue_states
-- How each queue stands, as far as the asker may see.
select queue,
       count(*) filter (where state = 'open') as open,
       count(*) filter (where state = 'claimed') as claimed,
       count(*) filter (where state = 'held') as held,
       count(*) filter (where state = 'open' and due_at < %(at)s) as overdue,
       count(*) filter (where state = 'open' and due_at >= %(at)s and due_at < %(at)s + interval '1 hour') as due_soon,
       min(severity) filter (where state = 'open') as gravest,
       min(offered_at) filter (where state = 'open') as oldest_at,
       min(due_at) filter (where state = 'open') as next_due_at
from review.task
where state in ('open', 'claimed', 'held')
group by queue
order by queue

-- walk_in_order
-- Have the next lists read along the index: row security is taken for far more selective than it is, and the planner would
-- sort the whole backlog for its first page.
select set_config('enable_sort', %(sorting)s, true)

-- queue_page
-- Tasks in their order that fit a filter, looking through at most so many.
select * from (
    select * from review.task
    where state = %(state)s and (%(queue)s::text is null or queue = %(queue)s)
      and (%(after_key)s::timestamptz is null or (order_key, id) > (%(after_key)s, %(after_id)s))
      and (not %(mine)s or assigned_to = %(me)s)
    order by order_key, id
    limit %(reach)s
) walked
where (%(severities)s::smallint[] is null or severity = any(%(severities)s))
  and (%(clause)s::text is null or %(clause)s = any(clause_keys))
  and (%(language)s::text is null or language = %(language)s)
  and (%(mode)s::text is null or mode = %(mode)s)
  and (not %(overdue)s or due_at < %(at)s)
order by order_key, id
limit %(limit)s

-- walk_end
-- Where looking through so many tasks ends; nothing where there are fewer.
select order_key, id from review.task
where state = %(state)s and (%(queue)s::text is null or queue = %(queue)s)
  and (%(after_key)s::timestamptz is null or (order_key, id) > (%(after_key)s, %(after_id)s))
order by order_key, id
offset %(reach)s - 1 limit 1

-- tasks_working
-- What is in somebody's hands, whose time runs out first.
select * from review.task
where state = 'claimed' and (%(queue)s::text is null or queue = %(queue)s)
order by lease_until, id
limit %(limit)s

-- tasks_waiting
-- The first open tasks of a queue in their order.
select * from review.task
where state = 'open' and (%(queue)s::text is null or queue = %(queue)s)
order by order_key, id
limit %(limit)s

-- tasks_alike
-- Open first looks, seen whole, at other cases of one cluster of nearly equal texts under one clause, that this reviewer
-- may take.
select t.*
from triage.case c join review.task t on t.case_id = c.id
where c.near_duplicate = %(cluster)s and c.id <> %(case_id)s
  and t.state = 'open' and t.kind = 'first_look' and t.view = 'full' and t.clauses[1] = %(clause)s
  and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                      t.exposure, t.language, t.clause_keys, t.assigned_to, t.excluded)
order by t.order_key, t.id
limit %(limit)s

-- tasks_proposed
-- Decisions that wait for a second person, each with the open second look at it, where this reviewer may take that.
select t.*, d.id as decision_id, d.reviewer_id as decided_by, d.verdict, d.assessed, d.decided_at
from review.decision d join review.task t on t.about = d.id and t.case_id = d.case_id
where d.state = 'proposed' and d.reviewer_id <> %(me)s
  and t.state = 'open' and t.kind = 'second_look' and t.view = 'full'
  and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                      t.exposure, t.language, t.clause_keys, t.assigned_to, t.excluded)
order by t.order_key, t.id
limit %(limit)s

-- waiting_next
-- The first of the open tasks that this reviewer may take, of all queues or of some, as far as their turn depends on it.
select t.id, t.severity, t.mode, t.due_at, t.exposure
from review.task t
where t.state = 'open' and (%(queues)s::text[] is null or t.queue = any(%(queues)s))
  and review.may_take(%(me)s, %(exposure)s::smallint, %(languages)s::text[], %(clauses)s::text[],
                      t.exposure, t.language, t.clause_keys, t.assigned_to, t.excluded)
  and not t.clause_keys && %(aside)s::text[]
order by t.order_key, t.id
limit %(limit)s

-- exposures_before
-- How hard the last tasks were that a reviewer was given, the latest first.
select t.exposure
from (
    select thing, id from platform.fact where actor = %(me)s and kind = 'TaskClaimed' order by id desc limit %(limit)s
) given
join review.task t on t.id = given.thing
order by given.id desc

-- insert_dossiers
-- Freeze evidence.
insert into review.dossier (id, case_id, version, frozen_at, events, subject, signals, precedents, rubric, severity, hash)
select id, case_id, version, frozen_at, events, subject, signals, precedents, rubric, severity, hash
from jsonb_to_recordset(%(rows)s) as given (
    id text, case_id text, version integer, frozen_at timestamptz, events jsonb, subject jsonb, signals jsonb,
    precedents text[], rubric jsonb, severity smallint, hash text
)

-- dossier_by_id
-- One dossier.
select * from review.dossier where id = %(dossier_id)s

-- newest_dossiers
-- The newest dossier of each of these cases.
select distinct on (case_id) * from review.dossier where case_id = any(%(case_ids)s) order by case_id, version desc

-- supersede_dossiers
-- Mark the older dossiers of a case.
update review.dossier set superseded = true where case_id = %(case_id)s and version < %(version)s and not superseded

-- give_newer_dossier
-- Let the waiting tasks of a case, seen whole and in nobody's past, be about the newer evidence; returns them.
update review.task set dossier_id = %(dossier_id)s
where case_id = %(case_id)s and state in ('open', 'claimed', 'held') and kind = any(%(kinds)s)
returning *

-- forget_event_hashes
-- Take the hashes of erased events out of dossiers; the dossier's own hash stays.
update review.dossier d
set events = (
    select jsonb_agg(case when e ->> 'event_id' = any(%(event_ids)s) then jsonb_set(e, '{hash}', 'null') else e end
                     order by n)
    from jsonb_array_elements(d.events) with ordinality as given (e, n)
)
where exists (
    select from jsonb_array_elements(d.events) e
    where e ->> 'event_id' = any(%(event_ids)s) and e -> 'hash' <> 'null'::jsonb
)

-- insert_opening
-- Somebody opened the content of a case.
insert into review.opening (case_id, reviewer_id, opened_at, task_id, purpose)
values (%(case_id)s, %(me)s, %(at)s, %(task_id)s, %(purpose)s)
on conflict on constraint opening_pkey do nothing

-- opened_since
-- Whether somebody opened the content of a case after a time.
select exists (
    select from review.opening where case_id = %(case_id)s and reviewer_id = %(me)s and opened_at >= %(since)s
) as opened

-- exposure_since
-- How many contents of each exposure class a reviewer opened after a time.
select coalesce(asked.exposure, 0)::integer as exposure, count(*)::integer as openings
from review.opening o
left join lateral (select max(t.exposure) as exposure from review.task t where t.case_id = o.case_id) asked on true
where o.reviewer_id = %(me)s and o.opened_at >= %(since)s
group by 1 order by 1 desc

-- save_draft
-- Keep what was typed for a task. lost: the task was lost before it could be sent.
insert into review.draft (task_id, reviewer_id, case_id, body, saved_at, lost)
values (%(task_id)s, %(me)s, %(case_id)s, %(body)s, %(at)s, %(lost)s)
on conflict on constraint draft_pkey do update
set body = excluded.body, saved_at = excluded.saved_at, lost = excluded.lost

-- mark_drafts_lost
-- The leases of these tasks ended: what was typed is kept and marked.
update review.draft set lost = true where task_id = any(%(task_ids)s)

-- drafts_of
-- What a reviewer typed and has not sent, the latest first.
select * from review.draft
where reviewer_id = %(me)s and (%(task_id)s::text is null or task_id = %(task_id)s)
order by saved_at desc
limit %(limit)s

-- drop_draft
-- A decision was sent, or its words thrown away.
delete from review.draft where task_id = %(task_id)s and reviewer_id = %(me)s

-- insert_decision
-- Write a decision; one about a sealed case is marked so, whoever writes it.
insert into review.decision (
    id, case_id, task_id, subject_id, kind, reviewer_id, team_id, state, policy_version_id, policy_hash, dossier_id,
    dossier_hash, rubric, lowering, reason_codes, rationale, highlights, assessed, primary_clause, verdict, view, shown,
    inclusion, decided_at, in_hand_s, hash, effective_at, replaces, certificates, source, source_key, test, sealed,
    restriction, region
) values (
    %(id)s, %(case_id)s, %(task_id)s, %(subject_id)s, %(kind)s, %(reviewer_id)s, %(team_id)s, %(state)s,
    %(policy_version_id)s, %(policy_hash)s, %(dossier_id)s, %(dossier_hash)s, %(rubric)s, %(lowering)s, %(reason_codes)s,
    %(rationale)s, %(highlights)s, %(assessed)s, %(primary_clause)s, %(verdict)s, %(view)s, %(shown)s, %(inclusion)s,
    %(decided_at)s, %(in_hand_s)s, %(hash)s, %(effective_at)s, %(replaces)s, %(certificates)s, %(source)s, %(source_key)s,
    %(test)s or exists (select from triage.case c where c.id = %(case_id)s and c.sealed),
    exists (select from triage.case c where c.id = %(case_id)s and c.sealed), %(restriction)s, %(region)s
)

-- insert_findings
-- Write the findings of a decision, in order.
insert into review.finding (
    id, decision_id, ordinal, clause_id, verdict, locus, event_id, turn, span_start, span_end, model_outcome,
    exception_id, exception_standing, is_primary
)
select id, %(decision_id)s, ordinal, clause_id, verdict, locus, event_id, turn, span_start, span_end, model_outcome,
       exception_id, exception_standing, is_primary
from jsonb_to_recordset(%(rows)s) as given (
    id text, ordinal integer, clause_id text, verdict text, locus text, event_id text, turn integer, span_start integer,
    span_end integer, model_outcome text, exception_id text, exception_standing text, is_primary boolean
)

-- insert_findings_of_many
-- Write the findings of many decisions.
insert into review.finding (
    id, decision_id, ordinal, clause_id, verdict, locus, event_id, turn, span_start, span_end, model_outcome,
    exception_id, exception_standing, is_primary
)
select id, decision_id, ordinal, clause_id, verdict, locus, event_id, turn, span_start, span_end, model_outcome,
       exception_id, exception_standing, is_primary
from jsonb_to_recordset(%(rows)s) as given (
    id text, decision_id text, ordinal integer, clause_id text, verdict text, locus text, event_id text, turn integer,
    span_start integer, span_end integer, model_outcome text, exception_id text, exception_standing text,
    is_primary boolean
)

-- insert_dispositions
-- Write the dispositions of a decision, in order.
insert into review.disposition (decision_id, ordinal, kind, target_level, target_id, action_id, detail)
select %(decision_id)s, ordinal, kind, target_level, target_id, action_id, detail
from jsonb_to_recordset(%(rows)s) as given (
    ordinal integer, kind text, target_level text, target_id text, action_id text, detail jsonb
)

-- decisions_by_id
-- Decisions by id, in order.
select * from review.decision where id = any(%(ids)s) order by id

-- lock_decision
-- One decision, that nobody else changes until the end of the transaction.
select * from review.decision where id = %(id)s for update

-- decisions_of_case
-- Every decision of a case, oldest first.
select * from review.decision where case_id = %(case_id)s order by id

-- decision_in_state
-- The newest decision of a case in a state.
select * from review.decision where case_id = %(case_id)s and state = %(state)s order by id desc limit 1 for update

-- set_decision_state
-- What a decision counts for, from now on.
update review.decision set state = %(state)s, effective_at = coalesce(%(effective_at)s, effective_at) where id = %(id)s

-- decisions_page
-- Decisions, the latest first, after a cursor.
select * from review.decision
where (%(before)s::text is null or id < %(before)s)
  and (%(case_id)s::text is null or case_id = %(case_id)s)
  and (%(reviewer_id)s::text is null or reviewer_id = %(reviewer_id)s)
  and (%(team_id)s::text is null or team_id = %(team_id)s)
  and (%(state)s::text is null or state = %(state)s)
  and (%(clause)s::text is null or primary_clause = %(clause)s)
  and (%(since)s::timestamptz is null or decided_at >= %(since)s)
order by id desc
limit %(limit)s

-- findings_of
-- The findings of these decisions, in order.
select * from review.finding where decision_id = any(%(ids)s) order by decision_id, ordinal

-- dispositions_of
-- The dispositions of these decisions, in order.
select * from review.disposition where decision_id = any(%(ids)s) order by decision_id, ordinal

-- recorded_already
-- Which raters of a source have a recorded judgement of these cases.
select case_id, reviewer_id, source_key from review.decision where source = %(source)s and case_id = any(%(case_ids)s)

-- rater
-- Which reviewer a rater of a source is.
select reviewer_id from review.rater where source = %(source)s and name = %(name)s

-- add_rater
-- Remember which reviewer a rater of a source is.
insert into review.rater (source, name, reviewer_id) values (%(source)s, %(name)s, %(reviewer_id)s)

-- cases_worked
-- The cases that a reviewer, or somebody of a team, decided or the reviewer has in hand: the latest first.
select case_id from (
    select case_id, max(at) as at from (
        select case_id, decided_at as at from review.decision where reviewer_id = %(me)s
        union all
        select case_id, decided_at from review.decision where %(team_id)s::text is not null and team_id = %(team_id)s
        union all
        select case_id, claimed_at from review.task where state = 'claimed' and holder = %(me)s
    ) worked
    group by case_id
) latest
order by at desc, case_id desc
limit %(limit)s

-- insert_note
-- Write a note.
insert into review.note (id, case_id, subject_id, author, body, at)
values (%(id)s, %(case_id)s, %(subject_id)s, %(author)s, %(body)s, %(at)s)

-- insert_mentions
-- Remember who was named in a note.
insert into review.mention (note_id, reviewer_id, case_id, mentioned_at)
select %(note_id)s, unnest(%(reviewers)s::text[]), %(case_id)s, %(at)s

-- mentions_unread
-- Where somebody was named and has not read it, the latest first.
select m.note_id, n.case_id, n.subject_id, n.author, n.body, n.at
from review.mention m join review.note n on n.id = m.note_id
where m.reviewer_id = %(me)s and m.read_at is null
order by m.note_id desc
limit %(limit)s

-- read_mention
-- Somebody read where they were named.
update review.mention set read_at = %(at)s
where note_id = %(note_id)s and reviewer_id = %(me)s and read_at is null
returning case_id

-- mention_known
-- Whether somebody was named in a note.
select note_id from review.mention where note_id = %(note_id)s and reviewer_id = %(me)s

-- beat_presence
-- Somebody has a case on their screen; who was not seen for an hour is forgotten.
with gone as (
    delete from review.presence where case_id = %(case_id)s and seen_at < %(at)s - interval '1 hour'
)
insert into review.presence (case_id, reviewer_id, seen_at) values (%(case_id)s, %(me)s, %(at)s)
on conflict on constraint presence_pkey do update set seen_at = excluded.seen_at

-- presence_of
-- Who was seen on these cases since a time.
select case_id, reviewer_id, seen_at from review.presence
where case_id = any(%(case_ids)s) and seen_at > %(since)s
order by case_id, reviewer_id

-- notes_of_case
-- The notes on a case and on its subject, oldest first.
select * from review.note
where case_id = %(case_id)s or (%(subject_id)s::text is not null and subject_id = %(subject_id)s)
order by id

-- insert_precedent
-- Write a precedent.
insert into review.precedent (
    id, decision_id, case_id, clause_id, policy_version_id, clause_hash, principle, verdict, endorsed_by, endorsed_at
) values (
    %(id)s, %(decision_id)s, %(case_id)s, %(clause_id)s, %(policy_version_id)s, %(clause_hash)s, %(principle)s,
    %(verdict)s, %(endorsed_by)s, %(endorsed_at)s
)

-- precedents_of_clauses
-- Precedents under these clauses, those in force first, then the latest.
select * from review.precedent
where clause_id = any(%(clauses)s)
order by overruled, id desc
limit %(limit)s

-- precedents_by_id
-- Precedents by id.
select * from review.precedent where id = any(%(ids)s) order by id

-- find_precedents
-- Precedents whose principle has these words.
select p.* from review.precedent p
where p.words @@ websearch_to_tsquery('simple', %(text)s)
order by p.overruled, ts_rank(p.words, websearch_to_tsquery('simple', %(text)s)) desc, p.id desc
limit %(limit)s

-- treatments_of
-- What later decisions did with precedents, oldest first.
select * from review.precedent_treatment where precedent_id = any(%(ids)s) order by precedent_id, at

-- insert_treatment
-- A precedent was followed, distinguished or overruled.
insert into review.precedent_treatment (precedent_id, at, treatment, reason, by_reviewer, decision_id)
values (%(precedent_id)s, %(at)s, %(treatment)s, %(reason)s, %(me)s, %(decision_id)s)

-- overrule_precedent
-- A precedent guides nobody any more.
update review.precedent set overruled = true where id = %(id)s

-- index_words
-- Keep the words of an event of a decided case; only of events whose handling class allows an index.
insert into review.indexed_text (event_id, case_id, words)
select event_id, %(case_id)s, to_tsvector('simple', words)
from jsonb_to_recordset(%(rows)s) as given (event_id text, words text)
on conflict on constraint indexed_text_pkey do nothing

-- forget_words
-- Take erased events out of the index.
delete from review.indexed_text where event_id = any(%(event_ids)s)

-- similar_by_words
-- Decided cases that share these events' rarer words, the closest first: of so many that share any.
with wanted as materialized (
    select to_tsquery('simple', string_agg(quote_literal(word), ' | ')) as query
    from (
        select word from unnest(%(words)s::text[]) with ordinality given (word, place)
        where word <> all(review.common_words(%(words)s::text[], %(common)s))
        order by place limit %(most)s
    ) rare
), sharing as materialized (
    select s.case_id, s.content from review.search s
    where s.content @@ (select query from wanted) and s.of = 'case' and s.case_id <> %(case_id)s
    limit %(look)s
), near as (
    select sharing.case_id, ts_rank(sharing.content, wanted.query) as score from sharing, wanted
    order by score desc, sharing.case_id desc
    limit %(limit)s
)
select d.case_id, d.id as decision_id, near.score, d.verdict, d.primary_clause, d.assessed, d.decided_at
from near join review.decision d on d.case_id = near.case_id and d.state = 'stands'
order by near.score desc, d.id desc

-- similar_by_cluster
-- Decided cases of the same cluster of nearly equal texts.
select d.case_id, d.id as decision_id, 1.0 as score, d.verdict, d.primary_clause, d.assessed, d.decided_at
from triage.case c join review.decision d on d.case_id = c.id and d.state = 'stands'
where c.near_duplicate = %(cluster)s and c.id <> %(case_id)s
order by d.id desc
limit %(limit)s

-- history_of_case
-- What happened to a case, in order.
select f.kind, f.actor, f.occurred_at, b.body
from platform.fact f left join platform.fact_body b on b.fact_id = f.id
where f.case_id = %(case_id)s
order by f.id
limit %(limit)s

-- had_in_hand
-- Whether a reviewer had this task in hand before.
select exists (
    select from platform.fact where thing = %(task_id)s and actor = %(me)s and kind = 'TaskClaimed'
) as had

-- pace_of_rows
-- How long first looks and decisions of a span took, from the rows; completed by one of the two after it.
with taken as (
    select date_trunc('hour', t.claimed_at, 'UTC') as hour, 'first_look' as what, t.queue, t.severity, t.restriction,
           t.region, greatest(1, extract(epoch from t.claimed_at - t.offered_at))::float8 as s, 0 as in_time
    from review.task t
    where t.state = 'done' and t.kind = 'first_look' and not t.test
      and t.claimed_at >= %(rows_since)s and t.claimed_at < %(until)s
    union all
    select date_trunc('hour', d.decided_at, 'UTC'), 'decision', t.queue, t.severity, t.restriction, t.region,
           greatest(1, extract(epoch from d.decided_at - t.offered_at))::float8, (d.decided_at <= t.due_at)::int
    from review.decision d join review.task t on t.id = d.task_id
    where (d.sealed or not d.test) and d.decided_at >= %(rows_since)s and d.decided_at < %(until)s
      and d.state <> 'undone' and t.kind = 'first_look'
), pace as (
    select hour, what, queue, severity, restriction, region, floor(4 * ln(s) / ln(2.0::float8))::smallint as bucket,
           count(*)::int as n, sum(in_time)::int as in_time, max(s) as most_s
    from taken group by 1, 2, 3, 4, 5, 6, 7
)

-- keep_pace
-- Keep the sums of the hours of a span.
insert into review.pace_hour (hour, what, queue, severity, restriction, region, bucket, n, in_time, most_s)
select hour, what, queue, severity, restriction, region, bucket, n, in_time, most_s from pace

-- clear_pace
-- Drop the sums of the hours of a span.
delete from review.pace_hour where hour >= %(since)s and hour < %(until)s

-- first_pace
-- When the first decision was made.
select min(decided_at) as at from review.decision where (sealed or not test)

-- read_pace
-- How long things took in a span: kept sums, and rows for the hours that have none.
select what, queue, severity, bucket, sum(n)::int as n, sum(in_time)::int as in_time, max(most_s) as most_s
from (
    select what, queue, severity, bucket, n, in_time, most_s from review.pace_hour
    where hour >= %(since)s and hour < %(rows_since)s
    union all
    select what, queue, severity, bucket, n, in_time, most_s from pace
) every
group by 1, 2, 3, 4

-- team_of_rows
-- What teams decided in a span, from the rows; completed by one of the two after it.
with work as (
    select date_trunc('hour', decided_at, 'UTC') as hour, team_id, restriction, region, count(*)::int as decided,
           coalesce(sum(in_hand_s), 0) as in_hand_s
    from review.decision
    where (sealed or not test) and decided_at >= %(rows_since)s and decided_at < %(until)s and state <> 'undone' and source is null
    group by 1, 2, 3, 4
)

-- keep_team
-- Keep the sums of the hours of a span.
insert into review.team_hour (hour, team_id, restriction, region, decided, in_hand_s)
select hour, team_id, restriction, region, decided, in_hand_s from work

-- clear_team
-- Drop the sums of the hours of a span.
delete from review.team_hour where hour >= %(since)s and hour < %(until)s

-- read_team
-- What teams decided in a span, and what they have in hand now.
select e.team_id, m.name as team, sum(e.decided)::int as decided, sum(e.in_hand_s) as in_hand_s,
       sum(e.in_hand)::int as in_hand
from (
    select team_id, decided, in_hand_s, 0 as in_hand from review.team_hour
    where hour >= %(since)s and hour < %(rows_since)s
    union all
    select team_id, decided, in_hand_s, 0 from work
    union all
    select r.team_id, 0, 0, 1 from review.task t join workforce.reviewer r on r.id = t.holder where t.state = 'claimed'
) e
left join workforce.team m on m.id = e.team_id
group by e.team_id, m.name order by m.name nulls last

-- keep_translation
-- Keep what a machine made of a turn; the newest stays.
insert into review.translation (event_id, turn, language, case_id, body, model, asked_by, at)
values (%(event_id)s, %(turn)s, %(language)s, %(case_id)s, %(body)s, %(model)s, %(asked_by)s, %(at)s)
on conflict on constraint translation_pkey do update
set case_id = excluded.case_id, body = excluded.body, model = excluded.model, asked_by = excluded.asked_by,
    at = excluded.at

-- translations_of_events
-- What machines made of the turns of these events.
select event_id, turn, language, case_id, body, model, asked_by, at from review.translation
where event_id = any(%(event_ids)s) order by event_id, turn, language

-- forget_translations
-- Remove what was made of these events.
delete from review.translation where event_id = any(%(event_ids)s)

-- standing_of_cases
-- What stands of each of these cases.
select case_id, id, verdict, primary_clause, assessed, reviewer_id, decided_at from review.decision
where case_id = any(%(case_ids)s) and state = 'stands'

-- outcomes_of_cases
-- Of these cases, how many have a decision that stands, and how many of these find a violation of a clause.
select count(*)::int as decided, count(*) filter (where exists (
    select from review.finding f
    where f.decision_id = d.id and f.clause_id = %(clause_id)s and f.verdict = 'violation'
))::int as violations
from review.decision d where d.state = 'stands' and d.case_id = any(%(cases)s)

-- clause_use
-- How often the latest decisions found something under a clause since a moment, by verdict.
select f.verdict, count(distinct d.id)::int as decisions
from (
    select decision_id, verdict from review.finding
    where clause_id = %(clause_id)s order by decision_id desc limit %(limit)s
) as f join review.decision d on d.id = f.decision_id
where d.decided_at >= %(since)s and d.state in ('stands', 'replaced') and (d.sealed or not d.test)
group by f.verdict order by decisions desc, f.verdict

-- search_among_latest
-- Those of the latest rows that match: a walk along time that stops by itself. looked_at, matched: for an estimate.
with edge as materialized (
    select looked_at, last_at, last_id
    from review.search_edge(%(since)s::timestamptz, %(until)s::timestamptz, %(after_at)s::timestamptz, %(after_id)s::text,
                            %(look)s::integer)
), matched as materialized (
    select l.id, l.case_id, l.of, l.at, l.facets
    from review.search_latest(%(since)s::timestamptz, %(until)s::timestamptz, %(after_at)s::timestamptz,
                              %(after_id)s::text, %(look)s::integer, %(facets)s::text[], %(any_of)s::text[], %(text)s::text,
                              %(said)s::text) l
    where %(hidden)s::text[] = '{}' or not l.case_id = any(%(hidden)s) or l.facets @> array['o:decision', %(me)s]
)
select m.id, m.case_id, m.of, m.at, m.facets, e.looked_at, e.last_at, e.last_id,
       (select count(*) from matched) as matched
from edge e left join (
    select id, case_id, of, at, facets from matched order by at desc, id desc limit %(limit)s
) m on true
order by m.at desc, m.id desc

-- search_by_index
-- All rows that match, by the index, counted; then the page.
with matched as materialized (
    select s.id, s.case_id, s.of, s.at, s.facets
    from review.search s
    where (%(facets)s::text[] = '{}' or s.facets @> %(facets)s::text[])
      and (%(any_of)s::text[] is null or s.facets && %(any_of)s::text[])
      and (%(text)s = '' or s.words @@ websearch_to_tsquery('simple', %(text)s))
      and (%(said)s = '' or s.content @@ websearch_to_tsquery('simple', %(said)s))
      and (%(cases)s::text[] is null or s.case_id = any(%(cases)s))
      and (%(until)s::timestamptz is null or s.at < %(until)s)
      and (%(since)s::timestamptz is null or s.at >= %(since)s)
      and (%(hidden)s::text[] = '{}' or not s.case_id = any(%(hidden)s) or s.facets @> array['o:decision', %(me)s])
)
select m.id, m.case_id, m.of, m.at, m.facets, (select count(*) from matched) as matched
from matched m
where %(after_at)s::timestamptz is null or (m.at, m.id) < (%(after_at)s, %(after_id)s)
order by m.at desc, m.id desc
limit %(limit)s

-- search_count
-- How many rows match, up to a limit.
select count(*) as n from (
    select from review.search s
    where (%(facets)s::text[] = '{}' or s.facets @> %(facets)s::text[])
      and (%(any_of)s::text[] is null or s.facets && %(any_of)s::text[])
      and (%(text)s = '' or s.words @@ websearch_to_tsquery('simple', %(text)s))
      and (%(said)s = '' or s.content @@ websearch_to_tsquery('simple', %(said)s))
      and (%(until)s::timestamptz is null or s.at < %(until)s)
      and (%(since)s::timestamptz is null or s.at >= %(since)s)
      and (%(hidden)s::text[] = '{}' or not s.case_id = any(%(hidden)s) or s.facets @> array['o:decision', %(me)s])
    limit %(limit)s
) few

-- search_rows
-- About how many rows there are: the pages of now, as full as when they were last looked at, or as a first guess of 22.
select (case when relpages > 0 and reltuples > 0 then reltuples / relpages else 22 end
        * (pg_relation_size(oid) / 8192))::bigint as n
from pg_class
where oid = 'review.search_row'::regclass

-- search_snippets
-- Where what was searched for stands in what reviewers wrote about these rows.
with query as (select websearch_to_tsquery('simple', %(text)s) as q)
select d.id, 'rationale' as place, ts_headline('simple', left(d.rationale, 20000), q, %(how)s) as snippet
from review.decision d, query where d.id = any(%(ids)s) and d.words @@ q
union all
select p.decision_id, 'principle', ts_headline('simple', p.principle, q, %(how)s)
from review.precedent p, query where p.decision_id = any(%(ids)s) and p.words @@ q
union all
select n.case_id, 'note', ts_headline('simple', left(n.body, 20000), q, %(how)s)
from review.note n, query where n.case_id = any(%(ids)s) and to_tsvector('simple', left(n.body, 20000)) @@ q

-- insert_saved_view
-- Keep a named search.
insert into review.saved_view (id, owner, team_id, name, address, pinned, made_at)
values (%(id)s, %(owner)s, %(team_id)s, %(name)s, %(address)s, %(pinned)s, %(made_at)s)

-- saved_views
-- What somebody saved, and what their team shares with them.
select id, owner, team_id, name, address, pinned, made_at
from review.saved_view
where (owner = %(me)s or team_id = %(team_id)s) and (%(id)s::text is null or id = %(id)s)
order by pinned desc, lower(name), id
limit 200

-- update_saved_view
-- Rename, share or pin a search of one's own.
update review.saved_view set name = %(name)s, team_id = %(team_id)s, pinned = %(pinned)s
where id = %(id)s and owner = %(owner)s

-- delete_saved_view
-- Delete a search of one's own.
delete from review.saved_view where id = %(id)s and owner = %(owner)s

-- insert_export
-- An export begins.
insert into review.export (id, owner, format, columns, address, state, started_at)
values (%(id)s, %(owner)s, %(format)s, %(columns)s, %(address)s, %(state)s, %(started_at)s)

-- end_export
-- An export is over, once.
update review.export
set state = %(state)s, ended_at = %(at)s, rows = %(rows)s, left_out = %(left_out)s, bytes = %(bytes)s, sha256 = %(sha256)s
where id = %(id)s and owner = %(owner)s and state = 'running'

-- exports
-- The exports of somebody, the latest first.
select id, owner, format, columns, address, state, started_at, ended_at, rows, left_out, bytes, sha256
from review.export
where owner = %(owner)s and (%(id)s::text is null or id = %(id)s)
order by id desc
limit %(limit)s

-- independence
-- How many independent reviews a decision takes, by severity; what is not there takes one.
select severity, reviews from review.independence order by severity

-- set_independence
-- Say how many independent reviews a decision of a severity takes.
insert into review.independence (severity, reviews, set_by, set_at)
values (%(severity)s, %(reviews)s, %(me)s, %(at)s)
on conflict on constraint independence_pkey do update
set reviews = excluded.reviews, set_by = excluded.set_by, set_at = excluded.set_at

-- cases_asked_again
-- Cases that wait for another independent look and that somebody has not decided: nobody's judgement reaches them.
select distinct t.case_id
from review.task t
where t.kind = 'independent_look' and t.state in ('open', 'claimed', 'held')
  and not exists (
      select from review.decision d where d.case_id = t.case_id and d.reviewer_id = %(me)s and d.state = 'proposed'
  )

-- decisions_proposed
-- What is proposed of a case, oldest first, that nobody else changes until the end of the transaction.
select * from review.decision where case_id = %(case_id)s and state = 'proposed' order by id for update
