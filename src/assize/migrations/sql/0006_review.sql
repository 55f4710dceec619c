-- Review: tasks over frozen dossiers, decisions with findings and dispositions, notes, precedents.

create schema review;
comment on schema review is 'What reviewers are asked and what they decided.';

-- Tasks --------------------------------------------------------------------------------------------------------

create table review.queue_known (
    name text not null,
    constraint queue_known_pkey primary key (name)
);
comment on table review.queue_known is 'Every queue that ever had a task: where a claim looks when it names none.';

create table review.dossier (
    id text not null,
    case_id text not null,
    version integer not null,
    frozen_at timestamptz not null,
    events jsonb not null,
    subject jsonb not null,
    signals jsonb not null,
    precedents text[] not null,
    rubric jsonb not null,
    severity smallint not null,
    hash text not null,
    superseded boolean not null default false,
    constraint dossier_pkey primary key (id),
    constraint dossier_once_a_version unique (case_id, version)
);
comment on table review.dossier is 'The evidence of a case as it was frozen: references and hashes, no content.';
comment on column review.dossier.events is 'Per event: id, kind, time, SHA-256 of its content; the hash goes with the content.';
comment on column review.dossier.hash is 'SHA-256 over the whole dossier; the hash of a decision covers it.';
comment on column review.dossier.superseded is 'A newer version is there; tasks offered before keep this one until it is refreshed.';

create table review.task (
    id text not null,
    case_id text not null,
    subject_id text,
    kind text not null,
    view text not null,
    queue text not null,
    state text not null,
    order_key timestamptz not null,
    due_at timestamptz not null,
    severity smallint not null,
    mode text not null,
    clauses text[] not null,
    clause_keys text[] not null,
    language text,
    exposure smallint not null,
    excluded text[] not null default '{}',
    assigned_to text,
    about text,
    reason text not null default '',
    dossier_id text not null,
    offered_at timestamptz not null,
    holder text,
    claimed_at timestamptz,
    lease_until timestamptz,
    held_until timestamptz,
    inclusion double precision,
    restriction text,
    region text,
    test boolean not null default false,
    constraint task_pkey primary key (id),
    constraint task_dossier foreign key (dossier_id) references review.dossier (id),
    constraint task_state check (state in ('open', 'claimed', 'held', 'done', 'cancelled')),
    constraint task_view check (view in ('full', 'blind')),
    constraint task_in_hand check ((state = 'claimed') = (lease_until is not null)),
    constraint task_held check ((state = 'held') = (held_until is not null))
);
create index task_gravest on review.task (order_key, id) where state = 'open';
create index task_next on review.task (queue, order_key, id) where state = 'open';
create index task_in_hand on review.task (holder, lease_until) where state = 'claimed';
create index task_held on review.task (held_until) where state = 'held';
create index task_by_case on review.task (case_id);
-- One first look of a case waits at a time: a handler that runs twice offers once.
create unique index task_one_first_look on review.task (case_id)
    where kind = 'first_look' and state in ('open', 'claimed', 'held');
comment on table review.task is 'One judgement asked of one reviewer about one case.';
comment on column review.task.kind is 'first_look, second_look, appeal …: opaque here; higher slices bring their own.';
comment on column review.task.order_key is 'The effective due time. Static, so that an index gives the gravest; lowest first.';
comment on column review.task.clause_keys is 'The likely clauses and their families, for matching with skills.';
comment on column review.task.exposure is 'How hard the content is on whoever looks: 0 none to 4 severe.';
comment on column review.task.excluded is 'Reviewers who may not take it.';
comment on column review.task.about is 'The decision that a second look or an appeal is about.';
comment on column review.task.reason is 'What whoever asked wants to know; typed by a person.';
comment on column review.task.lease_until is 'Until when the holder has it, unless the page renews it.';
comment on column review.task.inclusion is 'The known probability with which a sample drew the case; null outside samples.';

-- One opaque condition: written out, the planner would take the parts for far more selective than they are and sort the
-- whole backlog instead of walking the index.
create function review.may_take(
    reviewer text, at_most smallint, spoken text[], known text[],
    exposure smallint, language text, clause_keys text[], assigned_to text, excluded text[]
) returns boolean language plpgsql immutable parallel safe cost 1 as $$
begin
    return exposure <= at_most
        and (assigned_to is null or assigned_to = reviewer)
        and not reviewer = any(excluded)
        and (spoken is null or language is null or language = any(spoken))
        and (known is null or clause_keys && known);
end $$;
comment on function review.may_take(text, smallint, text[], text[], smallint, text, text[], text, text[]) is
    'Whether a reviewer with these skills may be given such a task; null skills have no limit.';

create table review.opening (
    case_id text not null,
    reviewer_id text not null,
    opened_at timestamptz not null,
    task_id text,
    purpose text not null,
    constraint opening_pkey primary key (case_id, reviewer_id, opened_at)
);
comment on table review.opening is 'Who opened the content of a case, when and for what. Before, pages show no text.';

create table review.draft (
    task_id text not null,
    reviewer_id text not null,
    case_id text not null,
    body jsonb not null,
    saved_at timestamptz not null,
    lost boolean not null default false,
    constraint draft_pkey primary key (task_id, reviewer_id)
);
comment on table review.draft is 'What a reviewer has typed for a task, kept when the task is lost; gone once decided.';

-- Decisions ----------------------------------------------------------------------------------------------------

create table review.decision (
    id text not null,
    case_id text not null,
    task_id text,
    subject_id text,
    kind text not null,
    reviewer_id text not null,
    team_id text,
    state text not null,
    policy_version_id text not null,
    policy_hash text not null,
    dossier_id text,
    dossier_hash text,
    rubric jsonb not null,
    lowering jsonb not null,
    reason_codes text[] not null,
    rationale text not null,
    highlights jsonb not null,
    assessed smallint,
    primary_clause text,
    verdict text not null,
    view text not null,
    shown jsonb not null,
    inclusion double precision,
    decided_at timestamptz not null,
    in_hand_s double precision,
    hash text not null,
    effective_at timestamptz,
    replaces text,
    source text,
    source_key text,
    test boolean not null default false,
    restriction text,
    region text,
    words tsvector generated always as (to_tsvector('simple', rationale)) stored,
    constraint decision_pkey primary key (id),
    constraint decision_state check (state in ('proposed', 'stands', 'replaced', 'undone', 'recorded')),
    constraint decision_effective check (state <> 'stands' or effective_at is not null)
);
create unique index decision_one_stands on review.decision (case_id) where state = 'stands';
create unique index decision_once_a_task on review.decision (task_id) where task_id is not null and state <> 'undone';
create unique index decision_once_recorded on review.decision (case_id, reviewer_id, source, source_key)
    where source is not null;
create index decision_by_case on review.decision (case_id, id);
create index decision_by_reviewer on review.decision (reviewer_id, id);
create index decision_words on review.decision using gin (words) where state in ('stands', 'replaced');
comment on table review.decision is 'What one reviewer decided of one task. Many of a case; at most one stands.';
comment on column review.decision.state is 'proposed: waits for a second person. recorded: counted and compared, never acted on.';
comment on column review.decision.lowering is 'Why a dimension lies under the provisional one, by dimension.';
comment on column review.decision.shown is 'What the reviewer was shown: masked fields, version of the dossier.';
comment on column review.decision.in_hand_s is 'Seconds from claim to decision.';
comment on column review.decision.hash is 'SHA-256 over all that was decided and the hash of the dossier.';
comment on column review.decision.effective_at is 'No effect leaves before: until then it can be undone.';
comment on column review.decision.source is 'Where a recorded judgement came from; null for decisions made here.';
comment on column review.decision.source_key is 'Its place there: tells apart what one rater said of one item more than once.';

create table review.finding (
    id text not null,
    decision_id text not null,
    ordinal integer not null,
    clause_id text not null,
    verdict text not null,
    locus text not null,
    event_id text,
    turn integer,
    span_start integer,
    span_end integer,
    model_outcome text,
    exception_id text,
    exception_standing text,
    is_primary boolean not null,
    constraint finding_pkey primary key (id),
    constraint finding_decision foreign key (decision_id) references review.decision (id),
    constraint finding_in_order unique (decision_id, ordinal)
);
create index finding_by_clause on review.finding (clause_id, decision_id);
create unique index finding_one_primary on review.finding (decision_id) where is_primary;
comment on table review.finding is 'What was found: where in the evidence, under which clause, whose words, with which verdict.';
comment on column review.finding.span_start is 'Character of the turn''s text, from 0; span_end is the first one after.';

create table review.disposition (
    decision_id text not null,
    ordinal integer not null,
    kind text not null,
    target_level text not null,
    target_id text not null,
    action_id text,
    detail jsonb not null,
    constraint disposition_pkey primary key (decision_id, ordinal),
    constraint disposition_decision foreign key (decision_id) references review.decision (id)
);
create index disposition_by_target on review.disposition (target_id);
comment on table review.disposition is 'What is to follow, for each target.';
comment on column review.disposition.detail is 'By kind: parameters, what is missing and who asks by when, until when to watch and for what.';

-- Notes and precedents -----------------------------------------------------------------------------------------

create table review.note (
    id text not null,
    case_id text,
    subject_id text,
    author text not null,
    body text not null,
    at timestamptz not null,
    constraint note_pkey primary key (id),
    constraint note_on_something check (case_id is not null or subject_id is not null)
);
create index note_by_case on review.note (case_id, id) where case_id is not null;
create index note_by_subject on review.note (subject_id, id) where subject_id is not null;
comment on table review.note is 'What reviewers wrote for each other about a case or a subject.';

create table review.precedent (
    id text not null,
    decision_id text not null,
    case_id text not null,
    clause_id text not null,
    policy_version_id text not null,
    clause_hash text not null,
    principle text not null,
    verdict text not null,
    endorsed_by text not null,
    endorsed_at timestamptz not null,
    overruled boolean not null default false,
    words tsvector generated always as (to_tsvector('simple', principle)) stored,
    constraint precedent_pkey primary key (id),
    constraint precedent_once unique (decision_id, clause_id),
    constraint precedent_decision foreign key (decision_id) references review.decision (id)
);
create index precedent_by_clause on review.precedent (clause_id, id);
create index precedent_words on review.precedent using gin (words);
comment on table review.precedent is 'Decided cases that an expert endorsed as guides, with a sentence of principle, under a clause''s words.';
comment on column review.precedent.clause_hash is 'SHA-256 of the clause as it was: where its words change, the precedent no longer binds.';

create table review.precedent_treatment (
    precedent_id text not null,
    at timestamptz not null,
    treatment text not null,
    reason text not null,
    by_reviewer text not null,
    decision_id text,
    constraint precedent_treatment_pkey primary key (precedent_id, at, by_reviewer),
    constraint precedent_treatment_of foreign key (precedent_id) references review.precedent (id),
    constraint precedent_treatment_kind check (treatment in ('followed', 'distinguished', 'overruled'))
);
comment on table review.precedent_treatment is 'What later decisions did with a precedent.';

create table review.indexed_text (
    event_id text not null,
    case_id text not null,
    words tsvector not null,
    constraint indexed_text_pkey primary key (event_id, case_id)
);
create index indexed_text_words on review.indexed_text using gin (words);
comment on table review.indexed_text is 'Words of decided cases'' events whose handling class allows an index; gone with the content.';

create table review.rater (
    source text not null,
    name text not null,
    reviewer_id text not null,
    constraint rater_pkey primary key (source, name)
);
comment on table review.rater is 'Which reviewer a rater of imported judgements is.';

-- Row security -------------------------------------------------------------------------------------------------

alter table review.task enable row level security;
alter table review.task force row level security;
create policy task_seen on review.task
    using (platform.visible(restriction, region, case_id) and not platform.recused(coalesce(subject_id, '')));

alter table review.decision enable row level security;
alter table review.decision force row level security;
create policy decision_seen on review.decision
    using (platform.visible(restriction, region, case_id) and not platform.recused(coalesce(subject_id, '')));

alter table review.dossier enable row level security;
alter table review.dossier force row level security;
create policy dossier_seen on review.dossier using (exists (select from triage.case c where c.id = case_id));

alter table review.opening enable row level security;
alter table review.opening force row level security;
create policy opening_seen on review.opening using (exists (select from triage.case c where c.id = case_id));

alter table review.draft enable row level security;
alter table review.draft force row level security;
create policy draft_seen on review.draft using (exists (select from triage.case c where c.id = case_id));

alter table review.finding enable row level security;
alter table review.finding force row level security;
create policy finding_seen on review.finding using (exists (select from review.decision d where d.id = decision_id));

alter table review.disposition enable row level security;
alter table review.disposition force row level security;
create policy disposition_seen on review.disposition
    using (exists (select from review.decision d where d.id = decision_id));

alter table review.note enable row level security;
alter table review.note force row level security;
create policy note_seen on review.note
    using ((platform.everything() or coalesce(current_setting('assize.compartments', true), '') <> '')
           and (case_id is null or exists (select from triage.case c where c.id = case_id))
           and not platform.recused(coalesce(subject_id, '')));

alter table review.precedent enable row level security;
alter table review.precedent force row level security;
create policy precedent_seen on review.precedent using (exists (select from triage.case c where c.id = case_id));

alter table review.precedent_treatment enable row level security;
alter table review.precedent_treatment force row level security;
create policy precedent_treatment_seen on review.precedent_treatment
    using (exists (select from review.precedent p where p.id = precedent_id));

alter table review.indexed_text enable row level security;
alter table review.indexed_text force row level security;
create policy indexed_text_seen on review.indexed_text using (exists (select from triage.case c where c.id = case_id));

-- A case put under a compartment takes its tasks and decisions along in the same moment, whoever does it: the copies
-- of both columns are there only so that a claim reads one table.
create function review.follow_case() returns trigger language plpgsql as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
begin
    -- Whoever restricts a case may not see the compartment it goes to; the rows go all the same.
    perform set_config('assize.everything', 'on', true);
    update review.task set restriction = new.restriction, region = new.region where case_id = new.id;
    update review.decision set restriction = new.restriction, region = new.region where case_id = new.id;
    perform set_config('assize.everything', before, true);
    return null;
end $$;
comment on function review.follow_case() is 'Trigger: tasks and decisions follow the restriction and region of their case.';
create trigger case_takes_review_along after update of restriction, region on triage.case
    for each row when (old.restriction is distinct from new.restriction or old.region is distinct from new.region)
    execute function review.follow_case();

grant usage on schema review to assize_app;
grant select, insert, update, delete on all tables in schema review to assize_app;
