-- The floor of the database: facts, what may be seen, answers kept for repeated requests, signs of life.
-- Roles assize_owner (runs this) and assize_app (the application) exist before; the installation makes them.

create schema platform;
comment on schema platform is 'Facts, visibility, idempotency: no domain words.';
grant usage on schema platform to assize_app;

-- Row security -------------------------------------------------------------------------------------------------

create function platform.everything() returns boolean
    language sql stable parallel safe
    return coalesce(current_setting('assize.everything', true), '') = 'on';
comment on function platform.everything() is 'Whether the transaction is done for somebody without limits: the system, the ledger.';

create function platform.visible(restriction text, region text, case_id text) returns boolean
    language sql stable parallel safe
    return coalesce(current_setting('assize.everything', true), '') = 'on'
        or (
            current_setting('assize.compartments', true) <> ''
            and (restriction is null
                 or strpos(current_setting('assize.compartments', true), ',' || restriction || ',') > 0)
            and (current_setting('assize.regions', true) = '*'
                 or strpos(current_setting('assize.regions', true), ',' || region || ',') > 0)
            and (case_id is null
                 or strpos(current_setting('assize.recused', true), ',' || case_id || ',') = 0)
        );
comment on function platform.visible(text, text, text) is
    'Whether a row under this need-to-know compartment and region exists for whoever the transaction is done for. '
    'With no scope set nothing is visible.';

create function platform.recused(some_id text) returns boolean
    language sql stable parallel safe
    return strpos(coalesce(current_setting('assize.recused', true), ''), ',' || some_id || ',') > 0;
comment on function platform.recused(text) is 'Whether whoever the transaction is done for has stepped back from this case or subject.';

-- Facts --------------------------------------------------------------------------------------------------------

create table platform.fact (
    id text not null,
    kind text not null,
    actor text not null,
    case_id text,
    subject_id text,
    thing text,
    occurred_at timestamptz not null,
    recorded_at timestamptz not null default clock_timestamp(),
    xid xid8 not null default pg_current_xact_id(),
    commitment bytea not null,
    constraint fact_pkey primary key (id),
    constraint fact_commitment_length check (octet_length(commitment) = 32)
);
create index fact_by_xid on platform.fact (xid, id);
create index fact_by_case on platform.fact (case_id, id) where case_id is not null;
create index fact_by_subject on platform.fact (subject_id, id) where subject_id is not null;
create index fact_by_thing on platform.fact (thing, id) where thing is not null;
create index fact_by_actor on platform.fact (actor, id);
create index fact_by_kind on platform.fact (kind, id);
comment on table platform.fact is 'What happened. Insert-only: the outbox that slices hear and the log the Merkle tree covers.';
comment on column platform.fact.kind is 'The class name of the fact, past tense.';
comment on column platform.fact.actor is 'Who did it: a reviewer, a key, or system.';
comment on column platform.fact.thing is 'The id of what it is about, other than a case and a subject.';
comment on column platform.fact.occurred_at is 'When it happened, as told by whoever recorded it.';
comment on column platform.fact.recorded_at is 'When the database wrote it; checked against the window of its checkpoint.';
comment on column platform.fact.xid is 'The writing transaction: the sequencer reads in this order and misses no late commit.';
comment on column platform.fact.commitment is 'SHA-256 of nonce and body: the body can be erased and the tree stays valid.';

create table platform.fact_body (
    fact_id text not null,
    nonce bytea not null,
    body text not null,
    constraint fact_body_pkey primary key (fact_id),
    constraint fact_body_fact foreign key (fact_id) references platform.fact (id) deferrable initially deferred
);
comment on table platform.fact_body is 'The bodies of facts, canonical JSON as text. Deletable; never changed.';

create function platform.forbid_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of %.% are written once', tg_table_schema, tg_table_name using errcode = 'integrity_constraint_violation';
end $$;
comment on function platform.forbid_change() is 'Trigger of insert-only tables.';

create trigger fact_is_written_once before update or delete on platform.fact
    for each row execute function platform.forbid_change();
create trigger fact_is_not_truncated before truncate on platform.fact
    for each statement execute function platform.forbid_change();
create trigger fact_body_is_not_changed before update on platform.fact_body
    for each row execute function platform.forbid_change();
create trigger fact_body_is_not_truncated before truncate on platform.fact_body
    for each statement execute function platform.forbid_change();

grant select, insert on platform.fact to assize_app;
grant select, insert, delete on platform.fact_body to assize_app;

-- Requests repeated --------------------------------------------------------------------------------------------

create table platform.answered (
    actor text not null,
    key text not null,
    fingerprint bytea not null,
    asked_at timestamptz not null,
    status integer,
    media_type text,
    body bytea,
    constraint answered_pkey primary key (actor, key)
);
create index answered_by_age on platform.answered (asked_at);
comment on table platform.answered is 'Answers kept under an Idempotency-Key, written in the transaction of the change itself.';
grant select, insert, update, delete on platform.answered to assize_app;

-- Signs of life ------------------------------------------------------------------------------------------------

create table platform.heartbeat (
    process text not null,
    beat_at timestamptz not null,
    detail jsonb not null default '{}',
    constraint heartbeat_pkey primary key (process)
);
comment on table platform.heartbeat is 'When each loop of a worker last went round.';
grant select, insert, update, delete on platform.heartbeat to assize_app;
