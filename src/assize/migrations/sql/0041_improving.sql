-- What is done about causes of errors: coaching, training, a word to the policy, a requirement of the tools, a vendor's plan.

create table quality.improvement (
    id text not null,
    cause text not null,
    family text,
    criterion text,
    reviewers text[] not null default '{}',
    team_id text,
    problem text not null,
    action text not null,
    owner_id text not null,
    opened_by text not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    done_at timestamptz,
    done_by text,
    result text not null default '',
    constraint improvement_pkey primary key (id),
    constraint improvement_cause check (cause in ('coaching', 'training', 'policy_gap', 'tooling', 'corrective')),
    constraint improvement_done check ((done_at is null) = (done_by is null)),
    constraint improvement_coaches_somebody check (cause <> 'coaching' or cardinality(reviewers) = 1)
);
create index improvement_open on quality.improvement (due_at) where done_at is null;
create index improvement_by_reviewer on quality.improvement using gin (reviewers);
comment on table quality.improvement is 'Something that is done about a cause of errors, with its owner; its effect is measured afterwards.';
comment on column quality.improvement.reviewers is 'Whom it is for: one is coached, several are trained; empty: everybody.';
comment on column quality.improvement.team_id is 'Of a corrective-action plan: whose.';

alter table quality.improvement enable row level security;
alter table quality.improvement force row level security;
create policy kept_from_measured on quality.improvement using (platform.measuring());
grant select, insert, update on quality.improvement to assize_app;
