-- Adjudication, disputes, policy gaps and calibration rounds.

alter table quality.adjudication
    add column key text,
    add column outcome text,
    add column label_id text,
    add column cited_clause text,
    add column rationale text not null default '',
    add column decided_by text,
    add column decided_at timestamptz,
    add column gap_id text,
    add constraint adjudication_outcome check (outcome is null or outcome in ('label', 'policy_ambiguous')),
    add constraint adjudication_decided check ((state = 'decided') = (decided_at is not null and outcome is not null)),
    add constraint adjudication_cites check (state <> 'decided' or (cited_clause is not null and rationale <> ''));
create unique index adjudication_key on quality.adjudication (key);
comment on column quality.adjudication.key is 'What differs: it is asked of nobody twice.';
comment on column quality.adjudication.outcome is 'label: the expert says what is right. policy_ambiguous: the words leave it open, and nobody is to blame.';

create index comparison_by_replaced on quality.comparison (replaces) where replaces is not null;

create table quality.policy_gap (
    id text not null,
    title text not null,
    clause text not null,
    state text not null default 'open',
    owner_id text not null,
    opened_by text not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    changed_at timestamptz,
    change text not null default '',
    constraint policy_gap_pkey primary key (id),
    constraint policy_gap_state check (state in ('open', 'changed', 'kept')),
    constraint policy_gap_changed check ((state = 'open') = (changed_at is null))
);
comment on table quality.policy_gap is 'Where the words of the policy leave open what is right: who mends them, and since when they are mended.';
comment on column quality.policy_gap.state is 'open; changed: the words were; kept: they stay, by a reasoned choice.';

create table quality.policy_gap_case (
    id text not null,
    gap_id text not null,
    case_id text not null,
    subject_id text,
    adjudication_id text,
    calibration_id text,
    added_at timestamptz not null,
    restriction text,
    region text,
    constraint policy_gap_case_pkey primary key (id),
    constraint policy_gap_case_gap foreign key (gap_id) references quality.policy_gap (id),
    constraint policy_gap_case_once unique (gap_id, case_id)
);
create index policy_gap_case_by_case on quality.policy_gap_case (case_id);
comment on table quality.policy_gap_case is 'The cases that showed a gap.';

create table quality.dispute (
    id text not null,
    reviewer_id text not null,
    since timestamptz not null,
    until timestamptz not null,
    criterion text not null,
    family text,
    how text not null,
    n integer not null,
    reason text not null,
    state text not null default 'open',
    opened_at timestamptz not null,
    due_at timestamptz not null,
    decided_by text,
    decided_at timestamptz,
    answer text not null default '',
    constraint dispute_pkey primary key (id),
    constraint dispute_once unique nulls not distinct (reviewer_id, since, until, criterion, family, how),
    constraint dispute_reason check (reason <> ''),
    constraint dispute_state check (state in ('open', 'accepted', 'in_part', 'rejected')),
    constraint dispute_by_another check (decided_by is null or decided_by <> reviewer_id),
    constraint dispute_decided check ((state = 'open') = (decided_at is null))
);
create index dispute_waiting on quality.dispute (due_at, id) where state = 'open';
comment on table quality.dispute is 'A reviewer says that differences on their own card are none. Of which cases they are, only whoever judges it reads.';
comment on column quality.dispute.n is 'How many differences of this kind the card told.';

create table quality.calibration (
    id text not null,
    name text not null,
    form text not null,
    state text not null default 'alone',
    facilitator_id text not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    discussed_at timestamptz,
    closed_at timestamptz,
    retest_at timestamptz not null,
    retests text,
    constraint calibration_pkey primary key (id),
    constraint calibration_form check (form in ('blind', 'double_blind', 'group')),
    constraint calibration_state check (state in ('alone', 'discussion', 'closed')),
    constraint calibration_retests foreign key (retests) references quality.calibration (id)
);
comment on table quality.calibration is 'A round: several people label the same cases, each alone, then talk, then label again.';
comment on column quality.calibration.form is 'blind: labels are shown after everybody''s own. double_blind: to the facilitator too. group: each sees others'' after their own.';
comment on column quality.calibration.retest_at is 'When the same people are to be tried on it again; retests: the round that this one tries again.';

create table quality.calibration_member (
    calibration_id text not null,
    reviewer_id text not null,
    constraint calibration_member_pkey primary key (calibration_id, reviewer_id),
    constraint calibration_member_round foreign key (calibration_id) references quality.calibration (id)
);
create index calibration_member_by_reviewer on quality.calibration_member (reviewer_id);
comment on table quality.calibration_member is 'Who takes part in a round.';

create table quality.calibration_item (
    id text not null,
    calibration_id text not null,
    ordinal integer not null,
    case_id text not null,
    subject_id text,
    policy_version_id text not null,
    outcome text,
    note text not null default '',
    restriction text,
    region text,
    test boolean not null default false,
    constraint calibration_item_pkey primary key (id),
    constraint calibration_item_round foreign key (calibration_id) references quality.calibration (id),
    constraint calibration_item_once unique (calibration_id, case_id),
    constraint calibration_item_outcome check (outcome is null or outcome in (
        'agreed', 'reviewer_error', 'policy_ambiguity', 'policy_gap', 'tooling', 'bad_golden_item'
    ))
);
create index calibration_item_by_case on quality.calibration_item (case_id);
comment on table quality.calibration_item is 'A case of a round, and what the discussion said it was.';

create table quality.calibration_action (
    id text not null,
    calibration_id text not null,
    text text not null,
    owner_id text not null,
    due_at timestamptz not null,
    made_at timestamptz not null,
    done_at timestamptz,
    done_by text,
    constraint calibration_action_pkey primary key (id),
    constraint calibration_action_round foreign key (calibration_id) references quality.calibration (id)
);
create index calibration_action_by_round on quality.calibration_action (calibration_id);
comment on table quality.calibration_action is 'What a round asks of somebody, by when.';

do $$
declare
    t text;
begin
    foreach t in array array['policy_gap', 'dispute', 'calibration', 'calibration_member', 'calibration_action'] loop
        execute format('alter table quality.%I enable row level security', t);
        execute format('alter table quality.%I force row level security', t);
        execute format('create policy kept_from_measured on quality.%I using (platform.measuring())', t);
        execute format('grant select, insert, update on quality.%I to assize_app', t);
    end loop;
    foreach t in array array['policy_gap_case', 'calibration_item'] loop
        execute format('alter table quality.%I enable row level security', t);
        execute format('alter table quality.%I force row level security', t);
        execute format('create policy kept_from_measured on quality.%I'
            ' using (platform.measuring() and platform.visible(restriction, region, case_id)'
            ' and not platform.recused(coalesce(subject_id, '''')))', t);
        execute format('grant select, insert, update on quality.%I to assize_app', t);
    end loop;
end $$;

create function quality.take_along() returns trigger language plpgsql as $$
declare
    before_it text := coalesce(current_setting('assize.everything', true), '');
begin
    -- Whoever restricts a case may not see what is measured; the rows go all the same.
    perform set_config('assize.everything', 'on', true);
    update quality.policy_gap_case set restriction = new.restriction, region = new.region where case_id = new.id;
    update quality.calibration_item set restriction = new.restriction, region = new.region where case_id = new.id;
    perform set_config('assize.everything', before_it, true);
    return null;
end $$;
comment on function quality.take_along() is 'Trigger: cases of gaps and rounds follow the restriction and region of their case.';
create trigger case_takes_rounds_along after update of restriction, region on triage.case
    for each row when (old.restriction is distinct from new.restriction or old.region is distinct from new.region)
    execute function quality.take_along();

create function quality.labelling(whose text) returns setof text language plpgsql as $$
declare
    before_it text := coalesce(current_setting('assize.measuring', true), '');
begin
    perform set_config('assize.measuring', 'on', true);
    return query
        select i.case_id
        from quality.calibration_member m
        join quality.calibration r on r.id = m.calibration_id and r.state = 'alone'
        join quality.calibration_item i on i.calibration_id = r.id
        where m.reviewer_id = whose
          and not exists (
              select from quality.label l
              where l.of = 'calibration' and l.of_id = i.id and l.labeler_id = whose and l.round = 1
          );
    perform set_config('assize.measuring', before_it, true);
end $$;
comment on function quality.labelling(text) is 'The cases that somebody is to label alone in a round now: blind to them wherever they are shown.';
