-- Surge: levers that were approved beforehand, pulled for a time.

create table workforce.lever_pull (
    id text not null,
    lever text not null,
    reach text not null,
    reason text not null,
    pulled_by text not null,
    pulled_at timestamptz not null,
    until timestamptz not null,
    ended_at timestamptz,
    ended_by text,
    constraint lever_pull_pkey primary key (id),
    constraint lever_pull_ends check (until > pulled_at)
);
create unique index lever_pull_once on workforce.lever_pull (lever, reach) where ended_at is null;
create index lever_pull_by_time on workforce.lever_pull (pulled_at);
comment on table workforce.lever_pull is 'Levers that were pulled. In force from pulled_at to until, or until ended: by the clock, whether or not a worker runs.';
comment on column workforce.lever_pull.reach is 'A rule or a queue; * where the lever knows no parts.';
comment on column workforce.lever_pull.reason is 'Shown to everybody.';
comment on column workforce.lever_pull.ended_by is 'Who ended it early; null where its time ran out.';
grant select, insert, update on workforce.lever_pull to assize_app;
