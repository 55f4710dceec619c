-- lock_keys
-- Let one batch at a time decide about what it shares with another; in order, so that two never wait for each other.
select pg_advisory_xact_lock(lock) from unnest(%(locks)s::bigint[]) as lock

-- cases_by_key
-- The newest case of each key.
select k.key, c.* from triage.case_key k join triage.case c on c.id = k.case_id where k.key = any(%(keys)s)

-- case_by_id
-- One case.
select * from triage.case where id = %(id)s

-- cases_by_id
-- Some cases.
select * from triage.case where id = any(%(ids)s)

-- cases_seen
-- Which of these cases exist for the actor.
select id from triage.case where id = any(%(ids)s)

-- case_for_change
-- One case, held until the end of the transaction.
select * from triage.case where id = %(id)s for update

-- cases_page
-- Cases in order of priority that fit the filter; those the actor may not see are not there.
select * from triage.case
where (%(queues)s::text[] is null or queue = any(%(queues)s))
  and (%(severities)s::smallint[] is null or severity = any(%(severities)s))
  and (%(states)s::text[] is null or state = any(%(states)s))
  and (%(kind)s::text is null or kind = %(kind)s)
  and (%(subject_id)s::text is null or subject_id = %(subject_id)s)
  and (%(clause_id)s::text is null or %(clause_id)s = any(clause_ids))
  and (%(test)s::boolean is null or (test and not sealed) = %(test)s)
  and (%(after_key)s::timestamptz is null or (order_key, id) > (%(after_key)s, %(after_id)s))
order by order_key, id
limit %(limit)s

-- counts
-- How each queue stands, by severity, of what the actor may see.
select queue, severity, count(*) as open, count(*) filter (where due_at < %(at)s) as overdue, min(opened_at) as oldest_at
from triage.case where state = 'open' group by queue, severity order by queue, severity

-- insert_cases
-- New cases of one batch.
insert into triage.case (id, kind, state, subject_id, conversation, conversation_id, clauses, clause_ids, families,
    provisional, mode, queue, order_key, reasons, opened_at, due_at, first_seen_at, language, exposure_class,
    restriction, region, test, sealed, event_count, subject_count, near_duplicate, linked_case_id)
select id, kind, 'open', subject_id, conversation, conversation_id, clauses, clause_ids, families, provisional, mode,
    queue, order_key, reasons, opened_at, due_at, first_seen_at, language, exposure_class, restriction, region, test,
    sealed, 0, 0, near_duplicate, linked_case_id
from jsonb_to_recordset(%(rows)s::jsonb) as r(id text, kind text, subject_id text, conversation text,
    conversation_id text, clauses jsonb, clause_ids text[], families text[], provisional smallint, mode text,
    queue text, order_key timestamptz, reasons text[], opened_at timestamptz, due_at timestamptz,
    first_seen_at timestamptz, language text, exposure_class smallint, restriction text, region text, test boolean,
    sealed boolean,
    near_duplicate bigint, linked_case_id text)

-- update_cases
-- What later events or a person changed of cases; the counts are kept by join_events.
update triage.case c set state = r.state, clauses = r.clauses, clause_ids = r.clause_ids, families = r.families,
    provisional = r.provisional, assessed = r.assessed, mode = r.mode, queue = r.queue, order_key = r.order_key,
    reasons = r.reasons, due_at = r.due_at, decided_at = r.decided_at, closed_at = r.closed_at,
    exposure_class = r.exposure_class, near_duplicate = r.near_duplicate, conversation = r.conversation
from jsonb_to_recordset(%(rows)s::jsonb) as r(id text, state text, clauses jsonb, clause_ids text[], families text[],
    provisional smallint, assessed smallint, mode text, queue text, order_key timestamptz, reasons text[],
    due_at timestamptz, decided_at timestamptz, closed_at timestamptz, exposure_class smallint, near_duplicate bigint,
    conversation text)
where c.id = r.id

-- join_events
-- Put events into cases, count them and whom they are about; an event that is there already changes nothing.
with given as (
    select * from unnest(%(case_ids)s::text[], %(event_ids)s::text[], %(subject_ids)s::text[],
        %(occurred)s::timestamptz[]) as g(case_id, event_id, subject_id, occurred_at)
), joined as (
    insert into triage.case_event (case_id, event_id, subject_id, occurred_at, joined_at)
    select case_id, event_id, subject_id, occurred_at, %(at)s from given
    on conflict on constraint case_event_pkey do nothing
    returning case_id, subject_id
), subjects as (
    insert into triage.case_subject (case_id, subject_id, event_count)
    select case_id, subject_id, count(*) from joined where subject_id is not null group by case_id, subject_id
    order by case_id, subject_id
    on conflict on constraint case_subject_pkey do update set event_count = case_subject.event_count + excluded.event_count
    returning case_id, (xmax = 0) as new
)
update triage.case c set event_count = c.event_count + j.events, subject_count = c.subject_count + coalesce(s.news, 0)
from (select case_id, count(*) as events from joined group by case_id) j
left join (select case_id, count(*) filter (where new) as news from subjects group by case_id) s using (case_id)
where c.id = j.case_id

-- set_keys
-- From now on these keys lead to these cases.
insert into triage.case_key (key, case_id) select * from unnest(%(keys)s::text[], %(case_ids)s::text[])
on conflict on constraint case_key_pkey do update set case_id = excluded.case_id

-- case_events
-- The events of a case, the latest first.
select event_id, subject_id, occurred_at, joined_at from triage.case_event where case_id = %(case_id)s
order by occurred_at desc, event_id desc limit %(limit)s

-- case_subjects
-- Everybody whose events are in a case, those with most events first.
select subject_id, event_count from triage.case_subject where case_id = %(case_id)s
order by event_count desc, subject_id limit %(limit)s

-- cases_about
-- The newest cases that hold events of any of these subjects, each by its index.
select c.* from triage.case c where c.id in (
    select n.case_id from unnest(%(subject_ids)s::text[]) as w (id) cross join lateral (
        select s.case_id from triage.case_subject s where s.subject_id = w.id
        order by s.case_id desc limit %(limit)s
    ) n
    union
    select n.id from unnest(%(subject_ids)s::text[]) as w (id) cross join lateral (
        select s.id from triage.case s where s.subject_id = w.id order by s.id desc limit %(limit)s
    ) n
)
order by c.id desc limit %(limit)s

-- cases_of_events
-- Which cases hold these events.
select distinct case_id from triage.case_event where event_id = any(%(event_ids)s) order by case_id

-- case_of_each_event
-- The newest case that holds each of these events.
select event_id, max(case_id) as case_id from triage.case_event where event_id = any(%(event_ids)s) group by event_id

-- copy_features
-- What was evaluated about each event of a batch.
copy triage.feature_row (event_id, at, ruleset, shape, features, absent, hits, spans) from stdin

-- keep_shapes
-- The names of the fields of feature records.
insert into triage.shape (id, fields)
select id, string_to_array(fields, ' ') from unnest(%(shapes)s::text[], %(fields)s::text[]) as r(id, fields) order by id
on conflict on constraint shape_pkey do nothing

-- feature_record
-- What was evaluated about one event.
select r.event_id, r.at, r.ruleset, s.fields, r.features, r.absent, r.hits, r.spans
from triage.feature_record r join triage.shape s on s.id = r.shape where r.event_id = %(event_id)s

-- feature_records
-- What was evaluated about several events.
select r.event_id, r.at, r.ruleset, s.fields, r.features, r.absent, r.hits, r.spans
from triage.feature_record r join triage.shape s on s.id = r.shape where r.event_id = any(%(event_ids)s)

-- latest_features
-- The newest records, or those before an event, for trying a rule.
select r.event_id, s.fields, r.features::text as features, r.hits
from triage.feature_record r join triage.shape s on s.id = r.shape
where (%(before)s::text is null or r.event_id < %(before)s::text) order by r.event_id desc limit %(limit)s

-- count_features
-- How many records there are, counted no further than a limit.
select count(*) from (select from triage.feature_record limit %(limit)s) as found

-- insert_hits
-- Which rules were true of which events, with the values they saw.
insert into triage.rule_hit (event_id, rule_id, rule_version, shadow, case_id, saw, at)
select event_id, rule_id, rule_version, shadow, case_id, saw, %(at)s
from jsonb_to_recordset(%(rows)s::jsonb) as r(event_id text, rule_id text, rule_version integer, shadow boolean,
    case_id text, saw jsonb)
on conflict on constraint rule_hit_pkey do nothing

-- hits_of_case
-- The rules that were true of a case's events, the latest first.
select h.event_id, h.rule_id, h.rule_version, h.shadow, h.case_id, h.saw, h.at
from triage.case_event e join triage.rule_hit h on h.event_id = e.event_id
where e.case_id = %(case_id)s and not h.shadow order by h.event_id desc, h.rule_id limit %(limit)s

-- hits_of_rule
-- The latest hits of a rule.
select event_id, rule_id, rule_version, shadow, case_id, saw, at from triage.rule_hit
where rule_id = %(rule_id)s order by event_id desc limit %(limit)s

-- cases_of_rule
-- The cases that the latest hits of a rule are in; only those that are there for whoever asks.
select distinct h.case_id
from (
    select case_id from triage.rule_hit
    where rule_id = %(rule_id)s and case_id is not null order by event_id desc limit %(limit)s
) as h join triage.case c on c.id = h.case_id

-- park_events
-- Set events aside that can't be scored.
insert into triage.parked (event_id, reason, at)
select event_id, reason, %(at)s from unnest(%(event_ids)s::text[], %(reasons)s::text[]) as r(event_id, reason)
on conflict on constraint parked_pkey do update set reason = excluded.reason, at = excluded.at

-- parked
-- The events that could not be scored, the latest first.
select event_id, reason, at from triage.parked order by at desc, event_id desc limit %(limit)s

-- count_shapes
-- How many events of a batch had which fields.
insert into triage.shape_stat (day, slot, shape, events)
select %(day)s, pg_backend_pid() %% 16, shape, events
from unnest(%(shapes)s::text[], %(events)s::bigint[]) as r(shape, events) order by shape
on conflict on constraint shape_stat_pkey do update set events = shape_stat.events + excluded.events

-- shapes
-- How many events had which fields since a day.
select s.fields, sum(t.events)::bigint as events
from triage.shape_stat t join triage.shape s on s.id = t.shape where t.day >= %(since)s group by s.id

-- count_rules
-- How often rules were true or failed in a batch.
insert into triage.rule_stat (rule_id, day, slot, hits, shadow_hits, failures)
select rule_id, %(day)s, pg_backend_pid() %% 16, hits, shadow_hits, failures
from unnest(%(rule_ids)s::text[], %(hits)s::bigint[], %(shadow_hits)s::bigint[], %(failures)s::bigint[])
    as r(rule_id, hits, shadow_hits, failures) order by rule_id
on conflict on constraint rule_stat_pkey do update set hits = rule_stat.hits + excluded.hits,
    shadow_hits = rule_stat.shadow_hits + excluded.shadow_hits, failures = rule_stat.failures + excluded.failures

-- rule_stats
-- How often each rule was true or failed since a day.
select rule_id, sum(hits)::bigint as hits, sum(shadow_hits)::bigint as shadow_hits, sum(failures)::bigint as failures
from triage.rule_stat where day >= %(since)s group by rule_id

-- rule_days
-- How often each rule was true or failed on each day.
select rule_id, day, sum(hits)::bigint as hits, sum(shadow_hits)::bigint as shadow_hits, sum(failures)::bigint as failures
from triage.rule_stat where day >= %(since)s group by rule_id, day order by rule_id, day

-- keep_trial
-- Keep what a rule did when it was tried.
insert into triage.rule_trial (form, at, tried_by, events, hits, not_applicable, failures)
values (%(form)s, %(at)s, %(by)s, %(events)s, %(hits)s, %(not_applicable)s, %(failures)s)
on conflict on constraint rule_trial_pkey do nothing

-- last_trial
-- The trial on the most events of a rule in this form.
select form, at, tried_by, events, hits, not_applicable, failures from triage.rule_trial
where form = %(form)s order by events desc, at desc limit 1

-- rules_in_force
-- Which rules are run, to know whether the set made ready is still the right one.
select id, version, state, md5(expression) as text from triage.rule
where newest and state <> 'off' and quarantined_at is null order by id

-- hold_policy_rules
-- Wait until nobody else takes over the rules of a policy; held until the end of the transaction.
select pg_advisory_xact_lock(hashtext('triage.policy_rules'))

-- newest_rules
-- Every rule as it stands.
select id, version, title, expression, clause_id, score, state, author, from_policy, changed_by, changed_at,
    quarantined_at, failure
from triage.rule where newest order by id

-- newest_rule
-- One rule as it stands, held until the end of the transaction.
select id, version, title, expression, clause_id, score, state, author, from_policy, changed_by, changed_at,
    quarantined_at, failure
from triage.rule where newest and id = %(id)s for update

-- rule_versions
-- All versions of a rule, the newest first.
select id, version, title, expression, clause_id, score, state, author, from_policy, changed_by, changed_at,
    quarantined_at, failure
from triage.rule where id = %(id)s order by version desc

-- retire_rule_version
-- The newest version of a rule makes room for the next.
update triage.rule set newest = false where id = %(id)s and newest

-- insert_rule
-- A new version of a rule, the newest from now on.
insert into triage.rule (id, version, newest, title, expression, clause_id, score, state, author, from_policy,
    changed_by, changed_at)
values (%(id)s, %(version)s, true, %(title)s, %(expression)s, %(clause_id)s, %(score)s, %(state)s, %(author)s,
    %(from_policy)s, %(changed_by)s, %(at)s)

-- switch_rule
-- Give the newest version of a rule another state; a quarantine ends with it.
update triage.rule set state = %(state)s, changed_by = %(changed_by)s, changed_at = %(at)s, quarantined_at = null,
    failure = null
where id = %(id)s and newest

-- quarantine_rule
-- Leave a failing rule out from now on; says whether it was in.
update triage.rule set quarantined_at = %(at)s, failure = %(failure)s
where id = %(id)s and version = %(version)s and newest and quarantined_at is null

-- add_to_counters
-- Count for subjects; in order, so that two writers never wait for each other.
insert into triage.counter (subject_id, name, bucket, n)
select subject_id, name, %(bucket)s, n
from unnest(%(subject_ids)s::text[], %(names)s::text[], %(counts)s::integer[]) as r(subject_id, name, n)
order by subject_id, name
on conflict on constraint counter_pkey do update set n = counter.n + excluded.n

-- counters
-- What was counted for subjects since the start of the longest window.
select subject_id, name, bucket, n from triage.counter
where subject_id = any(%(subject_ids)s) and bucket > %(since)s

-- keep_traces
-- Keep the highest score of each conversation that is too low for a case.
insert into triage.trace (subject_id, family, conversation, clause_id, score, event_id, at)
select subject_id, family, conversation, clause_id, score, event_id, %(at)s
from jsonb_to_recordset(%(rows)s::jsonb) as r(subject_id text, family text, conversation text, clause_id text,
    score double precision, event_id text)
order by subject_id, family, conversation
on conflict on constraint trace_pkey do update set at = excluded.at,
    clause_id = case when excluded.score > trace.score then excluded.clause_id else trace.clause_id end,
    event_id = case when excluded.score > trace.score then excluded.event_id else trace.event_id end,
    score = greatest(trace.score, excluded.score)

-- traces
-- What was kept of subjects in families since a moment, and since when their last actor review was decided.
select t.subject_id, t.family, t.conversation, t.clause_id, t.score, t.event_id, t.at
from triage.trace t
join unnest(%(subject_ids)s::text[], %(families)s::text[], %(since)s::timestamptz[]) as w(subject_id, family, since)
    on w.subject_id = t.subject_id and w.family = t.family
where t.at > w.since

-- near_bands
-- The clusters whose first text shares one of these bands, seen within the window. Band by band, which `offset 0` holds to:
-- where it guesses, the planner reads the whole day instead.
select w.band, n.cluster
from unnest(string_to_array(%(bands)s, ',')::bigint[]) as w(band)
cross join lateral (
    select d.cluster from triage.near_duplicate d where d.band = w.band and d.at > %(since)s offset 0
) as n

-- near_counts
-- How many texts joined these clusters within the window.
select cluster, sum(n)::bigint as n from triage.near_count
where cluster = any(%(clusters)s) and bucket > %(since)s group by cluster

-- copy_bands
-- Remember the bands of texts that are the first of their cluster.
copy triage.near_duplicate (band, cluster, at) from stdin

-- count_near
-- Count the texts that joined clusters.
insert into triage.near_count (cluster, bucket, slot, n)
select cluster, %(bucket)s, pg_backend_pid() %% 16, n from unnest(%(clusters)s::bigint[], %(counts)s::integer[]) as r(cluster, n)
order by cluster
on conflict on constraint near_count_pkey do update set n = near_count.n + excluded.n

-- forget_bands
-- Remove what is older than any window.
delete from triage.near_duplicate where at < %(before)s

-- forget_near_counts
-- Remove what is older than any window.
delete from triage.near_count where bucket < %(before)s

-- forget_counters
-- Remove what is older than any window.
delete from triage.counter where bucket < %(before)s

-- forget_traces
-- Remove what is older than any window.
delete from triage.trace where at < %(before)s

-- erase_features
-- Remove what was evaluated about events whose content goes.
delete from triage.feature_record where event_id = any(%(event_ids)s)

-- erase_hits
-- Keep that a rule was true, remove what it saw.
update triage.rule_hit set saw = '{}' where event_id = any(%(event_ids)s) and saw <> '{}'

-- erase_traces
-- Remove the traces of events whose content goes.
delete from triage.trace where event_id = any(%(event_ids)s)

-- bank_stamp
-- Changes whenever a bank does.
select coalesce(string_agg(name || '@' || revision, ',' order by name), '') from triage.bank

-- banks
-- Every bank and how much it holds.
select b.name, b.kind, b.changed_at, count(i.value) as items
from triage.bank b left join triage.bank_item i on i.bank = b.name group by b.name, b.kind, b.changed_at order by b.name

-- bank_items
-- What the banks hold.
select b.kind, b.name, i.value from triage.bank b join triage.bank_item i on i.bank = b.name

-- upsert_bank
-- Make a bank, or say that it changed; the kind of a bank never changes.
insert into triage.bank (name, kind, changed_at, revision) values (%(name)s, %(kind)s, %(at)s, 1)
on conflict on constraint bank_pkey do update set changed_at = excluded.changed_at, revision = bank.revision + 1
returning kind

-- add_bank_items
-- Add to a bank what it doesn't hold yet.
insert into triage.bank_item (bank, value) select %(name)s, value from unnest(%(values)s::text[]) as value
on conflict on constraint bank_item_pkey do nothing
returning value

-- ground_bank_items
-- Keep that items are in a bank on account of a decision: those that it brought, and those that others of their kind did.
insert into triage.bank_ground (bank, value, decision_id)
select i.bank, i.value, %(decision_id)s from triage.bank_item i
where i.bank = %(name)s and i.value = any(%(values)s)
  and (i.value = any(%(fresh)s::text[])
       or exists (select 1 from triage.bank_ground g where g.bank = i.bank and g.value = i.value))
on conflict on constraint bank_ground_pkey do nothing

-- unground_bank_items
-- What somebody adds by hand stays, whatever becomes of the decisions it came from.
delete from triage.bank_ground where bank = %(name)s and value = any(%(values)s)

-- rest_bank_items
-- Let items rest on the decision that came in place of another.
with moved as (
    delete from triage.bank_ground where decision_id = %(before)s returning bank, value
)
insert into triage.bank_ground (bank, value, decision_id) select bank, value, %(decision_id)s from moved
on conflict on constraint bank_ground_pkey do nothing

-- withdraw_bank_items
-- Take from the banks what a decision brought and no other decision vouches for.
with ground as (
    delete from triage.bank_ground where decision_id = %(decision_id)s returning bank, value
), gone as (
    delete from triage.bank_item i using ground
    where i.bank = ground.bank and i.value = ground.value
      and not exists (select 1 from triage.bank_ground g
                      where g.bank = i.bank and g.value = i.value and g.decision_id <> %(decision_id)s)
    returning i.bank
)
select b.name, b.kind, count(*)::int as n
from gone join triage.bank b on b.name = gone.bank group by b.name, b.kind order by b.name

-- remove_bank_items
-- Take from a bank.
delete from triage.bank_item where bank = %(name)s and value = any(%(values)s)

-- propose_lowering
-- Keep a proposal to lower a grave case; a later one replaces it.
insert into triage.lowering (case_id, severity, reason, proposed_by, proposed_at)
values (%(case_id)s, %(severity)s, %(reason)s, %(by)s, %(at)s)
on conflict on constraint lowering_pkey do update set severity = excluded.severity, reason = excluded.reason,
    proposed_by = excluded.proposed_by, proposed_at = excluded.proposed_at

-- lowering
-- The open proposal about a case.
select case_id, severity, reason, proposed_by, proposed_at from triage.lowering where case_id = %(case_id)s

-- drop_lowering
-- A proposal is settled.
delete from triage.lowering where case_id = %(case_id)s

-- restrict_case
-- Put a case under a compartment or take it out.
update triage.case set restriction = %(restriction)s where id = %(id)s

-- flow_of_rows
-- Cases that came and left in a span, from the rows; completed by one of the two after it.
with flow as (
    select date_trunc('hour', opened_at, 'UTC') as hour, queue, severity, restriction, region, 1 as opened, 0 as gone
    from triage.case where (sealed or not test) and opened_at >= %(rows_since)s and opened_at < %(until)s
    union all
    select date_trunc('hour', decided_at, 'UTC'), queue, severity, restriction, region, 0, 1
    from triage.case
    where state <> 'open' and (sealed or not test) and decided_at >= %(rows_since)s and decided_at < %(until)s
    union all
    select date_trunc('hour', closed_at, 'UTC'), queue, severity, restriction, region, 0, 1
    from triage.case
    where decided_at is null and state <> 'open' and (sealed or not test)
      and closed_at >= %(rows_since)s and closed_at < %(until)s
)

-- keep_flow
-- Keep the sums of the hours of a span.
insert into triage.flow_hour (hour, queue, severity, restriction, region, opened, gone)
select hour, queue, severity, restriction, region, sum(opened), sum(gone) from flow group by 1, 2, 3, 4, 5

-- clear_flow
-- Drop the sums of the hours of a span.
delete from triage.flow_hour where hour >= %(since)s and hour < %(until)s

-- first_flow
-- When the first case came.
select min(opened_at) as at from triage.case where (sealed or not test)

-- read_flow
-- The flow of a span by step: kept sums, and rows for the hours that have none.
select date_trunc(%(step)s, hour, 'UTC') as at, sum(opened)::int as opened, sum(gone)::int as gone
from (
    select hour, opened, gone from triage.flow_hour where hour >= %(since)s and hour < %(rows_since)s
    union all
    select hour, opened, gone from flow
) every
group by 1 order by 1

-- read_flow_hours
-- The flow of a span by hour, queue and severity: kept sums, and rows for the hours that have none.
select hour as at, queue, severity, sum(opened)::int as opened, sum(gone)::int as gone
from (
    select hour, queue, severity, opened, gone from triage.flow_hour where hour >= %(since)s and hour < %(rows_since)s
    union all
    select hour, queue, severity, opened, gone from flow
) every
group by 1, 2, 3 order by 1, 2, 3

-- read_flow_by_queue
-- The flow of a span by queue and severity: kept sums, and rows for the hours that have none.
select %(since)s::timestamptz as at, queue, severity, sum(opened)::int as opened, sum(gone)::int as gone
from (
    select queue, severity, opened, gone from triage.flow_hour where hour >= %(since)s and hour < %(rows_since)s
    union all
    select queue, severity, opened, gone from flow
) every
group by 1, 2, 3 order by 1, 2, 3

-- standing_now
-- What is open now, by queue and severity, with its ages.
select queue, severity, count(*)::int as open, count(*) filter (where due_at < %(at)s)::int as overdue,
       min(opened_at) as oldest_at,
       count(*) filter (where opened_at > %(at)s - interval '1 hour')::int as hour,
       count(*) filter (where opened_at <= %(at)s - interval '1 hour' and opened_at > %(at)s - interval '4 hours')::int as four,
       count(*) filter (where opened_at <= %(at)s - interval '4 hours' and opened_at > %(at)s - interval '1 day')::int as day,
       count(*) filter (where opened_at <= %(at)s - interval '1 day')::int as older
from triage.case where state = 'open' and (sealed or not test) group by queue, severity order by queue, severity

-- read_net
-- What the backlog grew by in each hour of a span: kept sums, and rows for the hours that have none.
select hour as at, sum(opened - gone)::int as net
from (
    select hour, opened, gone from triage.flow_hour where hour >= %(since)s and hour < %(rows_since)s
    union all
    select hour, opened, gone from flow
) every
group by 1 order by 1

-- cases_of_subject
-- Every case that is about a subject or holds events of it, the latest first.
select found.case_id
from (
    select id as case_id from triage.case where subject_id = %(subject_id)s
    union
    select case_id from triage.case_subject where subject_id = %(subject_id)s
) found
order by found.case_id desc
limit %(limit)s

-- events_of_cases
-- Which events these cases hold.
select case_id, event_id from triage.case_event where case_id = any(%(case_ids)s)
