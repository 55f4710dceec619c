-- Who may decide: people, machines, teams, keys, sessions, what each may see.

create schema workforce;
comment on schema workforce is 'People, machines, teams, skills, sign-in, keys, view profiles.';
grant usage on schema workforce to assize_app;

create table workforce.team (
    id text not null,
    name text not null,
    vendor boolean not null default false,
    created_at timestamptz not null,
    constraint team_pkey primary key (id),
    constraint team_name_once unique (name)
);
comment on table workforce.team is 'A team of ours or of a vendor.';

create table workforce.reviewer (
    id text not null,
    kind text not null,
    name text not null,
    email text,
    team_id text,
    roles text[] not null,
    skills jsonb not null default '{}',
    view jsonb not null default '{}',
    compartments text[] not null default '{}',
    password text,
    active boolean not null default true,
    created_at timestamptz not null,
    constraint reviewer_pkey primary key (id),
    constraint reviewer_kind check (kind in ('person', 'machine', 'past')),
    constraint reviewer_email_once unique (email),
    constraint reviewer_name_given check (name <> ''),
    constraint reviewer_team foreign key (team_id) references workforce.team (id)
);
comment on table workforce.reviewer is 'Whoever decides: people and machines in one table; "past" is a rater of imported judgements who never signs in.';
comment on column workforce.reviewer.skills is 'Clause families, languages, highest exposure class; absent means all.';
comment on column workforce.reviewer.view is 'Masked fields, search scope, export right, regions, recusals.';
comment on column workforce.reviewer.compartments is 'Need-to-know restrictions this reviewer is cleared for.';
comment on column workforce.reviewer.password is 'argon2id hash; null for those who never sign in with one.';

create table workforce.session (
    token_hash bytea not null,
    reviewer_id text not null,
    started_at timestamptz not null,
    seen_at timestamptz not null,
    ends_at timestamptz not null,
    constraint session_pkey primary key (token_hash),
    constraint session_reviewer foreign key (reviewer_id) references workforce.reviewer (id)
);
create index session_by_end on workforce.session (ends_at);
comment on table workforce.session is 'Server-side sessions; the cookie holds the secret, this table its SHA-256.';

create table workforce.api_key (
    id text not null,
    name text not null,
    secret_hash bytea not null,
    reviewer_id text,
    rights text[] not null,
    created_at timestamptz not null,
    created_by text not null,
    revoked_at timestamptz,
    constraint api_key_pkey primary key (id),
    constraint api_key_secret_once unique (secret_hash),
    constraint api_key_reviewer foreign key (reviewer_id) references workforce.reviewer (id)
);
comment on table workforce.api_key is 'API keys: the id is the public prefix, the secret is kept as SHA-256. With a reviewer it acts as that reviewer, within its own rights.';

create table workforce.sign_in_try (
    who text not null,
    tried_at timestamptz not null
);
create index sign_in_try_by_who on workforce.sign_in_try (who, tried_at);
comment on table workforce.sign_in_try is 'Failed sign-ins by hashed e-mail and by address, for the rate limit.';

create table workforce.refusal (
    actor text not null,
    right_asked text not null,
    minute timestamptz not null,
    times integer not null,
    constraint refusal_pkey primary key (actor, right_asked, minute)
);
comment on table workforce.refusal is 'Refusals counted by actor, right and minute; the first of a minute is a fact.';

grant select, insert, update, delete on all tables in schema workforce to assize_app;
