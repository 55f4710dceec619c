-- Drafts of the policy, kept while people write them; and what a rule did when it was tried.

create table policy.draft (
    id text not null,
    base_version_id text not null,
    title text not null,
    state text not null,
    files jsonb not null,
    revision integer not null,
    started_by text not null,
    started_at timestamptz not null,
    changed_by text not null,
    changed_at timestamptz not null,
    proposal_id text,
    constraint draft_pkey primary key (id),
    constraint draft_base foreign key (base_version_id) references policy.version (id),
    constraint draft_proposal foreign key (proposal_id) references policy.proposal (id),
    constraint draft_state check (state in ('open', 'proposed', 'published', 'dropped')),
    constraint draft_proposed_whole check (state not in ('proposed', 'published') or proposal_id is not null)
);
create index draft_by_change on policy.draft (changed_at desc, id desc);
create index draft_of_proposal on policy.draft (proposal_id) where proposal_id is not null;
comment on table policy.draft is 'A next policy while it is written, as the files of a pack.';
comment on column policy.draft.files is 'The files as the version it began from says them: name to text.';
comment on column policy.draft.revision is 'How often something was written; the newest of draft_revision.';
comment on column policy.draft.state is 'open: to be written in. proposed: waits for a second person. published, dropped: done with.';

create table policy.draft_revision (
    draft_id text not null,
    revision integer not null,
    file text not null,
    text text not null,
    written_by text not null,
    written_at timestamptz not null,
    constraint draft_revision_pkey primary key (draft_id, revision),
    constraint draft_revision_of foreign key (draft_id) references policy.draft (id)
);
create index draft_revision_by_file on policy.draft_revision (draft_id, file, revision desc);
comment on table policy.draft_revision is 'Every text that was kept of a file of a draft: an empty one takes the file out.';

grant select, insert on policy.draft to assize_app;
grant update (state, revision, changed_by, changed_at, proposal_id) on policy.draft to assize_app;
grant select, insert on policy.draft_revision to assize_app;

create table triage.rule_trial (
    form text not null,
    at timestamptz not null,
    tried_by text not null,
    events integer not null,
    hits integer not null,
    not_applicable integer not null,
    failures integer not null,
    constraint rule_trial_pkey primary key (form, at, tried_by)
);
comment on table triage.rule_trial is 'What rules did when they were tried on stored events: counts, no event.';
comment on column triage.rule_trial.form is 'SHA-256 of the expression: a rule goes into shadow in the form in which it was tried.';

grant select, insert on triage.rule_trial to assize_app;
