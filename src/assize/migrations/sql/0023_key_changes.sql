-- Checkpoints with which the signing key changes, found without reading all the others.

alter table audit.checkpoint add column handover boolean not null default false;
create index checkpoint_handover on audit.checkpoint (size) where handover;
comment on column audit.checkpoint.handover is 'Whether the signing key changes with it: its note names both keys, and both sign it.';
