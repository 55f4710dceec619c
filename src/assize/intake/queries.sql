-- known_events
-- Ids of events of one source that were taken before, by their external ids.
select external_id, id from intake.known(%(source)s, %(external_ids)s)

-- reported_event
-- Whom an event is about, for a report about it.
select id, organisation, project, api_key, account, end_user, conversation, region, restriction, handling, test
from intake.reported(%(event_id)s)

-- copy_events
-- Write events, spelled by `logic.prepare`, to the partition that takes COPY.
copy intake.event_row ({columns}) from stdin

-- fill_inbox
-- Put events into the inbox; their ids come parted by commas, which the driver spells faster than an array.
insert into intake.inbox (event_id) select string_to_table(%(event_ids)s, ',')

-- count_rejects
-- Add to the counts of what was turned away in this hour.
insert into intake.reject (hour, source, code, item_count)
select date_trunc('hour', %(at)s::timestamptz), g.source, g.code, g.item_count
from unnest(%(sources)s::text[], %(codes)s::text[], %(counts)s::integer[]) as g (source, code, item_count)
order by g.source, g.code
on conflict on constraint reject_pkey do update set item_count = reject.item_count + excluded.item_count

-- claim_inbox
-- Take the oldest waiting events that nobody holds, with a lease; a row others hold is skipped.
with oldest as (
    select event_id from intake.inbox
    where (claimed_until is null or claimed_until < %(at)s) and attempts < %(max_attempts)s
    order by event_id
    limit %(limit)s
    for update skip locked
)
update intake.inbox i set claimed_until = %(until)s, attempts = i.attempts + 1
from oldest where i.event_id = oldest.event_id
returning i.event_id

-- finish_inbox
-- Take events out of the inbox: somebody has looked at them. Their ids come parted by commas, like those that fill it.
delete from intake.inbox where event_id = any(string_to_array(%(event_ids)s, ','))

-- give_back_inbox
-- End the lease of events at once, so that they come again.
update intake.inbox set claimed_until = null where event_id = any(%(event_ids)s)

-- try_again_inbox
-- Let events that were given up come again.
update intake.inbox set claimed_until = null, attempts = 0 where attempts >= %(max_attempts)s

-- counts
-- How the inbox stands.
select count(*) filter (where attempts < %(max_attempts)s) as waiting,
       count(*) filter (where attempts >= %(max_attempts)s) as given_up,
       min(event_id) as oldest
from intake.inbox

-- event_count
-- How many events are kept; reads them all, so it is for tests, imports and people who wait.
select count(*) as events from intake.event

-- events_by_id
-- Events with their subjects; those the actor may not see are not there.
select e.id, e.source, e.external_id, e.kind, e.occurred_at, e.received_at, e.organisation, e.project, e.api_key,
       e.account, e.end_user, e.conversation, coalesce(e.language, s.language) as language, e.region, e.model_version,
       e.model_outcome, e.handling, e.retention, e.restriction, e.tags, e.test and x.event_id is null as test,
       x.event_id is not null as sealed, e.body::text as body, e.erased_at,
       s.subject_id, s.account_id, s.conversation_id
from intake.event e
left join intake.event_subject s on s.event_id = e.id
left join intake.sealed_event x on x.event_id = e.id
where e.id = any(%(event_ids)s) and not platform.recused(coalesce(s.subject_id, ''))
order by e.id

-- events_page
-- A page of events, newest first, without their bodies.
select e.id, e.source, e.external_id, e.kind, e.occurred_at, e.received_at, e.organisation, e.project, e.api_key,
       e.account, e.end_user, e.conversation, coalesce(e.language, s.language) as language, e.region, e.model_version,
       e.model_outcome, e.handling, e.retention, e.restriction, e.tags, e.test and x.event_id is null as test,
       x.event_id is not null as sealed, '{}' as body, e.erased_at,
       s.subject_id, s.account_id, s.conversation_id
from intake.event e
left join intake.event_subject s on s.event_id = e.id
left join intake.sealed_event x on x.event_id = e.id
where (%(before)s::text is null or e.id < %(before)s)
  and (%(kind)s::text is null or e.kind = %(kind)s)
  and (%(source)s::text is null or e.source = %(source)s)
  and (%(conversation_id)s::text is null or s.conversation_id = %(conversation_id)s)
  and not platform.recused(coalesce(s.subject_id, ''))
order by e.id desc
limit %(limit)s

-- event_ids_of_subject
-- The newest events of a subject and of everybody below it, before a moment.
with recursive below as (
    select id from intake.subject where id = %(subject_id)s
    union
    select s.id from intake.subject s join below b on s.parent_id = b.id where s.level <> 'conversation'
)
select e.id
from intake.event_subject s join intake.event e on e.id = s.event_id
where (s.subject_id in (select id from below) or s.conversation_id = %(subject_id)s)
  and (%(before)s::timestamptz is null or s.occurred_at < %(before)s)
  and not platform.recused(coalesce(s.subject_id, ''))
order by s.occurred_at desc, s.event_id desc
limit %(limit)s

-- all_event_ids_of_subject
-- Every event of a subject and of everybody below it.
with recursive below as (
    select id from intake.subject where id = %(subject_id)s
    union
    select s.id from intake.subject s join below b on s.parent_id = b.id
)
select e.id
from intake.event_subject s join intake.event e on e.id = s.event_id
where s.subject_id in (select id from below) or s.conversation_id in (select id from below)
order by e.id

-- place_events
-- Keep whom events are about and their language; an event that was placed before stays as it is.
insert into intake.event_subject (event_id, subject_id, account_id, conversation_id, occurred_at, language)
select g.event_id, g.subject_id, g.account_id, g.conversation_id, g.occurred_at, g.language
from json_to_recordset(%(placings)s::json) as g (
    event_id text, subject_id text, account_id text, conversation_id text, occurred_at timestamptz, language text)
on conflict on constraint event_subject_pkey do nothing

-- subjects_named
-- Subjects of one level by scope and the platform's own id.
select s.id, s.scope, s.ref, s.parent_id
from json_to_recordset(%(names)s::json) as g (scope text, ref text)
join intake.subject s on s.level = %(level)s and s.scope = g.scope and s.ref = g.ref

-- wait_little
-- Give up soon where a name is held; and leave the disk to the caller's commit, before which this one can't be lost alone.
select set_config('lock_timeout', '1s', true), set_config('synchronous_commit', 'off', true)

-- add_subjects
-- Add subjects of one level; one that somebody else added meanwhile is left. In one order, so that nobody deadlocks.
insert into intake.subject (id, level, scope, ref, parent_id, first_seen_at)
select g.id, %(level)s, g.scope, g.ref, g.parent_id, %(at)s
from json_to_recordset(%(subjects)s::json) as g (id text, scope text, ref text, parent_id text)
order by g.scope, g.ref
on conflict on constraint subject_once do nothing

-- adopt_subjects
-- Tell subjects their parent where nobody had.
update intake.subject s set parent_id = g.parent_id
from json_to_recordset(%(subjects)s::json) as g (id text, parent_id text)
where s.id = g.id and s.parent_id is null and s.id <> g.parent_id

-- subject_by_id
-- One subject.
select id, level, ref, parent_id, first_seen_at, erased_at from intake.subject
where id = %(subject_id)s and not platform.recused(id)

-- subject_by_ref
-- One subject by its level and the platform's own id; end users are found only within their parent.
select id, level, ref, parent_id, first_seen_at, erased_at from intake.subject
where level = %(level)s and ref = %(ref)s and (scope = %(scope)s) and not platform.recused(id)

-- subject_path
-- A subject and everybody above it, itself first.
with recursive above as (
    select id, level, ref, parent_id, first_seen_at, erased_at, 0 as step from intake.subject where id = %(subject_id)s
    union all
    select s.id, s.level, s.ref, s.parent_id, s.first_seen_at, s.erased_at, a.step + 1
    from intake.subject s join above a on s.id = a.parent_id
    where a.step < 8
)
select id, level, ref, parent_id, first_seen_at, erased_at from above order by step

-- held_events
-- How many events of a list are under legal hold.
select count(*) as held from intake.event where id = any(%(event_ids)s) and retention = 'hold' and erased_at is null

-- forget_subject
-- Take the identity of a subject and of everybody below it away; ids stay, so that decisions still stand for somebody.
with recursive below as (
    select id from intake.subject where id = %(subject_id)s
    union
    select s.id from intake.subject s join below b on s.parent_id = b.id
)
update intake.subject set ref = 'erased:' || id, scope = '', erased_at = %(at)s
where id in (select id from below) and erased_at is null

-- forget_subject_in_events
-- Take the platform's own ids of a person out of their events.
update intake.event set account = null, end_user = null, api_key = null, conversation = null
where id = any(%(event_ids)s)

-- restrict_events
-- Put events under a compartment, or take them out, with what was reported about them: a report tells as much.
update intake.event set restriction = %(restriction)s
where (id = any(%(event_ids)s)
       or id in (select r.event_id from intake.report r where r.about_event_id = any(%(event_ids)s)))
  and restriction is distinct from %(restriction)s
returning id

-- retain_events
-- Give events another retention class.
update intake.event set retention = %(retention)s where id = any(%(event_ids)s) and retention <> %(retention)s
returning id

-- events_past_class
-- Events of a class whose time is up, oldest first, from where the last sweep ended.
select e.id from intake.event e
where e.id > coalesce((select through from intake.retention_mark where class = %(class)s), '')
  and e.id < %(before)s
  and e.erased_at is null
  and (e.retention = %(class)s or (%(others)s and not e.retention = any(%(known)s)))
order by e.id
limit %(limit)s

-- mark_swept
-- Keep up to where a class was swept.
insert into intake.retention_mark (class, through) values (%(class)s, %(through)s)
on conflict on constraint retention_mark_pkey do update set through = excluded.through

-- lower_marks
-- Let the next sweep look again at events from this one on: their class has changed.
update intake.retention_mark set through = %(through)s where through > %(through)s

-- erase_events
-- Take the content of events away; what was erased before stays as it is, and so does what is under legal hold.
update intake.event set body = '{}', erased_at = %(at)s
where id = any(%(event_ids)s) and erased_at is null and retention <> 'hold'
returning id

-- reporter_named
-- Who reports, added when first seen.
insert into intake.reporter (id, kind, source, ref, first_seen_at)
values (%(id)s, %(kind)s, %(source)s, %(ref)s, %(at)s)
on conflict on constraint reporter_once do update set ref = excluded.ref
returning id, kind, upheld, rejected

-- reporter_by_id
-- One reporter with their record.
select id, kind, upheld, rejected from intake.reporter where id = %(reporter_id)s

-- add_report
-- Keep what makes an event a report.
insert into intake.report (event_id, reporter_id, about_event_id, reason, reference, received_at)
values (%(event_id)s, %(reporter_id)s, %(about_event_id)s, %(reason)s, %(reference)s, %(at)s)

-- report_by_event
-- One report.
select r.event_id, r.reporter_id, p.kind as reporter_kind, r.reason, r.about_event_id, r.reference, r.received_at, r.upheld
from intake.report r join intake.reporter p on p.id = r.reporter_id
where r.event_id = %(event_id)s

-- reports_by_subject
-- The newest reports that a subject sent itself, found by the platform's own id of them.
select r.event_id, r.reporter_id, p.kind as reporter_kind, r.reason, r.about_event_id, r.reference, r.received_at, r.upheld
from intake.subject s join intake.reporter p on p.ref = s.ref join intake.report r on r.reporter_id = p.id
where s.id = %(subject_id)s and s.erased_at is null and p.kind = 'user' and not platform.recused(s.id)
order by r.event_id desc limit %(limit)s

-- reports_page
-- A page of reports, newest first.
select r.event_id, r.reporter_id, p.kind as reporter_kind, r.reason, r.about_event_id, r.reference, r.received_at, r.upheld
from intake.report r join intake.reporter p on p.id = r.reporter_id
where (%(before)s::text is null or r.event_id < %(before)s)
  and (%(about_event_id)s::text is null or r.about_event_id = %(about_event_id)s)
  and (%(kind)s::text is null or p.kind = %(kind)s)
order by r.event_id desc
limit %(limit)s

-- decide_reports
-- Keep the first outcome of reports that are among these events or about them.
with open as (
    select event_id from intake.report
    where (event_id = any(%(event_ids)s) or about_event_id = any(%(event_ids)s)) and upheld is null
    order by event_id for update
), decided as (
    update intake.report r set upheld = %(upheld)s, decided_at = %(at)s, decision_id = %(decision_id)s
    from open where r.event_id = open.event_id
    returning r.event_id, r.reporter_id, r.upheld
)
select d.event_id, d.reporter_id, d.upheld, e.external_id
from decided d join intake.event e on e.id = d.event_id order by d.event_id

-- rest_reports
-- Let outcomes of one decision, where another says the same, rest on that other from now on.
update intake.report set decision_id = %(decision_id)s where decision_id = %(before)s and upheld = %(upheld)s

-- withdraw_reports
-- Take back the outcomes that a decision gave reports.
with given as (
    select event_id, upheld from intake.report where decision_id = %(decision_id)s order by event_id for update
), withdrawn as (
    update intake.report r set upheld = null, decided_at = null, decision_id = null
    from given where r.event_id = given.event_id
    returning r.event_id, r.reporter_id, given.upheld
)
select w.event_id, w.reporter_id, w.upheld, e.external_id
from withdrawn w join intake.event e on e.id = w.event_id order by w.event_id

-- count_outcomes
-- Add to the records of reporters, or take from them; locked in one order, so that two decisions can't wait for each other.
with counted as (
    select id, count(*)::int as n from unnest(%(reporter_ids)s::text[]) as id group by id
), locked as (
    select p.id, counted.n * %(sign)s as n from intake.reporter p join counted using (id) order by p.id for update of p
)
update intake.reporter p
set upheld = p.upheld + case when %(upheld)s then locked.n else 0 end,
    rejected = p.rejected + case when %(upheld)s then 0 else locked.n end
from locked where p.id = locked.id

-- import_run
-- How far the import of a file came; locked, so that one file has one run.
select id, rows_done, accepted, duplicates, rejected, rejects_bytes, finished_at
from intake.import_run where source = %(source)s and file_hash = %(file_hash)s
for update

-- start_import
-- Begin the import of a file, unless it is begun.
insert into intake.import_run (id, source, file_hash, file_name, rows_done, accepted, duplicates, rejected, rejects_bytes,
                               started_at)
values (%(id)s, %(source)s, %(file_hash)s, %(file_name)s, 0, 0, 0, 0, 0, %(at)s)
on conflict on constraint import_run_once do nothing

-- move_import
-- Say how far an import came, with the events it took.
update intake.import_run
set rows_done = %(rows_done)s, accepted = %(accepted)s, duplicates = %(duplicates)s, rejected = %(rejected)s,
    rejects_bytes = %(rejects_bytes)s, finished_at = %(finished_at)s
where id = %(id)s

-- restart_import
-- Begin the import of a file again from its first row; what was taken is known and counts as duplicate.
update intake.import_run
set rows_done = 0, accepted = 0, duplicates = 0, rejected = 0, rejects_bytes = 0, finished_at = null
where source = %(source)s and file_hash = %(file_hash)s

-- keep_attributes
-- Keep with which linking attributes subjects were seen; a value seen again today costs no write.
insert into intake.subject_attribute as a (subject_id, name, value_hash, first_seen_at, last_seen_at)
select g.subject_id, g.name, g.value_hash, min(g.at), max(g.at)
from json_to_recordset(%(rows)s::json) as g (subject_id text, name text, value_hash text, at timestamptz)
group by g.subject_id, g.name, g.value_hash
order by g.subject_id, g.name, g.value_hash
on conflict on constraint subject_attribute_pkey do update set last_seen_at = excluded.last_seen_at
where a.last_seen_at < excluded.last_seen_at - interval '1 day'

-- shared_attributes
-- The linking attributes of a subject, each with the others that were seen with it, so many at most.
select a.name, a.value_hash, o.subject_id as other_id
from (select name, value_hash from intake.subject_attribute where subject_id = %(subject_id)s
      order by last_seen_at desc limit 30) a
left join lateral (
    select b.subject_id from intake.subject_attribute b
    where b.name = a.name and b.value_hash = a.value_hash and b.subject_id <> %(subject_id)s
    order by b.subject_id desc limit %(limit)s
) o on true
order by a.name, a.value_hash, o.subject_id desc

-- forget_attributes
-- Take the linking attributes of a subject and of everybody below it away.
with recursive below as (
    select id from intake.subject where id = %(subject_id)s
    union
    select s.id from intake.subject s join below b on s.parent_id = b.id
)
delete from intake.subject_attribute where subject_id in (select id from below)

-- subjects_below
-- Who is directly below a subject, conversations left out, the latest first.
select id, level, ref, parent_id, first_seen_at, erased_at from intake.subject
where parent_id = %(subject_id)s and level <> 'conversation' and not platform.recused(id)
order by id desc limit %(limit)s

-- event_ids_about
-- The newest events of these very subjects, each by its index, before a moment.
select n.event_id as id from unnest(%(subject_ids)s::text[]) as w (id) cross join lateral (
    select s.event_id, s.occurred_at from intake.event_subject s
    where s.subject_id = w.id and (%(before)s::timestamptz is null or s.occurred_at < %(before)s)
    order by s.occurred_at desc, s.event_id desc limit %(limit)s
) n
order by n.occurred_at desc, n.event_id desc limit %(limit)s

-- events_in_short
-- Events by id without their bodies; those the actor may not see are not there.
select e.id, e.source, e.external_id, e.kind, e.occurred_at, e.received_at, e.organisation, e.project, e.api_key,
       e.account, e.end_user, e.conversation, coalesce(e.language, s.language) as language, e.region, e.model_version,
       e.model_outcome, e.handling, e.retention, e.restriction, e.tags, e.test and x.event_id is null as test,
       x.event_id is not null as sealed, '{}' as body, e.erased_at,
       s.subject_id, s.account_id, s.conversation_id
from intake.event e
left join intake.event_subject s on s.event_id = e.id
left join intake.sealed_event x on x.event_id = e.id
where e.id = any(%(event_ids)s) and not platform.recused(coalesce(s.subject_id, ''))
order by e.occurred_at desc, e.id desc

-- event_ids_around_in_conversation
-- The events of a conversation just before and just after one.
(select event_id as id from intake.event_subject
 where conversation_id = %(conversation_id)s and (occurred_at, event_id) < (%(occurred_at)s, %(event_id)s)
 order by occurred_at desc, event_id desc limit %(each_way)s)
union all
(select event_id as id from intake.event_subject
 where conversation_id = %(conversation_id)s and (occurred_at, event_id) > (%(occurred_at)s, %(event_id)s)
 order by occurred_at, event_id limit %(each_way)s)

-- event_ids_around_of_subject
-- The events of a subject just before and just after one.
(select event_id as id from intake.event_subject
 where subject_id = %(subject_id)s and (occurred_at, event_id) < (%(occurred_at)s, %(event_id)s)
 order by occurred_at desc, event_id desc limit %(each_way)s)
union all
(select event_id as id from intake.event_subject
 where subject_id = %(subject_id)s and (occurred_at, event_id) > (%(occurred_at)s, %(event_id)s)
 order by occurred_at, event_id limit %(each_way)s)

-- handling_of_events
-- The handling class of each of these events that may be seen.
select id, handling from intake.event where id = any(%(event_ids)s)

-- seal_events
-- Mark events as copies of a known case.
insert into intake.sealed_event (event_id, sealed_at) select unnest(%(event_ids)s::text[]), %(at)s

-- sealed_events
-- Which of these events are copies of a known case.
select event_id from intake.sealed_event where event_id = any(%(event_ids)s)
