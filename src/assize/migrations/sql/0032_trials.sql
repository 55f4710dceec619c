-- Trials: the decisions by which certificates are earned and lost, in the order of a keyed hash; what managers are told.

alter table workforce.certificate add column audit_rate double precision;
alter table workforce.certificate add constraint certificate_audit_rate check (audit_rate > 0 and audit_rate <= 1);
comment on column workforce.certificate.audit_rate is 'The share of its decisions that is looked at again, every one with the same chance.';

-- What a machine would have decided is there for those who measure, so that nobody who decides leans on it.
alter policy decision_seen on review.decision using (
    platform.visible(restriction, region, case_id) and not platform.recused(coalesce(subject_id, ''))
    and (kind <> 'shadow' or platform.measuring())
);

create table quality.trial_waiting (
    decision_id text not null,
    due_at timestamptz not null,
    constraint trial_waiting_pkey primary key (decision_id)
);
create index trial_waiting_due on quality.trial_waiting (due_at);
comment on table quality.trial_waiting is 'Decisions that wait to be put to the certificates of whoever made them.';

create table quality.trial_draw (
    certificate_id text not null,
    decision_id text not null,
    case_id text not null,
    subject_id text,
    reviewer_id text not null,
    clause text,
    key_id text not null,
    place double precision not null,
    rate double precision not null,
    decided_at timestamptz not null,
    drawn_at timestamptz not null,
    restriction text,
    region text,
    constraint trial_draw_pkey primary key (certificate_id, decision_id),
    constraint trial_draw_place check (place >= 0 and place < rate and rate <= 1)
);
create index trial_draw_by_decision on quality.trial_draw (decision_id);
create index trial_draw_by_case on quality.trial_draw (case_id);
comment on table quality.trial_draw is 'A decision that counts for a certificate: drawn with the same chance as every other in its scope.';
comment on column quality.trial_draw.place is 'Where the keyed hash of certificate and decision puts it: drawn below the rate, looked at in this order.';

create table quality.evidence (
    certificate_id text not null,
    audits integer not null,
    errors integer not null,
    held_up integer not null,
    waiting integer not null,
    log_evidence double precision,
    drift double precision not null,
    weighed_at timestamptz not null,
    reached_at timestamptz,
    constraint evidence_pkey primary key (certificate_id)
);
comment on table quality.evidence is 'How the evidence of a certificate stands, as last weighed. Made anew from draws and comparisons at any time.';
comment on column quality.evidence.held_up is 'Audits that are done and wait for an earlier one: what is easy to look at does not count first.';
comment on column quality.evidence.drift is 'e-CUSUM since it may decide alone.';

create table quality.recommendation (
    id text not null,
    certificate_id text not null,
    reviewer_id text not null,
    signal text not null,
    state text not null,
    errors integer not null,
    audits integer not null,
    raised_by text not null,
    raised_at timestamptz not null,
    note text not null default '',
    coached_by text,
    coached_at timestamptz,
    coaching text not null default '',
    replied_at timestamptz,
    reply text not null default '',
    outcome text,
    closed_by text,
    closed_at timestamptz,
    closing text not null default '',
    constraint recommendation_pkey primary key (id),
    constraint recommendation_state check (state in ('raised', 'coaching', 'replied', 'closed')),
    constraint recommendation_outcome check ((state = 'closed') = (outcome is not null)),
    constraint recommendation_coached_first check (outcome is null or outcome = 'kept' or coached_at is not null),
    constraint recommendation_by_another check (closed_by is null or closed_by <> reviewer_id)
);
create unique index recommendation_one_open on quality.recommendation (certificate_id) where state <> 'closed';
create index recommendation_of_reviewer on quality.recommendation (reviewer_id, raised_at);
comment on table quality.recommendation is 'What the signals say of a person, for a manager: coaching first, a right of reply, then a decision by the manager.';
comment on column quality.recommendation.outcome is 'kept, assist (a second person bears each decision) or suspended.';

do $$
declare
    t text;
begin
    foreach t in array array['trial_waiting', 'evidence'] loop
        execute format('alter table quality.%I enable row level security', t);
        execute format('alter table quality.%I force row level security', t);
        execute format('create policy kept_from_measured on quality.%I using (platform.measuring())', t);
    end loop;
    alter table quality.trial_draw enable row level security;
    alter table quality.trial_draw force row level security;
    create policy kept_from_measured on quality.trial_draw using (
        platform.measuring() and platform.visible(restriction, region, case_id)
        and not platform.recused(coalesce(subject_id, ''))
    );
end $$;
comment on column quality.recommendation.errors is 'What the signal rested on, for the manager; whoever it is about is shown the words, not the counts.';

create function quality.follow_trials() returns trigger language plpgsql as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
begin
    -- Whoever restricts a case may not see the compartment it goes to, nor what is measured; the rows go all the same.
    perform set_config('assize.everything', 'on', true);
    update quality.trial_draw set restriction = new.restriction, region = new.region where case_id = new.id;
    perform set_config('assize.everything', before, true);
    return null;
end $$;
comment on function quality.follow_trials() is 'Trigger: what counts for certificates follows the restriction and region of its case.';
create trigger case_takes_trials_along after update of restriction, region on triage.case
    for each row when (old.restriction is distinct from new.restriction or old.region is distinct from new.region)
    execute function quality.follow_trials();

grant select, insert, update, delete on quality.trial_waiting, quality.trial_draw, quality.evidence, quality.recommendation
    to assize_app;
