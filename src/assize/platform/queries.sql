-- set_scope
-- Tell row security for whom this transaction is done; kept by the connection until it changes.
select set_config('assize.everything', %(everything)s, false),
       set_config('assize.compartments', %(compartments)s, false),
       set_config('assize.regions', %(regions)s, false),
       set_config('assize.recused', %(recused)s, false),
       set_config('assize.measuring', %(measuring)s, false)

-- record_facts
-- Write headers and bodies of facts in one statement.
with given as (
    select * from unnest(
        %(ids)s::text[], %(kinds)s::text[], %(cases)s::text[], %(subjects)s::text[], %(things)s::text[],
        %(commitments)s::bytea[], %(nonces)s::bytea[], %(bodies)s::text[], %(measuring)s::boolean[]
    ) as g (id, kind, case_id, subject_id, thing, commitment, nonce, body, measuring)
), header as (
    insert into platform.fact (id, kind, actor, case_id, subject_id, thing, occurred_at, commitment, measuring)
    select id, kind, %(actor)s, case_id, subject_id, thing, %(at)s, commitment, measuring from given
)
insert into platform.fact_body (fact_id, nonce, body)
select id, nonce, body from given

-- recorded_facts
-- Read facts back with their bodies, in order; those whose body was erased are left out.
select f.id, f.kind, f.actor, f.occurred_at, b.body
from platform.fact f join platform.fact_body b on b.fact_id = f.id
where f.id = any(%(ids)s)
order by f.id

-- reserve_answer
-- Take an idempotency key for this actor; nothing is returned where it was taken before.
insert into platform.answered (actor, key, fingerprint, asked_at)
values (%(actor)s, %(key)s, %(fingerprint)s, %(at)s)
on conflict on constraint answered_pkey do nothing
returning key

-- answer_kept
-- The answer kept under a key.
select fingerprint, status, media_type, body from platform.answered where actor = %(actor)s and key = %(key)s

-- keep_answer
-- Keep the answer, so that the same request repeated gets the same words.
update platform.answered set status = %(status)s, media_type = %(media_type)s, body = %(body)s
where actor = %(actor)s and key = %(key)s

-- forget_answers
-- Drop answers older than their use.
delete from platform.answered where asked_at < %(before)s

-- beat
-- Say that a loop went round.
insert into platform.heartbeat (process, beat_at, detail) values (%(process)s, %(at)s, %(detail)s)
on conflict on constraint heartbeat_pkey do update set beat_at = excluded.beat_at, detail = excluded.detail

-- heartbeats
-- When each loop last went round.
select process, beat_at, detail from platform.heartbeat order by process

-- dead_jobs
-- Jobs that used up their tries, newest first.
select id, task_name, queue_name, args, attempts, scheduled_at
from procrastinate_jobs where status = 'failed' order by id desc limit %(limit)s

-- count_jobs
-- How many jobs wait, run and have failed.
select status::text as status, count(*) as jobs from procrastinate_jobs where status <> 'succeeded' group by status

-- count_facts
-- How many facts of each kind there are.
select kind, count(*) as facts from platform.fact group by kind order by kind

-- lock_rolled
-- Let one worker at a time make sums of a name; false where another does.
select pg_try_advisory_xact_lock(hashtext('rolled'), hashtext(%(name)s))

-- wait_for_rolled
-- Wait until nobody else makes sums of a name.
select pg_advisory_xact_lock(hashtext('rolled'), hashtext(%(name)s))

-- rolled_until
-- Up to which hour the sums of a name were made.
select until from platform.rolled where name = %(name)s

-- all_rolled
-- Up to which hour the sums of every name were made.
select name, until from platform.rolled

-- set_rolled
-- Remember up to which hour sums were made.
insert into platform.rolled (name, until) values (%(name)s, %(until)s)
on conflict on constraint rolled_pkey do update set until = excluded.until

-- forget_rolled
-- Have all sums made anew.
delete from platform.rolled

-- take_rolled_back
-- Have all sums made anew from an hour on.
update platform.rolled set until = least(until, %(until)s)

-- be_short
-- Let no statement of this transaction take longer.
select set_config('statement_timeout', %(ms)s, true)

-- fact_horizon
-- The oldest transaction that still runs: everything before it is decided.
select pg_snapshot_xmin(pg_current_snapshot())::text as horizon

-- facts_from
-- Headers of facts written by transactions from one on; nobody's page is told that somebody was measured.
select id, kind, actor, case_id, xid::text as xid
from platform.fact
where xid >= %(from)s::xid8 and not measuring
order by xid, id
limit %(limit)s
