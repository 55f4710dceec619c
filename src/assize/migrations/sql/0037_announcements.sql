-- Announcements and playbooks: in versions, for some or for all, and who has read which.
create table workforce.announcement (
    id text not null,
    series text not null,
    version integer not null,
    kind text not null,
    title text not null,
    body text not null,
    teams text[] not null default '{}',
    roles text[] not null default '{}',
    clauses text[] not null default '{}',
    due_at timestamptz,
    author text not null,
    published_at timestamptz not null,
    ended_at timestamptz,
    ended_by text,
    constraint announcement_pkey primary key (id),
    constraint announcement_version unique (series, version),
    constraint announcement_kind check (kind in ('announcement', 'playbook')),
    constraint announcement_ended check ((ended_at is null) = (ended_by is null))
);
create unique index announcement_in_force on workforce.announcement (series) where ended_at is null;
create index announcement_published on workforce.announcement (published_at desc);
comment on table workforce.announcement is 'What people have to know: a version stays as it was published, the next one takes its place.';
comment on column workforce.announcement.series is 'The id of the first version.';
comment on column workforce.announcement.teams is 'Whom it is for; empty: every team, and whoever is in none.';
comment on column workforce.announcement.roles is 'Whom it is for; empty: every role.';
comment on column workforce.announcement.clauses is 'Clauses or families under which it is offered where a case is decided.';
comment on column workforce.announcement.due_at is 'Until when it has to be read; null: it need not be.';
grant select, insert on workforce.announcement to assize_app;
grant update (ended_at, ended_by) on workforce.announcement to assize_app;

create table workforce.announcement_read (
    announcement_id text not null,
    reviewer_id text not null,
    read_at timestamptz not null,
    constraint announcement_read_pkey primary key (announcement_id, reviewer_id),
    constraint announcement_read_of foreign key (announcement_id) references workforce.announcement (id)
);
comment on table workforce.announcement_read is 'Who said that they have read a version, and when.';
grant select, insert on workforce.announcement_read to assize_app;
