-- Triage: cases and how they grow, what was evaluated about each event, rules and their hits, what is counted.

create schema triage;
comment on schema triage is 'How grave, how urgent, which queue: cases, rules, feature records, counters.';

-- Cases --------------------------------------------------------------------------------------------------------

create table triage.case (
    id text not null,
    kind text not null,
    state text not null,
    subject_id text,
    conversation text,
    conversation_id text,
    clauses jsonb not null,
    clause_ids text[] not null,
    families text[] not null,
    provisional smallint not null,
    assessed smallint,
    severity smallint not null generated always as (coalesce(assessed, provisional)) stored,
    mode text not null,
    queue text not null,
    order_key timestamptz not null,
    reasons text[] not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    first_seen_at timestamptz not null,
    decided_at timestamptz,
    closed_at timestamptz,
    language text,
    exposure_class smallint not null,
    restriction text,
    region text,
    test boolean not null,
    event_count integer not null,
    subject_count integer not null,
    near_duplicate bigint,
    linked_case_id text,
    constraint case_pkey primary key (id),
    constraint case_kind check (kind in ('events', 'actor_review')),
    constraint case_state check (state in ('open', 'decided', 'closed')),
    constraint case_provisional check (provisional between 0 and 4),
    constraint case_assessed check (assessed between 0 and 4),
    constraint case_link foreign key (linked_case_id) references triage.case (id)
);
create index case_order on triage.case (order_key, id) where state = 'open';
create index case_queue on triage.case (queue, order_key, id) where state = 'open';
create index case_by_subject on triage.case (subject_id, id) where subject_id is not null;
create index case_all on triage.case (order_key, id);
comment on table triage.case is 'The unit of review: events under likely clauses, or one subject as a whole.';
comment on column triage.case.clauses is 'Likely clauses, the likeliest first: clause_id, score 0 to 1, why.';
comment on column triage.case.provisional is 'What the machine made of it, 0 gravest; never lowered by later events.';
comment on column triage.case.assessed is 'What a person said; null until then.';
comment on column triage.case.order_key is 'When it would be due had it no weight: opened minus a boost for its gravity. One static key, so that the gravest comes first and nothing starves.';
comment on column triage.case.reasons is 'Why it stands where it stands, in words.';
comment on column triage.case.first_seen_at is 'When its first event was received.';
comment on column triage.case.near_duplicate is 'The cluster of nearly equal texts.';
comment on column triage.case.linked_case_id is 'The decided case that it follows.';
alter table triage.case enable row level security;
alter table triage.case force row level security;
create policy case_read on triage.case for select
    using (platform.visible(restriction, region, id) and not (subject_id is not null and platform.recused(subject_id)));
create policy case_write on triage.case for insert with check (true);
create policy case_change on triage.case for update
    using (platform.visible(restriction, region, id)) with check (true);

create function triage.case_seen(of_case text) returns boolean language sql stable
    return platform.everything() or exists (select 1 from triage.case c where c.id = of_case);
comment on function triage.case_seen(text) is 'Whether the case exists for whoever the transaction is done for.';

create table triage.case_event (
    case_id text not null,
    event_id text not null,
    subject_id text,
    occurred_at timestamptz not null,
    joined_at timestamptz not null,
    constraint case_event_pkey primary key (case_id, event_id),
    constraint case_event_case foreign key (case_id) references triage.case (id)
);
create index case_event_by_event on triage.case_event (event_id);
comment on table triage.case_event is 'Which events a case holds.';
alter table triage.case_event enable row level security;
alter table triage.case_event force row level security;
create policy case_event_read on triage.case_event for select using (triage.case_seen(case_id));
create policy case_event_write on triage.case_event for insert with check (true);

create table triage.case_subject (
    case_id text not null,
    subject_id text not null,
    event_count integer not null,
    constraint case_subject_pkey primary key (case_id, subject_id),
    constraint case_subject_case foreign key (case_id) references triage.case (id)
);
create index case_subject_by_subject on triage.case_subject (subject_id);
comment on table triage.case_subject is 'Everybody whose events are in a case: near-duplicates bring several.';
alter table triage.case_subject enable row level security;
alter table triage.case_subject force row level security;
create policy case_subject_read on triage.case_subject for select using (triage.case_seen(case_id));
create policy case_subject_write on triage.case_subject for insert with check (true);
create policy case_subject_change on triage.case_subject for update using (triage.case_seen(case_id)) with check (true);

create table triage.case_key (
    key text not null,
    case_id text not null,
    constraint case_key_pkey primary key (key),
    constraint case_key_case foreign key (case_id) references triage.case (id)
);
comment on table triage.case_key is 'By what a later event finds its case: subject and family, conversation, cluster. The newest case of a key. Read by scoring alone.';

create table triage.lowering (
    case_id text not null,
    severity smallint not null,
    reason text not null,
    proposed_by text not null,
    proposed_at timestamptz not null,
    constraint lowering_pkey primary key (case_id),
    constraint lowering_case foreign key (case_id) references triage.case (id)
);
comment on table triage.lowering is 'A lower severity that one person proposed for a SEV0 or SEV1 case; another has to agree.';
alter table triage.lowering enable row level security;
alter table triage.lowering force row level security;
create policy lowering_all on triage.lowering using (triage.case_seen(case_id)) with check (true);

-- What was evaluated -------------------------------------------------------------------------------------------

create table triage.shape (
    id text not null,
    fields text[] not null,
    constraint shape_pkey primary key (id)
);
comment on table triage.shape is 'Which fields were present: the names that the values of feature records go with.';

create table triage.feature_record (
    event_id text not null,
    at timestamptz not null,
    ruleset text not null,
    shape text not null,
    features jsonb not null,
    absent jsonb,
    hits text,
    spans jsonb,
    constraint feature_record_pkey primary key (event_id)
) partition by hash (event_id);
create table triage.feature_row partition of triage.feature_record for values with (modulus 1, remainder 0);
comment on table triage.feature_record is 'What the rules saw of each event, so that a replay answers the same. No text of the event.';
comment on table triage.feature_row is 'The rows of feature_record. Apart, because COPY refuses a table with row security: '
    'the application may write here and read only through feature_record.';
comment on column triage.feature_record.ruleset is 'Hash of the rules and fields that were run.';
comment on column triage.feature_record.features is 'Values in the order of the fields of the shape: names would be two thirds of every row.';
comment on column triage.feature_record.absent is 'Signals that gave nothing, and why.';
comment on column triage.feature_record.hits is 'Rules that were true, parted by a space.';
comment on column triage.feature_record.spans is 'Where terms and patterns were found: turn, start, end, label.';
alter table triage.feature_record enable row level security;
alter table triage.feature_record force row level security;
create policy feature_record_all on triage.feature_record
    using (platform.everything() or exists (select 1 from intake.event e where e.id = event_id)) with check (true);

create table triage.parked (
    event_id text not null,
    reason text not null,
    at timestamptz not null,
    constraint parked_pkey primary key (event_id)
);
comment on table triage.parked is 'Events that could not be scored, with the kind of error; they can be tried again.';

create table triage.shape_stat (
    day date not null,
    slot smallint not null,
    shape text not null,
    events bigint not null,
    constraint shape_stat_pkey primary key (day, slot, shape)
);
comment on table triage.shape_stat is 'How many events had which fields: says, without a row per rule and event, how often a rule was not applicable and for want of what.';
comment on column triage.shape_stat.slot is 'Parts the writers, so that two of them seldom wait for one row.';

-- Rules --------------------------------------------------------------------------------------------------------

create table triage.rule (
    id text not null,
    version integer not null,
    newest boolean not null,
    title text not null,
    expression text not null,
    clause_id text not null,
    score double precision not null,
    state text not null,
    author text,
    from_policy boolean not null,
    changed_by text not null,
    changed_at timestamptz not null,
    quarantined_at timestamptz,
    failure text,
    constraint rule_pkey primary key (id, version),
    constraint rule_state check (state in ('off', 'shadow', 'on')),
    constraint rule_score check (score >= 0 and score <= 1)
);
create unique index rule_newest on triage.rule (id) where newest;
comment on table triage.rule is 'Rules and all their versions. On opens a case or raises it; it never acts by itself.';
comment on column triage.rule.author is 'Who wrote this version; null where it came with the policy. Somebody else switches it on.';
comment on column triage.rule.quarantined_at is 'It kept failing and is left out until somebody changes it.';

create table triage.rule_stat (
    rule_id text not null,
    day date not null,
    slot smallint not null,
    hits bigint not null,
    shadow_hits bigint not null,
    failures bigint not null,
    constraint rule_stat_pkey primary key (rule_id, day, slot)
);
comment on table triage.rule_stat is 'How often each rule was true, true in shadow, or failed, by day.';

create table triage.rule_hit (
    event_id text not null,
    rule_id text not null,
    rule_version integer not null,
    shadow boolean not null,
    case_id text,
    saw jsonb not null,
    at timestamptz not null,
    constraint rule_hit_pkey primary key (event_id, rule_id)
);
create index rule_hit_by_case on triage.rule_hit (case_id) where case_id is not null;
create index rule_hit_by_rule on triage.rule_hit (rule_id, event_id desc);
comment on table triage.rule_hit is 'Which rule was true of which event, and the values it saw.';
comment on column triage.rule_hit.shadow is 'The rule was in shadow: kept apart, changed nothing.';
alter table triage.rule_hit enable row level security;
alter table triage.rule_hit force row level security;
create policy rule_hit_all on triage.rule_hit
    using (platform.everything() or exists (select 1 from intake.event e where e.id = event_id)) with check (true);

-- What is counted ----------------------------------------------------------------------------------------------

create table triage.counter (
    subject_id text not null,
    name text not null,
    bucket timestamptz not null,
    n integer not null,
    constraint counter_pkey primary key (subject_id, name, bucket)
);
create index counter_by_age on triage.counter using brin (bucket);
comment on table triage.counter is 'Reports, cases and strikes of a subject by five minutes, for windows of 1 h, 24 h and 30 d.';

create table triage.trace (
    subject_id text not null,
    family text not null,
    conversation text not null,
    clause_id text not null,
    score double precision not null,
    event_id text not null,
    at timestamptz not null,
    constraint trace_pkey primary key (subject_id, family, conversation)
);
comment on table triage.trace is 'The highest score of each conversation that was too low for a case: what actor reviews add up.';

create unlogged table triage.near_duplicate (
    band bigint not null,
    cluster bigint not null,
    at timestamptz not null
);
create index near_duplicate_by_band on triage.near_duplicate (band);
create index near_duplicate_by_age on triage.near_duplicate using brin (at);
comment on table triage.near_duplicate is 'Bands of the MinHash of the first text of each cluster. Unlogged: the memory of a day may '
    'be lost in a crash, what was made of it is in the feature records.';

create unlogged table triage.near_count (
    cluster bigint not null,
    bucket timestamptz not null,
    slot smallint not null,
    n integer not null,
    constraint near_count_pkey primary key (cluster, bucket, slot)
);
comment on table triage.near_count is 'How many texts joined a cluster, by the hour; the first is not counted.';
comment on column triage.near_count.slot is 'Parts the writers: a campaign is in every batch, and one row would make the workers wait for one another.';

create table triage.bank (
    name text not null,
    kind text not null,
    changed_at timestamptz not null,
    revision bigint not null,
    constraint bank_pkey primary key (name),
    constraint bank_kind check (kind in ('pdq', 'md5', 'url', 'domain'))
);
comment on table triage.bank is 'Named lists of hashes of media, addresses or domains.';

create table triage.bank_item (
    bank text not null,
    value text not null,
    constraint bank_item_pkey primary key (bank, value),
    constraint bank_item_bank foreign key (bank) references triage.bank (name)
);
comment on table triage.bank_item is 'What a list holds.';

grant usage on schema triage to assize_app;
grant select, insert, update, delete on all tables in schema triage to assize_app;
revoke all on triage.feature_row from assize_app;
grant insert on triage.feature_row to assize_app;
