-- What was done about a decision: plans, approvals, effects on their way, strikes, appeals, notices; and what was done instead.

create schema enforcement;
comment on schema enforcement is 'What was done, to whom, undone, appealed; support, defects, watches, requests.';
grant usage on schema enforcement to assize_app;

create function enforcement.case_visible(of_case text) returns boolean
    language sql stable
    return platform.everything() or exists (select 1 from triage.case c where c.id = of_case);
comment on function enforcement.case_visible(text) is 'Whether the case a row belongs to exists for whoever asks: its own row security answers.';

-- Plans --------------------------------------------------------------------------------------------------------

create table enforcement.enforcement (
    id text not null,
    case_id text not null,
    decision_id text,
    subject_id text,
    target_level text not null,
    target_ref text not null,
    action_id text not null,
    title text not null,
    sentence text not null,
    params jsonb not null default '{}',
    high_impact boolean not null,
    reversible boolean not null,
    containment boolean not null default false,
    state text not null,
    problem text,
    clause_id text,
    policy_version_id text,
    decided_by text not null,
    by_machine boolean not null,
    strike_weight double precision not null default 0,
    event_at timestamptz not null,
    planned_at timestamptz not null,
    effective_at timestamptz not null,
    approved_by text,
    undone_at timestamptz,
    undone_because text,
    constraint enforcement_pkey primary key (id),
    constraint enforcement_once unique (decision_id, target_level, target_ref, action_id),
    constraint enforcement_state check (
        state in ('awaiting_approval', 'refused', 'blocked', 'issued', 'confirmed', 'cancelled', 'undone', 'null')),
    constraint enforcement_decided check (decision_id is not null or containment)
);
create index enforcement_by_case on enforcement.enforcement (case_id, id);
create index enforcement_by_target on enforcement.enforcement (target_level, target_ref, action_id);
create index enforcement_by_subject on enforcement.enforcement (subject_id, id) where subject_id is not null;
create index enforcement_waiting on enforcement.enforcement (planned_at) where state in ('awaiting_approval', 'blocked');
comment on table enforcement.enforcement is 'The plan for one action on one target. One a decision, target and action.';
comment on column enforcement.enforcement.decision_id is 'Null for a containment that no decision has taken over yet.';
comment on column enforcement.enforcement.target_ref is 'The platform''s own id of what the action is done to.';
comment on column enforcement.enforcement.sentence is 'What it does, to whom, in plain words; from the plug-in''s plan.';
comment on column enforcement.enforcement.problem is 'Why it is blocked: a code and a field, never content.';
comment on column enforcement.enforcement.event_at is 'When the harm first reached us; time to the confirmed effect counts from here.';

create table enforcement.approval (
    enforcement_id text not null,
    approver text not null,
    given boolean not null,
    reason text,
    at timestamptz not null,
    constraint approval_pkey primary key (enforcement_id, approver),
    constraint approval_enforcement foreign key (enforcement_id) references enforcement.enforcement (id)
);
comment on table enforcement.approval is 'What second, different people said to a plan.';

-- What leaves --------------------------------------------------------------------------------------------------

create table enforcement.effect (
    id text not null,
    kind text not null,
    about text not null,
    case_id text not null,
    enforcement_id text,
    action_id text not null,
    target_level text not null,
    target_ref text not null,
    data jsonb not null,
    state text not null,
    event_at timestamptz not null,
    created_at timestamptz not null,
    due_at timestamptz not null,
    sent_at timestamptz,
    confirmed_at timestamptz,
    problem text,
    constraint effect_pkey primary key (id),
    constraint effect_once unique (about, kind),
    constraint effect_kind check (kind in ('apply', 'undo', 'notice', 'support', 'appeal_outcome')),
    constraint effect_state check (
        state in ('waiting', 'outgoing', 'sent', 'confirmed', 'failed', 'dead', 'cancelled', 'null'))
);
create index effect_due on enforcement.effect (due_at) where state = 'waiting';
create index effect_by_case on enforcement.effect (case_id, id);
create index effect_unconfirmed on enforcement.effect (sent_at) where state = 'sent';
comment on table enforcement.effect is 'Whatever leaves the house. Its id is the idempotency key the platform sees.';
comment on column enforcement.effect.about is 'The id of what it carries out: an enforcement, an offer of support, an appeal.';
comment on column enforcement.effect.data is 'What is sent, frozen when the effect is made. Never content of a conversation.';

create table enforcement.delivery (
    id text not null,
    effect_id text not null,
    case_id text not null,
    kind text not null,
    about text not null,
    destination text not null,
    state text not null,
    tries integer not null default 0,
    next_at timestamptz not null,
    claimed_until timestamptz,
    last_status integer,
    problem text,
    created_at timestamptz not null,
    ended_at timestamptz,
    constraint delivery_pkey primary key (id),
    constraint delivery_once unique (effect_id, destination),
    constraint delivery_effect foreign key (effect_id) references enforcement.effect (id),
    constraint delivery_state check (state in ('waiting', 'taken', 'confirmed', 'failed', 'dead', 'cancelled'))
);
create index delivery_due on enforcement.delivery (destination, next_at) where state = 'waiting';
create index delivery_dead on enforcement.delivery (ended_at) where state = 'dead';
create index delivery_by_about on enforcement.delivery (about, destination);
comment on table enforcement.delivery is 'One effect on its way to one destination. Never deleted: what used up its tries waits for a person.';
comment on column enforcement.delivery.claimed_until is 'The lease of the worker that is sending it; past it, another sends it again under the same key.';
comment on column enforcement.delivery.problem is 'Why the last try failed, by kind; never what the receiver wrote.';

-- Standing -----------------------------------------------------------------------------------------------------

create table enforcement.strike (
    id text not null,
    enforcement_id text not null,
    case_id text not null,
    subject_id text not null,
    clause_id text,
    weight double precision not null,
    given_at timestamptz not null,
    removed_at timestamptz,
    removed_because text,
    constraint strike_pkey primary key (id),
    constraint strike_once unique (enforcement_id),
    constraint strike_weight check (weight > 0),
    constraint strike_enforcement foreign key (enforcement_id) references enforcement.enforcement (id)
);
create index strike_by_subject on enforcement.strike (subject_id, given_at);
comment on table enforcement.strike is 'A strike on an account by one enforcement. What is left of it is computed, never stored.';

create table enforcement.appeal (
    id text not null,
    enforcement_id text not null,
    case_id text not null,
    external_id text not null,
    statement text,
    state text not null,
    task_id text,
    hearing_decision_id text,
    hear_at timestamptz,
    lodged_by text not null,
    lodged_at timestamptz not null,
    heard_by text,
    heard_at timestamptz,
    reason text,
    constraint appeal_pkey primary key (id),
    constraint appeal_external_once unique (lodged_by, external_id),
    constraint appeal_enforcement foreign key (enforcement_id) references enforcement.enforcement (id),
    constraint appeal_state check (state in ('open', 'upheld', 'overturned', 'partly'))
);
create unique index appeal_one_open on enforcement.appeal (enforcement_id) where state = 'open';
create index appeal_by_case on enforcement.appeal (case_id);
create index appeal_to_hear on enforcement.appeal (hear_at) where state = 'open' and hear_at is not null;
comment on table enforcement.appeal is 'Somebody''s appeal against one enforcement; one open at a time.';
comment on column enforcement.appeal.hear_at is 'When the hearing decision takes effect: until then it can be taken back.';
comment on column enforcement.appeal.statement is 'Their own words. Erased with the content of the case.';

create table enforcement.notice (
    enforcement_id text not null,
    case_id text not null,
    text text not null,
    state text not null,
    basis text,
    asked_by text,
    approved_by text,
    asked_until timestamptz,
    expires_at timestamptz,
    sent_at timestamptz,
    constraint notice_pkey primary key (enforcement_id),
    constraint notice_enforcement foreign key (enforcement_id) references enforcement.enforcement (id),
    constraint notice_state check (state in ('due', 'held', 'sent', 'cancelled')),
    constraint notice_held check (state <> 'held' or (basis is not null and expires_at is not null)),
    constraint notice_approver_differs check (approved_by is null or approved_by <> asked_by)
);
create index notice_expiring on enforcement.notice (expires_at) where state = 'held';
comment on table enforcement.notice is 'The statement of reasons of every enforcement, and whether the person was told.';

-- What was done instead ----------------------------------------------------------------------------------------

create table enforcement.support (
    id text not null,
    case_id text not null,
    decision_id text not null,
    target_level text not null,
    target_ref text not null,
    locale text not null,
    minor boolean not null,
    offered_at timestamptz not null,
    constraint support_pkey primary key (id),
    constraint support_once unique (decision_id, target_level, target_ref)
);
create index support_by_case on enforcement.support (case_id);
comment on table enforcement.support is 'Help that was offered. How far it has come is told by its effect. Never a strike.';

create table enforcement.safeguard_defect (
    id text not null,
    case_id text not null,
    decision_id text not null,
    clause_id text,
    model_version text,
    note text,
    state text not null,
    found_at timestamptz not null,
    closed_at timestamptz,
    outcome text,
    constraint safeguard_defect_pkey primary key (id),
    constraint safeguard_defect_once unique (decision_id, id),
    constraint safeguard_defect_state check (state in ('open', 'handed_over', 'closed'))
);
create index safeguard_defect_open on enforcement.safeguard_defect (state, found_at);
create index safeguard_defect_by_decision on enforcement.safeguard_defect (decision_id);
comment on table enforcement.safeguard_defect is 'The model answered what it should not, to somebody who did nothing wrong.';
comment on column enforcement.safeguard_defect.note is 'The reviewer''s words. Erased with the content of the case.';

create table enforcement.watch (
    id text not null,
    case_id text not null,
    decision_id text,
    subject_id text,
    until timestamptz not null,
    triggers text[] not null,
    reason text not null,
    state text not null,
    set_at timestamptz not null,
    due_at timestamptz,
    due_because text,
    constraint watch_pkey primary key (id),
    constraint watch_once unique (decision_id, reason, subject_id),
    constraint watch_state check (state in ('running', 'due', 'ended'))
);
create index watch_running on enforcement.watch (until) where state = 'running';
create index watch_by_subject on enforcement.watch (subject_id) where state = 'running';
comment on table enforcement.watch is 'A subject to be looked at again by a date, or when something happens; it comes back by itself.';

create table enforcement.information_request (
    id text not null,
    case_id text not null,
    decision_id text not null,
    missing text not null,
    interim_measure text,
    owner text not null,
    due_at timestamptz not null,
    state text not null,
    asked_at timestamptz not null,
    answered_at timestamptz,
    constraint information_request_pkey primary key (id),
    constraint information_request_once unique (decision_id, missing),
    constraint information_request_state check (state in ('open', 'answered'))
);
create index information_request_open on enforcement.information_request (due_at) where state = 'open';
comment on table enforcement.information_request is 'What is missing, what holds meanwhile, whose it is, and by when.';

-- Who may see and write ----------------------------------------------------------------------------------------

do $$
declare
    t text;
begin
    foreach t in array array['enforcement', 'effect', 'delivery', 'strike', 'appeal', 'notice', 'support',
                             'safeguard_defect', 'watch', 'information_request'] loop
        execute format('alter table enforcement.%I enable row level security', t);
        execute format('alter table enforcement.%I force row level security', t);
        execute format('create policy of_visible_cases on enforcement.%I using (enforcement.case_visible(case_id))', t);
        execute format('grant select, insert, update on enforcement.%I to assize_app', t);
    end loop;
end $$;
alter table enforcement.approval enable row level security;
alter table enforcement.approval force row level security;
create policy of_visible_enforcements on enforcement.approval
    using (exists (select 1 from enforcement.enforcement e where e.id = enforcement_id));
grant select, insert on enforcement.approval to assize_app;
