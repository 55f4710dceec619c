-- what_it_is
-- The server's version, whether this role stands above row security, and the database's clock.
select
    current_setting('server_version_num')::integer as version,
    current_setting('server_version') as version_text,
    session_user as role,
    role.rolsuper as superuser,
    role.rolbypassrls as above_row_security,
    clock_timestamp() as database_time
from pg_roles role
where role.rolname = session_user

-- rights_on_facts
-- Whether this role could change, remove or empty the log of facts, or owns it.
select
    has_table_privilege('platform.fact', 'update, delete, truncate') as may_change,
    pg_has_role(relowner, 'usage') as owns
from pg_class
where oid = 'platform.fact'::regclass

-- jobs
-- Jobs whose worker is gone, jobs that used up their tries, and jobs that have waited for long.
select
    count(*) filter (where job.status = 'doing'
        and (worker.id is null or worker.last_heartbeat < now() - interval '60 seconds')) as stalled,
    count(*) filter (where job.status = 'failed') as failed,
    count(*) filter (where job.status = 'todo'
        and coalesce(job.scheduled_at, now()) <= now() and job.attempts = 0) as waiting
from public.procrastinate_jobs job
left join public.procrastinate_workers worker on worker.id = job.worker_id
where job.status in ('doing', 'failed', 'todo')

-- heartbeats
-- How long ago, in seconds, each loop of a worker last went round.
select process, extract(epoch from clock_timestamp() - beat_at)::double precision as age_s
from platform.heartbeat
order by process
