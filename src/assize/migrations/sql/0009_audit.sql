-- The ledger: leaf numbers for facts, hashes of the Merkle tree, signed checkpoints, how far the sequencer is.

create schema audit;
comment on schema audit is 'The ledger: what makes a changed, removed or reordered fact show.';
grant usage on schema audit to assize_app;

create table audit.leaf (
    n bigint not null,
    fact_id text not null,
    hash bytea not null,
    constraint leaf_pkey primary key (n),
    constraint leaf_fact_once unique (fact_id),
    constraint leaf_counts_from_zero check (n >= 0),
    constraint leaf_hash_length check (octet_length(hash) = 32)
);
comment on table audit.leaf is
    'The place of each fact in the Merkle tree. Insert-only. No foreign key to the fact: it would cost an index probe '
    'for every fact and stop nobody who can drop a trigger; verification finds a leaf without its fact.';
comment on column audit.leaf.n is 'The leaf number, from 0 on without gaps.';
comment on column audit.leaf.hash is 'RFC 6962 leaf hash of the canonical JSON of the fact''s header.';

create table audit.node (
    level smallint not null,
    index bigint not null,
    hash bytea not null,
    constraint node_pkey primary key (level, index),
    constraint node_level_is_stored check (level > 0 and level % 8 = 0),
    constraint node_hash_length check (octet_length(hash) = 32)
);
comment on table audit.node is 'Hashes of complete subtrees at every eighth level, so that a proof reads a few hundred rows. Insert-only.';
comment on column audit.node.level is 'The subtree holds 2^level leaves.';
comment on column audit.node.index is 'Its first leaf is index * 2^level.';

create table audit.checkpoint (
    size bigint not null,
    root bytea not null,
    until timestamptz not null,
    horizon timestamptz not null,
    signed_at timestamptz not null,
    note text not null,
    constraint checkpoint_pkey primary key (size),
    constraint checkpoint_root_length check (octet_length(root) = 32),
    constraint checkpoint_horizon_first check (horizon <= until)
);
comment on table audit.checkpoint is 'Signed statements about the first facts; also kept in a file outside the database. Insert-only.';
comment on column audit.checkpoint.until is 'The database''s clock when it was made: what it covers was recorded at or before.';
comment on column audit.checkpoint.horizon is 'What it does not cover was recorded at or after: the start of the oldest transaction open then.';
comment on column audit.checkpoint.note is 'The C2SP signed note. It is what counts; the other columns repeat it.';

create table audit.sequencer (
    single boolean not null default true,
    origin text not null,
    system_identifier bigint not null,
    seen pg_snapshot,
    target pg_snapshot,
    resume xid8,
    constraint sequencer_pkey primary key (single),
    constraint sequencer_is_one_row check (single)
);
comment on table audit.sequencer is 'How far the sequencer is. No evidence: it can be lost, and is made anew.';
comment on column audit.sequencer.origin is 'The name of this ledger in its checkpoints.';
comment on column audit.sequencer.system_identifier is 'The cluster whose transaction ids `seen` means; another one after a restore.';
comment on column audit.sequencer.seen is 'Every fact visible in this snapshot has its leaf; null means look at all.';
comment on column audit.sequencer.target is 'While there is more than one pass can take: the snapshot to come up to; `seen` when that is done.';
comment on column audit.sequencer.resume is 'While there is more than one pass can take: the transaction to go on from.';

create trigger leaf_is_written_once before update or delete on audit.leaf
    for each row execute function platform.forbid_change();
create trigger leaf_is_not_truncated before truncate on audit.leaf
    for each statement execute function platform.forbid_change();
create trigger node_is_written_once before update or delete on audit.node
    for each row execute function platform.forbid_change();
create trigger node_is_not_truncated before truncate on audit.node
    for each statement execute function platform.forbid_change();
create trigger checkpoint_is_written_once before update or delete on audit.checkpoint
    for each row execute function platform.forbid_change();
create trigger checkpoint_is_not_truncated before truncate on audit.checkpoint
    for each statement execute function platform.forbid_change();

grant select, insert on audit.leaf, audit.node, audit.checkpoint to assize_app;
grant select, insert, update on audit.sequencer to assize_app;
