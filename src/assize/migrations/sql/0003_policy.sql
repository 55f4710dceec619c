-- Policy: versions that were published and never change again, and proposals that wait for a second person.

create schema policy;
comment on schema policy is 'What counts as harm: published versions of the policy, and proposals.';
grant usage on schema policy to assize_app;

create table policy.version (
    id text not null,
    name text not null,
    version text not null,
    hash text not null,
    body jsonb not null,
    clause_count integer not null,
    reason text not null,
    bootstrap boolean not null,
    proposed_by text,
    published_by text not null,
    published_at timestamptz not null,
    constraint version_pkey primary key (id),
    constraint version_once unique (name, version),
    constraint version_hash_form check (hash ~ '^[0-9a-f]{64}$'),
    constraint version_second_person check (bootstrap or (proposed_by is not null and proposed_by <> published_by))
);
create unique index version_one_bootstrap on policy.version (bootstrap) where bootstrap;
create index version_by_time on policy.version (published_at desc, id desc);
comment on table policy.version is 'Published policies, written once. The newest is in force; decisions cite id and hash.';
comment on column policy.version.hash is 'SHA-256 over the canonical JSON of the body.';
comment on column policy.version.body is 'The whole pack: clauses, gates, routing, actions, rules, terms, help, examples, text.';
comment on column policy.version.bootstrap is 'The first of this installation, which nobody else could approve.';
comment on column policy.version.proposed_by is 'Who wrote it; never who published it, except for the first.';

create trigger version_is_written_once before update or delete on policy.version
    for each row execute function platform.forbid_change();
create trigger version_is_not_truncated before truncate on policy.version
    for each statement execute function platform.forbid_change();

create table policy.proposal (
    id text not null,
    name text not null,
    version text not null,
    hash text not null,
    body jsonb not null,
    reason text not null,
    proposed_by text not null,
    proposed_at timestamptz not null,
    settled_at timestamptz,
    settled_by text,
    outcome text,
    constraint proposal_pkey primary key (id),
    constraint proposal_outcome check (outcome in ('published', 'dropped')),
    constraint proposal_settled_whole check ((settled_at is null) = (outcome is null) and (settled_at is null) = (settled_by is null))
);
create unique index proposal_one_open on policy.proposal (name, version) where settled_at is null;
comment on table policy.proposal is 'Packs that somebody wants published and somebody else must approve.';
comment on column policy.proposal.outcome is 'published or dropped; null while it waits.';

grant select, insert on policy.version to assize_app;
grant select, insert on policy.proposal to assize_app;
grant update (settled_at, settled_by, outcome) on policy.proposal to assize_app;
