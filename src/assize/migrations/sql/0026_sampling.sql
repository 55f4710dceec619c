-- Decisions wait to be drawn until they can't be taken back any more.

create table quality.waiting (
    decision_id text not null,
    due_at timestamptz not null,
    constraint waiting_pkey primary key (decision_id)
);
create index waiting_due on quality.waiting (due_at);
comment on table quality.waiting is 'Decisions that stand and were not yet put to the plans; gone once they were.';
grant select, insert, update, delete on quality.waiting to assize_app;
alter table quality.waiting enable row level security;
alter table quality.waiting force row level security;
create policy kept_from_measured on quality.waiting using (platform.measuring());

alter table quality.audit add column repeat_days integer;
comment on column quality.audit.repeat_days is 'After so many days whoever commits it is given the case again; null for most.';

-- In one place what a stratum asks, for counting many decisions at once; `logic.fits` says the same of one.
create function quality.fits(
    s quality.stratum, queue text, severity smallint, clause text, verdict text, reviewer text, team text, vendor boolean,
    by text, language text, policy_version text
) returns boolean language sql immutable parallel safe as $$
    select (severity > 0 or 0 = any(s.severities))
       and (s.queues is null or queue = any(s.queues))
       and (s.severities is null or severity = any(s.severities))
       and (s.clauses is null or clause = any(s.clauses) or split_part(clause, '-', 1) = any(s.clauses))
       and (s.verdicts is null or verdict = any(s.verdicts))
       and (s.reviewers is null or reviewer = any(s.reviewers))
       and (s.teams is null or team = any(s.teams))
       and (s.vendor is null or vendor = s.vendor)
       and (s.by is null or by = s.by)
       and (s.languages is null or language = any(s.languages))
       and (s.policy_versions is null or policy_version = any(s.policy_versions))
$$;
comment on function quality.fits(
    quality.stratum, text, smallint, text, text, text, text, boolean, text, text, text
) is 'Whether a decision lies in a stratum; null where it lacks what is asked for, which counts as no.';
