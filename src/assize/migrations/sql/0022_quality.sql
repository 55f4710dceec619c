-- Quality: sampling plans, draws, blind re-review, labels, comparisons, and what waits for an expert's word.

-- What is kept from those who are measured ---------------------------------------------------------------------

-- A reviewer whose work is drawn, looked at again or tried on a known case must not find out which: rows and facts of
-- measuring exist for those who measure, and for nobody else, whatever page or route asks.
create function platform.measuring() returns boolean
    language sql stable parallel safe
    return coalesce(current_setting('assize.everything', true), '') = 'on'
        or coalesce(current_setting('assize.measuring', true), '') = 'on';
comment on function platform.measuring() is
    'Whether the transaction is done for somebody who measures: draws, audits and known cases exist for them.';

alter table platform.fact add column measuring boolean not null default false;
comment on column platform.fact.measuring is 'It tells of measuring somebody: it exists for those who measure, and for nobody else.';
alter policy fact_is_seen_with_its_case on platform.fact using (
    platform.everything()
    or (
        (not measuring or platform.measuring())
        and (case_id is null or exists (select 1 from triage.case c where c.id = fact.case_id))
        and (subject_id is null or not platform.recused(subject_id))
        and coalesce(current_setting('assize.compartments', true), '') <> ''
    )
);

create schema quality;
comment on schema quality is 'Were we right: who is drawn, looked at again, compared. Kept from those who are measured.';

-- Plans --------------------------------------------------------------------------------------------------------

create table quality.plan (
    id text not null,
    name text not null,
    version integer not null,
    state text not null,
    note text not null default '',
    gravest_by_record boolean not null default true,
    repeat_share double precision not null default 0,
    repeat_after_days integer not null default 28,
    key_id text,
    proposed_by text not null,
    proposed_at timestamptz not null,
    in_force_by text,
    in_force_at timestamptz,
    ended_by text,
    ended_at timestamptz,
    constraint plan_pkey primary key (id),
    constraint plan_version_once unique (name, version),
    constraint plan_state check (state in ('proposed', 'in_force', 'ended', 'dropped')),
    constraint plan_in_force check (state in ('proposed', 'dropped') or (in_force_at is not null and key_id is not null)),
    constraint plan_repeat check (repeat_share >= 0 and repeat_share <= 1 and repeat_after_days > 0)
);
create unique index plan_one_in_force on quality.plan (name) where state = 'in_force';
comment on table quality.plan is 'Which decisions are looked at again, with which probability. Written once; a change is a new version.';
comment on column quality.plan.gravest_by_record is 'Every SEV0 decision is looked at by record and process, besides what the strata draw.';
comment on column quality.plan.repeat_share is 'Share of audits that the same person is given again, for agreement with oneself.';
comment on column quality.plan.key_id is 'Which secret key decides the draws. The key lies outside the database.';

create table quality.stratum (
    id text not null,
    plan_id text not null,
    ordinal integer not null,
    name text not null,
    kind text not null,
    rate double precision not null,
    floor double precision not null,
    weights jsonb not null default '{}',
    queues text[],
    severities smallint[],
    clauses text[],
    verdicts text[],
    reviewers text[],
    teams text[],
    vendor boolean,
    languages text[],
    policy_versions text[],
    by text,
    constraint stratum_pkey primary key (id),
    constraint stratum_plan foreign key (plan_id) references quality.plan (id),
    constraint stratum_in_order unique (plan_id, ordinal),
    constraint stratum_kind check (kind in ('random', 'risk', 'targeted')),
    constraint stratum_rate check (rate > 0 and rate <= 1 and floor > 0 and floor <= rate),
    constraint stratum_by check (by is null or by in ('person', 'machine'))
);
comment on table quality.stratum is 'Part of a plan: decisions that fit all of its limits, null being no limit. Of each kind the first that fits counts.';
comment on column quality.stratum.kind is 'random: the floor. risk: by severity and weight. targeted: by rule, never part of a headline figure.';
comment on column quality.stratum.floor is 'The rate while audits are lowered to their floor.';
comment on column quality.stratum.weights is 'Of a risk-weighted one: what the rate is multiplied with, by severity.';
comment on column quality.stratum.clauses is 'Ids or families: CSE stands for CSE-1, CSE-2 and so on.';

create function quality.keep_plan() returns trigger language plpgsql as $$
begin
    if (old.id, old.name, old.version, old.note, old.gravest_by_record, old.repeat_share, old.repeat_after_days,
        old.proposed_by, old.proposed_at)
       is distinct from
       (new.id, new.name, new.version, new.note, new.gravest_by_record, new.repeat_share, new.repeat_after_days,
        new.proposed_by, new.proposed_at)
       or (old.key_id is not null and new.key_id is distinct from old.key_id)
       or (old.in_force_at is not null and new.in_force_at is distinct from old.in_force_at)
       or (old.ended_at is not null and new.ended_at is distinct from old.ended_at)
    then
        raise exception 'a plan is written once' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
comment on function quality.keep_plan() is 'Trigger: lets a plan come into force and end, and nothing else.';
create trigger plan_is_written_once before update on quality.plan for each row execute function quality.keep_plan();
create trigger stratum_is_written_once before update or delete on quality.stratum
    for each row execute function platform.forbid_change();

create table quality.population_hour (
    plan_id text not null,
    stratum_id text not null,
    hour timestamptz not null,
    restriction text,
    region text,
    n integer not null,
    constraint population_hour_once unique nulls not distinct (plan_id, stratum_id, hour, restriction, region)
);
comment on table quality.population_hour is 'How many decisions each stratum held while its plan was in force, drawn or not. Made anew from decisions at any time.';

create table quality.decided_day (
    day timestamptz not null,
    queue text not null,
    severity smallint not null,
    clause text,
    verdict text not null,
    team_id text,
    vendor boolean not null,
    by text not null,
    language text,
    policy_version_id text not null,
    restriction text,
    region text,
    n integer not null,
    constraint decided_day_once unique nulls not distinct
        (day, queue, severity, clause, verdict, team_id, vendor, by, language, policy_version_id, restriction, region)
);
comment on table quality.decided_day is 'How many decisions stood, by day and by everything a stratum can ask for but the reviewer: what a preview reads.';

-- Draws --------------------------------------------------------------------------------------------------------

create table quality.draw (
    plan_id text not null,
    decision_id text not null,
    case_id text not null,
    subject_id text,
    reviewer_id text not null,
    team_id text,
    vendor boolean not null,
    by text not null,
    queue text not null,
    severity smallint not null,
    clause text,
    verdict text not null,
    language text,
    policy_version_id text not null,
    decided_at timestamptz not null,
    key_id text not null,
    place double precision not null,
    random_stratum text,
    random_rate double precision not null,
    by_random boolean not null,
    risk_stratum text,
    risk_rate double precision not null,
    by_risk boolean not null,
    targeted_stratum text,
    targeted_rate double precision not null,
    by_targeted boolean not null,
    by_record boolean not null,
    inclusion double precision not null,
    headline boolean not null generated always as (by_random or by_risk) stored,
    floored boolean not null,
    drawn_at timestamptz not null,
    voided_at timestamptz,
    restriction text,
    region text,
    test boolean not null,
    constraint draw_pkey primary key (plan_id, decision_id),
    constraint draw_plan foreign key (plan_id) references quality.plan (id),
    constraint draw_place check (place >= 0 and place < 1),
    constraint draw_rates check (
        random_rate between 0 and 1 and risk_rate between 0 and 1 and targeted_rate between 0 and 1 and inclusion between 0 and 1
    ),
    constraint draw_by_something check (by_random or by_risk or by_targeted or by_record)
);
create index draw_by_decision on quality.draw (decision_id);
create index draw_by_time on quality.draw (plan_id, decided_at);
create index draw_by_reviewer on quality.draw (reviewer_id, decided_at);
create index draw_by_case on quality.draw (case_id);
comment on table quality.draw is 'A decision that a plan drew. Every draw, of drawn and undrawn alike, can be made again from plan, key and decision.';
comment on column quality.draw.place is 'Where the keyed hash puts the decision in [0, 1): a random order that nobody can steer.';
comment on column quality.draw.random_rate is 'The probability with which this kind draws this decision; 0 where no stratum of the kind fits.';
comment on column quality.draw.inclusion is 'The probability to be drawn by random floor or risk: what headline figures are weighted by. 0 for one that only a rule drew.';
comment on column quality.draw.by_record is 'SEV0: looked at by record and process whatever the strata draw.';
comment on column quality.draw.floored is 'Audits were lowered to their floor when it was decided.';
comment on column quality.draw.voided_at is 'The decision was taken back before it counted.';

-- Audits -------------------------------------------------------------------------------------------------------

create table quality.audit (
    id text not null,
    decision_id text not null,
    case_id text not null,
    subject_id text,
    dossier_id text not null,
    policy_version_id text not null,
    decider_id text not null,
    queue text not null,
    severity smallint not null,
    clauses text[] not null,
    clause_keys text[] not null,
    language text,
    exposure smallint not null,
    looks_at text not null,
    blind boolean not null,
    why_not_blind text,
    repeats text,
    assigned_to text,
    state text not null,
    not_before timestamptz not null,
    due_at timestamptz not null,
    offered_at timestamptz not null,
    auditor_id text,
    claimed_at timestamptz,
    lease_until timestamptz,
    opened_at timestamptz,
    committed_at timestamptz,
    revealed_at timestamptz,
    restriction text,
    region text,
    test boolean not null,
    constraint audit_pkey primary key (id),
    constraint audit_looks_at check (looks_at in ('content', 'record')),
    constraint audit_state check (state in ('open', 'claimed', 'committed', 'revealed', 'withdrawn')),
    constraint audit_in_hand check ((state = 'claimed') = (lease_until is not null)),
    constraint audit_by_another check (auditor_id is null or auditor_id <> decider_id),
    constraint audit_committed check ((committed_at is not null) = (state in ('committed', 'revealed'))),
    constraint audit_not_blind_says_why check (blind or why_not_blind is not null)
);
create unique index audit_once on quality.audit (decision_id, looks_at) where repeats is null and state <> 'withdrawn';
create unique index audit_repeated_once on quality.audit (repeats) where repeats is not null and state <> 'withdrawn';
create index audit_next on quality.audit (due_at, id) where state = 'open';
create index audit_in_hand on quality.audit (auditor_id) where state = 'claimed';
create index audit_lease on quality.audit (lease_until) where state = 'claimed';
create index audit_by_case on quality.audit (case_id);
create index audit_by_decider on quality.audit (decider_id, id);
create index audit_by_time on quality.audit (committed_at) where committed_at is not null;
comment on table quality.audit is 'A second judgement of a decision by somebody who did not make it and does not see it.';
comment on column quality.audit.looks_at is 'content: the case anew. record: what was done and written, without opening the content again.';
comment on column quality.audit.blind is 'Whoever looked knew nothing of the decision or the story; otherwise it is left out of agreement.';
comment on column quality.audit.repeats is 'The audit that the same person is given again, for agreement with oneself.';

-- Labels -------------------------------------------------------------------------------------------------------

create table quality.label (
    id text not null,
    of text not null,
    of_id text not null,
    round smallint not null default 1,
    labeler_id text not null,
    case_id text not null,
    subject_id text,
    dossier_id text,
    policy_version_id text not null,
    judgement jsonb not null,
    verdict text not null,
    clause text,
    severity smallint not null,
    blind boolean not null,
    at timestamptz not null,
    in_hand_s double precision,
    hash text not null,
    restriction text,
    region text,
    test boolean not null default false,
    constraint label_pkey primary key (id),
    constraint label_once unique (of, of_id, labeler_id, round)
);
create index label_by_case on quality.label (case_id, id);
create index label_by_labeler on quality.label (labeler_id, id);
comment on table quality.label is 'A judgement given for comparison: of an audit, a golden item, a calibration item, an adjudication.';
comment on column quality.label.of is 'What asked for it: audit, golden, calibration, adjudication …; of_id is its id.';
comment on column quality.label.round is 'Which time this person labels the same thing: 1 alone, 2 after discussion.';
comment on column quality.label.judgement is 'As reviewers give it: findings, dispositions, rubric, reasons. review.Judgement as JSON.';
comment on column quality.label.hash is 'SHA-256 over judgement, evidence, policy and labeler: what was committed before anything was revealed.';

create table quality.comparison (
    id text not null,
    decision_id text not null,
    label_id text not null,
    audit_id text,
    case_id text not null,
    subject_id text,
    reviewer_id text not null,
    team_id text,
    vendor boolean not null,
    by text not null,
    labeler_id text not null,
    queue text not null,
    language text,
    policy_version_id text not null,
    clause text,
    severity_given smallint,
    severity_true smallint,
    outcome text,
    severity_gap smallint,
    missed_escalation boolean not null,
    wrong_clause boolean not null,
    wrong_action boolean not null,
    process_error boolean not null,
    technical boolean not null,
    decision text not null,
    clause_marked text not null,
    severity text not null,
    action text not null,
    escalation text not null,
    rationale text not null,
    required_step text not null,
    comment text not null default '',
    blind boolean not null,
    headline boolean not null,
    inclusion double precision,
    decided_at timestamptz not null,
    compared_at timestamptz not null,
    replaces text,
    current boolean not null default true,
    why text not null default '',
    restriction text,
    region text,
    test boolean not null default false,
    constraint comparison_pkey primary key (id),
    constraint comparison_label foreign key (label_id) references quality.label (id),
    constraint comparison_outcome check (outcome is null or outcome in ('tp', 'fp', 'tn', 'fn')),
    constraint comparison_marks check (
        decision in ('right', 'wrong', 'na') and clause_marked in ('right', 'wrong', 'na') and severity in ('right', 'wrong', 'na')
        and action in ('right', 'wrong', 'na') and escalation in ('right', 'wrong', 'na')
        and rationale in ('right', 'wrong', 'na') and required_step in ('right', 'wrong', 'na')
    )
);
create unique index comparison_one_counts on quality.comparison (decision_id, label_id) where current;
create index comparison_by_reviewer on quality.comparison (reviewer_id, decided_at) where current;
create index comparison_by_labeler on quality.comparison (labeler_id, compared_at) where current;
create index comparison_by_time on quality.comparison (compared_at) where current;
create index comparison_by_case on quality.comparison (case_id);
create index comparison_by_audit on quality.comparison (audit_id) where audit_id is not null;
comment on table quality.comparison is 'A decision beside a label, criterion by criterion. Never changed: what comes of a dispute replaces it.';
comment on column quality.comparison.outcome is 'The decision against the label: true or false, positive or negative. Null where the label names no truth.';
comment on column quality.comparison.severity_gap is 'Given minus true: above 0 the decision was milder than it should be.';
comment on column quality.comparison.technical is 'The tool failed, not the person: left out of a person''s score.';
comment on column quality.comparison.decision is 'Each criterion: right, wrong, na. What is na is in no denominator.';
comment on column quality.comparison.current is 'It counts; false for one that another replaced, whose history stays.';

create table quality.adjudication (
    id text not null,
    case_id text not null,
    subject_id text,
    dossier_id text not null,
    policy_version_id text not null,
    trigger text not null,
    decisions text[] not null default '{}',
    labels text[] not null default '{}',
    audit_id text,
    severity smallint not null,
    queue text not null,
    clauses text[] not null default '{}',
    state text not null default 'open',
    opened_at timestamptz not null,
    due_at timestamptz not null,
    restriction text,
    region text,
    test boolean not null default false,
    constraint adjudication_pkey primary key (id),
    constraint adjudication_state check (state in ('open', 'claimed', 'decided', 'withdrawn'))
);
create index adjudication_waiting on quality.adjudication (due_at, id) where state in ('open', 'claimed');
create index adjudication_by_case on quality.adjudication (case_id);
comment on table quality.adjudication is 'Judgements that differ and wait for an expert''s word.';
comment on column quality.adjudication.trigger is 'split-review, severity-gap, person-against-machine, audit …';

-- Row security -------------------------------------------------------------------------------------------------

do $$
declare
    t text;
begin
    foreach t in array array['plan', 'stratum'] loop
        execute format('alter table quality.%I enable row level security', t);
        execute format('alter table quality.%I force row level security', t);
        execute format('create policy kept_from_measured on quality.%I using (platform.measuring())', t);
    end loop;
    foreach t in array array['population_hour', 'decided_day'] loop
        execute format('alter table quality.%I enable row level security', t);
        execute format('alter table quality.%I force row level security', t);
        execute format('create policy kept_from_measured on quality.%I'
            ' using (platform.measuring() and platform.visible(restriction, region, null))', t);
    end loop;
    foreach t in array array['draw', 'audit', 'label', 'comparison', 'adjudication'] loop
        execute format('alter table quality.%I enable row level security', t);
        execute format('alter table quality.%I force row level security', t);
        execute format('create policy kept_from_measured on quality.%I'
            ' using (platform.measuring() and platform.visible(restriction, region, case_id)'
            ' and not platform.recused(coalesce(subject_id, '''')))', t);
    end loop;
end $$;

create function quality.follow_case() returns trigger language plpgsql as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
    t text;
begin
    -- Whoever restricts a case may not see the compartment it goes to, nor what is measured; the rows go all the same.
    perform set_config('assize.everything', 'on', true);
    foreach t in array array['draw', 'audit', 'label', 'comparison', 'adjudication'] loop
        execute format('update quality.%I set restriction = $1, region = $2 where case_id = $3', t)
            using new.restriction, new.region, new.id;
    end loop;
    perform set_config('assize.everything', before, true);
    return null;
end $$;
comment on function quality.follow_case() is 'Trigger: what is measured follows the restriction and region of its case.';
create trigger case_takes_quality_along after update of restriction, region on triage.case
    for each row when (old.restriction is distinct from new.restriction or old.region is distinct from new.region)
    execute function quality.follow_case();

grant usage on schema quality to assize_app;
grant select, insert, update, delete on all tables in schema quality to assize_app;
