-- Intake: what happened, who it was about, who reported it, what waits to be looked at.

create schema intake;
comment on schema intake is 'Events as they came, subjects, reports; what waits for triage; what was turned away.';

create table intake.event (
    id text not null,
    source text not null,
    external_id text not null,
    kind text not null,
    occurred_at timestamptz not null,
    received_at timestamptz not null,
    organisation text,
    project text,
    api_key text,
    account text,
    end_user text,
    conversation text,
    language text,
    region text,
    model_version text,
    model_outcome text,
    handling text not null,
    retention text not null,
    restriction text,
    tags text[] not null,
    test boolean not null,
    body jsonb not null,
    erased_at timestamptz,
    constraint event_once unique (source, external_id)
) partition by list (source);
create table intake.event_row partition of intake.event default;
alter table intake.event_row add constraint event_pkey primary key (id);
comment on table intake.event_row is 'The rows of event. Apart, because COPY, which takes half the work of any other '
    'way in, refuses a table with row security: the application may write here and read only through event.';
comment on table intake.event is 'What happened or was reported, as it came. Written once; only erasure, restriction and retention change it.';
comment on column intake.event.id is 'Begins with its time of receipt: age needs no index of its own.';
comment on column intake.event.source is 'Who sends: with external_id the same event is taken once.';
comment on column intake.event.organisation is 'The platform''s own id, like project to conversation; subjects are resolved in event_subject.';
comment on column intake.event.language is 'As sent; what was detected is in event_subject.';
comment on column intake.event.handling is 'What may be done with the content: ordinary, sensitive, apparent_cse, victim_identity, privileged, zero_retention.';
comment on column intake.event.retention is 'The class that says when the content goes.';
comment on column intake.event.restriction is 'Need-to-know compartment; null is open.';
comment on column intake.event.test is 'Red-team and test traffic: never reaches enforcement or prevalence.';
comment on column intake.event.body is 'Turns, attributes, media, report note; an empty object once erased.';

alter table intake.event enable row level security;
alter table intake.event force row level security;
create policy event_read on intake.event for select using (platform.visible(restriction, region, null));
create policy event_write on intake.event for insert with check (true);
create policy event_change on intake.event for update
    using (platform.visible(restriction, region, null)) with check (true);

create function intake.known(wanted_source text, wanted text[]) returns table (external_id text, id text)
    language sql stable security definer set search_path = ''
    as 'select e.external_id, e.id from intake.event_row e where e.source = wanted_source and e.external_id = any(wanted)';
comment on function intake.known(text, text[]) is 'Ids of events taken before, whoever may see them: an event is taken once, '
    'also from a sender who may no longer read it. Says nothing but that it is there.';

create function intake.reported(wanted text) returns table (
        id text, organisation text, project text, api_key text, account text, end_user text, conversation text,
        region text, restriction text, handling text, test boolean)
    language sql stable security definer set search_path = ''
    as 'select e.id, e.organisation, e.project, e.api_key, e.account, e.end_user, e.conversation, e.region,
               e.restriction, e.handling, e.test
        from intake.event_row e where e.id = wanted';
comment on function intake.reported(text) is 'Whom an event is about, so that a report about it lies beside it, under the '
    'same compartment, also when the sender may not read it. Never answered to the sender.';

create table intake.subject (
    id text not null,
    level text not null,
    scope text not null,
    ref text not null,
    parent_id text,
    first_seen_at timestamptz not null,
    erased_at timestamptz,
    constraint subject_pkey primary key (id),
    constraint subject_once unique (level, scope, ref),
    constraint subject_level check (
        level in ('organisation', 'project', 'api_key', 'account', 'end_user', 'conversation')),
    constraint subject_parent foreign key (parent_id) references intake.subject (id)
);
create index subject_children on intake.subject (parent_id) where parent_id is not null;
comment on table intake.subject is 'Whom a decision can bear on: organisation, project, key, account, end user, conversation.';
comment on column intake.subject.scope is 'The parent''s id where ref is unique only within it (end users), else empty.';
comment on column intake.subject.ref is 'The platform''s own id; after erasure a value that names nobody.';
comment on column intake.subject.parent_id is 'The next level above, as first told; null until somebody tells.';

create table intake.event_subject (
    event_id text not null,
    subject_id text,
    account_id text,
    conversation_id text,
    occurred_at timestamptz not null,
    language text,
    constraint event_subject_pkey primary key (event_id)
);
create index event_subject_by_subject on intake.event_subject (subject_id, occurred_at desc, event_id desc);
create index event_subject_by_conversation on intake.event_subject (conversation_id, occurred_at desc, event_id desc)
    where conversation_id is not null;
comment on table intake.event_subject is 'Whom an event is about and its language, found when it was taken from the inbox: '
    'apart, so that the wide row of the event is written once. Read only joined with event, whose row security counts.';
comment on column intake.event_subject.subject_id is 'The lowest actor named; the conversation where no actor is.';

create table intake.inbox (
    event_id text not null,
    claimed_until timestamptz,
    attempts smallint not null default 0,
    constraint inbox_pkey primary key (event_id)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
comment on table intake.inbox is 'Events that nobody has looked at yet. A queue: rows come and go, so it is vacuumed by count.';
comment on column intake.inbox.claimed_until is 'Whoever took it has until then; afterwards it comes again.';
comment on column intake.inbox.attempts is 'How often it was taken; given up at a limit, and shown.';

create table intake.reporter (
    id text not null,
    kind text not null,
    source text not null,
    ref text not null,
    upheld integer not null default 0,
    rejected integer not null default 0,
    first_seen_at timestamptz not null,
    constraint reporter_pkey primary key (id),
    constraint reporter_once unique (source, kind, ref),
    constraint reporter_kind check (kind in ('user', 'trusted_flagger', 'authority', 'staff'))
);
comment on table intake.reporter is 'Who reports, and how often they were right.';

create table intake.report (
    event_id text not null,
    reporter_id text not null,
    about_event_id text,
    reason text not null,
    reference text,
    received_at timestamptz not null,
    upheld boolean,
    decided_at timestamptz,
    constraint report_pkey primary key (event_id),
    constraint report_event foreign key (event_id) references intake.event_row (id),
    constraint report_reporter foreign key (reporter_id) references intake.reporter (id)
);
create index report_by_about on intake.report (about_event_id) where about_event_id is not null;
create index report_by_reporter on intake.report (reporter_id);
alter table intake.report enable row level security;
alter table intake.report force row level security;
create policy report_read on intake.report for select
    using (exists (select 1 from intake.event e where e.id = event_id));
create policy report_write on intake.report for insert with check (true);
create policy report_change on intake.report for update
    using (exists (select 1 from intake.event e where e.id = event_id)) with check (true);
comment on table intake.report is 'An event that somebody sent about another; its text is the event of the same id.';
comment on column intake.report.reference is 'An authority''s own reference of its notice.';
comment on column intake.report.upheld is 'Whether a decision said the report was right; null until one did.';

create table intake.reject (
    hour timestamptz not null,
    source text not null,
    code text not null,
    item_count integer not null,
    constraint reject_pkey primary key (hour, source, code)
);
comment on table intake.reject is 'How many items were turned away, by hour, sender and reason. Counts only: what was bad is not kept.';

create table intake.import_run (
    id text not null,
    source text not null,
    file_hash text not null,
    file_name text not null,
    rows_done bigint not null,
    accepted bigint not null,
    duplicates bigint not null,
    rejected bigint not null,
    rejects_bytes bigint not null,
    started_at timestamptz not null,
    finished_at timestamptz,
    constraint import_run_pkey primary key (id),
    constraint import_run_once unique (source, file_hash)
);
comment on table intake.import_run is 'How far each imported file came, moved on in the transaction that took its events.';
comment on column intake.import_run.rejects_bytes is 'How long the reject file was then; a rerun cuts it to this.';

create table intake.retention_mark (
    class text not null,
    through text not null,
    constraint retention_mark_pkey primary key (class)
);
comment on table intake.retention_mark is 'Up to which event id a class was swept, so that a sweep never walks what is already erased.';

grant usage on schema intake to assize_app;
revoke execute on function intake.known(text, text[]), intake.reported(text) from public;
grant execute on function intake.known(text, text[]), intake.reported(text) to assize_app;
grant select, insert, update, delete on all tables in schema intake to assize_app;
revoke all on intake.event_row from assize_app;
grant insert on intake.event_row to assize_app;
