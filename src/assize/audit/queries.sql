-- take_turn
-- One sequencer at a time; says the isolation, which must be READ COMMITTED for the next statement to see late commits.
select pg_advisory_xact_lock(hashtext('assize.audit')::bigint), current_setting('transaction_isolation') as isolation

-- begin_ledger
-- Name the ledger at its first use; nothing happens where it has a name.
insert into audit.sequencer (origin, system_identifier)
select %(origin)s, system_identifier from pg_control_system()
on conflict on constraint sequencer_pkey do nothing

-- origin
-- The name of this ledger.
select origin from audit.sequencer

-- look_around
-- Read the present snapshot before any fact is picked, how far the last complete pass came, and what is half done.
with standing as (
    select origin, seen, resume, system_identifier, coalesce(target, pg_current_snapshot()) as present
    from audit.sequencer
)
select s.origin, c.system_identifier = s.system_identifier as same_cluster, c.system_identifier,
       s.present::text as present, pg_snapshot_xmax(s.present)::text as present_end, s.resume::text as resume,
       pg_snapshot_xmax(s.seen)::text as seen_end, array(select pg_snapshot_xip(s.seen)::text) as open_then,
       (select coalesce(max(n) + 1, 0) from audit.leaf) as size
from standing s, pg_control_system() c

-- pick_new
-- Facts without a leaf that the last complete pass could not see: of transactions open then, or begun since.
select * from (
    (select f.id, f.kind, f.actor, f.case_id, f.subject_id, f.thing, f.occurred_at, f.recorded_at, f.commitment, f.xid
     from platform.fact f
     where f.xid = any(%(open_then)s::xid8[]) and f.xid >= %(resume)s::xid8
       and not exists (select from audit.leaf l where l.fact_id = f.id)
     order by f.xid, f.id limit %(limit)s)
    union all
    (select f.id, f.kind, f.actor, f.case_id, f.subject_id, f.thing, f.occurred_at, f.recorded_at, f.commitment, f.xid
     from platform.fact f
     where f.xid >= greatest(%(seen_end)s::xid8, %(resume)s::xid8) and f.xid < %(present_end)s::xid8
       and not exists (select from audit.leaf l where l.fact_id = f.id)
     order by f.xid, f.id limit %(limit)s)
) as fresh
order by xid, id limit %(limit)s

-- pick_all
-- Any fact without a leaf: the first pass of all, and the first after a restore, when transaction ids mean nothing.
select f.id, f.kind, f.actor, f.case_id, f.subject_id, f.thing, f.occurred_at, f.recorded_at, f.commitment, f.xid
from platform.fact f
where f.xid >= %(resume)s::xid8 and not exists (select from audit.leaf l where l.fact_id = f.id)
order by f.xid, f.id limit %(limit)s

-- copy_leaves
-- Put leaves at the end.
copy audit.leaf (n, fact_id, hash) from stdin

-- copy_nodes
-- Keep the subtrees that became complete.
copy audit.node (level, index, hash) from stdin

-- pass_done
-- A pass that took everything there was: remember what it had seen.
update audit.sequencer
set seen = %(present)s::pg_snapshot, system_identifier = %(system_identifier)s, target = null, resume = null

-- pass_unfinished
-- A pass that left something: remember where it stopped, and up to what the next ones go.
update audit.sequencer set target = %(present)s::pg_snapshot, resume = %(resume)s::xid8

-- forget_progress
-- The cluster is another one: transaction ids of the last one mean nothing here.
update audit.sequencer set seen = null, target = null, resume = null, system_identifier = c.system_identifier
from pg_control_system() c

-- hold_durable
-- A checkpoint may be written outside while this is still in memory; the leaves under it must not be lost in a crash.
set local synchronous_commit = on

-- hashes_of_leaves
-- Leaf hashes in order.
select hash from audit.leaf where n >= %(first)s and n < %(first)s::bigint + %(count)s order by n

-- hashes_of_nodes
-- Hashes of complete subtrees of one level in order.
select hash from audit.node where level = %(level)s and index >= %(first)s and index < %(first)s::bigint + %(count)s order by index

-- tree_size
-- How many leaves there are.
select coalesce(max(n) + 1, 0) as size from audit.leaf

-- clock
-- The database's clock at this very moment.
select clock_timestamp() as present

-- writers
-- Backends that have a transaction id now, whatever their role: a transaction without one has written no fact yet.
select pid from pg_locks where locktype = 'transactionid' and mode = 'ExclusiveLock' and granted and pid is not null

-- writing_since
-- Since when those backends write in this database, and whether one can't be looked into (another role, or prepared).
select min(xact_start) filter (where pid <> pg_backend_pid()) as since,
       coalesce(bool_or(query = '<insufficient privilege>'), false)
       or exists (select from pg_prepared_xacts where database = current_database()) as hidden
from pg_stat_activity
where datname = current_database() and pid = any(%(pids)s)

-- latest_checkpoint
-- The newest checkpoint.
select note from audit.checkpoint order by size desc limit 1

-- checkpoint_of_size
-- The checkpoint over so many facts.
select note from audit.checkpoint where size = %(size)s

-- newest_covering
-- The newest checkpoint, where it covers a leaf.
select note from audit.checkpoint where size > %(n)s order by size desc limit 1

-- checkpoint_notes
-- Every checkpoint with its columns, by size.
select size, root, until, horizon, signed_at, handover, note from audit.checkpoint order by size

-- handovers
-- Checkpoints with which the signing key changed.
select note from audit.checkpoint where handover order by size

-- keep_checkpoint
-- Keep a signed checkpoint.
insert into audit.checkpoint (size, root, until, horizon, signed_at, handover, note)
values (%(size)s, %(root)s, %(until)s, %(horizon)s, %(signed_at)s, %(handover)s, %(note)s)

-- entries
-- A stretch of the ledger as it is stored, with what facts and bodies there are.
select l.n, l.fact_id, l.hash, f.id, f.kind, f.actor, f.case_id, f.subject_id, f.thing, f.occurred_at, f.recorded_at,
       f.commitment, b.nonce, b.body
from audit.leaf l
left join platform.fact f on f.id = l.fact_id
left join platform.fact_body b on b.fact_id = l.fact_id
where l.n >= %(first)s and l.n < %(first)s::bigint + %(count)s and l.n < %(size)s
order by l.n

-- nodes_between
-- Stored nodes of one level, as they are.
select index, hash from audit.node where level = %(level)s and index >= %(first)s and index <= %(last)s order by index

-- stray_nodes
-- Stored nodes beyond the tree.
select level, index from audit.node where (index + 1) << level > %(size)s order by level, index limit 10

-- unsequenced
-- Facts that should have a leaf and have none: recorded before the last checkpoint's horizon, or seen by a complete pass.
select f.id, f.kind from platform.fact f, audit.sequencer q, pg_control_system() c
where not exists (select from audit.leaf l where l.fact_id = f.id)
  and (f.recorded_at < %(horizon)s
       or (q.seen is not null and q.system_identifier = c.system_identifier and pg_visible_in_snapshot(f.xid, q.seen)))
order by f.id

-- count_pending
-- Facts that await their leaf.
select count(*) from platform.fact f where not exists (select from audit.leaf l where l.fact_id = f.id)

-- orphan_bodies
-- Bodies whose fact is gone.
select b.fact_id from platform.fact_body b
where not exists (select from platform.fact f where f.id = b.fact_id) order by b.fact_id limit 100

-- erasures_since
-- Erasures from a leaf on, or without a leaf yet.
select b.body from platform.fact f
join platform.fact_body b on b.fact_id = f.id
left join audit.leaf l on l.fact_id = f.id
where f.kind = 'BodiesErased' and (l.n is null or l.n >= %(size)s)

-- fact_in_tree
-- A fact's header with its leaf, where this actor may see it.
select f.id, f.kind, f.actor, f.case_id, f.subject_id, f.thing, f.occurred_at, f.recorded_at, f.commitment, l.n
from platform.fact f left join audit.leaf l on l.fact_id = f.id
where f.id = %(fact_id)s

-- visible_facts
-- Which of these facts this actor may see.
select id from platform.fact where id = any(%(ids)s)

-- delete_bodies
-- Erase bodies; says which there were.
delete from platform.fact_body where fact_id = any(%(fact_ids)s) returning fact_id

-- erasures_among
-- Which of these facts record erasures.
select id from platform.fact where id = any(%(fact_ids)s) and kind = 'BodiesErased' order by id limit 1

-- story_of_case
-- What happened in a case, oldest first.
select f.id, f.kind, f.actor, f.case_id, f.occurred_at, b.body, l.n
from platform.fact f
left join platform.fact_body b on b.fact_id = f.id
left join audit.leaf l on l.fact_id = f.id
where f.case_id = %(id)s and f.id > %(after)s
order by f.id limit %(limit)s

-- story_of_subject
-- What happened about a subject, oldest first.
select f.id, f.kind, f.actor, f.case_id, f.occurred_at, b.body, l.n
from platform.fact f
left join platform.fact_body b on b.fact_id = f.id
left join audit.leaf l on l.fact_id = f.id
where f.subject_id = %(id)s and f.id > %(after)s
order by f.id limit %(limit)s

-- story_of_actor
-- What a reviewer did, oldest first.
select f.id, f.kind, f.actor, f.case_id, f.occurred_at, b.body, l.n
from platform.fact f
left join platform.fact_body b on b.fact_id = f.id
left join audit.leaf l on l.fact_id = f.id
where f.actor = %(id)s and f.id > %(after)s
order by f.id limit %(limit)s

-- opened_story
-- Whether this actor said, since then, why they open this story.
select exists (
    select from platform.fact f
    where f.actor = %(actor)s and f.kind = 'StoryOpened' and f.recorded_at >= %(since)s
      and (f.subject_id = %(id)s or f.thing = %(id)s)
)

-- last_verification
-- What the last verification found.
select f.occurred_at, b.body from platform.fact f join platform.fact_body b on b.fact_id = f.id
where f.kind = 'LedgerVerified' order by f.id desc limit 1
