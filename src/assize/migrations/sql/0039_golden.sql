-- The golden set: known cases, sealed copies of them among the others, and what is withheld from whoever has one in hand.

-- Sealed copies on their way through the house -----------------------------------------------------------------------

create table intake.sealed_event (
    event_id text not null,
    sealed_at timestamptz not null,
    constraint sealed_event_pkey primary key (event_id)
);
comment on table intake.sealed_event is 'Events that are copies of a known case: marked as tests so that nothing is ever done, and shown as any other.';
grant select, insert on intake.sealed_event to assize_app;

alter table triage.case add column sealed boolean not null default false;
comment on column triage.case.sealed is 'A copy of a known case: a test that is shown as none. Its actions are simulated.';
alter table triage.case add constraint case_sealed_is_a_test check (test or not sealed);

alter table review.task add column sealed boolean not null default false;
comment on column review.task.sealed is 'Of a sealed case. test says what is shown: false.';

alter table review.decision add column sealed boolean not null default false;
comment on column review.decision.sealed is 'Of a sealed case. It counts as work done, and in no measure of what was right.';

-- What operations count: sealed cases are work like any other.
drop index triage.case_opened, triage.case_decided, triage.case_closed, review.decision_by_time;
create index case_opened on triage.case (opened_at) where sealed or not test;
create index case_decided on triage.case (decided_at) where state <> 'open' and (sealed or not test);
create index case_closed on triage.case (closed_at) where decided_at is null and state <> 'open' and (sealed or not test);
create index decision_by_time on review.decision (decided_at) where sealed or not test;

alter table enforcement.effect add column simulated boolean not null default false;
comment on column enforcement.effect.simulated is 'Of a sealed case: it goes the way of every effect, and nothing leaves the house.';

create function enforcement.simulate_sealed() returns trigger language plpgsql as $$
begin
    -- Whoever writes an effect can't forget it: what belongs to a sealed case never leaves.
    new.simulated := exists (select from triage.case c where c.id = new.case_id and c.sealed);
    return new;
end $$;
comment on function enforcement.simulate_sealed() is 'Trigger: effects of sealed cases are simulated, whoever writes them.';
create trigger effect_of_sealed_case before insert on enforcement.effect
    for each row execute function enforcement.simulate_sealed();

-- What is withheld ---------------------------------------------------------------------------------------------------

create table workforce.withheld (
    reviewer_id text not null,
    about text not null,
    since timestamptz not null,
    until timestamptz,
    constraint withheld_pkey primary key (reviewer_id, about)
);
create index withheld_over on workforce.withheld (until) where until is not null;
comment on table workforce.withheld is 'Cases and subjects that do not exist for a reviewer for a while: what would give away the case in their hands.';
comment on column workforce.withheld.until is 'Null while the case is in their hands.';
grant select, insert, update, delete on workforce.withheld to assize_app;

-- The golden set -----------------------------------------------------------------------------------------------------

create table quality.golden (
    id text not null,
    case_id text not null,
    subject_id text,
    event_ids text[] not null,
    origin text not null,
    origin_id text not null,
    label_id text not null,
    truth_id text,
    policy_version_id text not null,
    clause text,
    clause_hash text not null,
    verdict text not null,
    severity smallint not null,
    queue text not null,
    language text,
    exposure smallint not null,
    experts integer not null,
    agreeing integer not null,
    difficulty text not null,
    note text not null default '',
    state text not null,
    why text,
    proposed_by text not null,
    proposed_at timestamptz not null,
    approved_by text,
    approved_at timestamptz,
    expires_at timestamptz,
    ended_at timestamptz,
    restriction text,
    region text,
    constraint golden_pkey primary key (id),
    constraint golden_case_once unique (case_id),
    constraint golden_label foreign key (label_id) references quality.label (id),
    constraint golden_truth foreign key (truth_id) references quality.label (id),
    constraint golden_origin check (origin in ('adjudication', 'audit')),
    constraint golden_state check (state in ('candidate', 'active', 'stale', 'retired')),
    constraint golden_difficulty check (difficulty in ('easy', 'medium', 'hard')),
    constraint golden_agreeing check (agreeing between 0 and experts),
    constraint golden_by_another check (approved_by is null or approved_by <> proposed_by),
    constraint golden_active_is_whole check (
        state <> 'active' or (approved_at is not null and expires_at is not null and truth_id is not null)
    )
);
create index golden_by_state on quality.golden (state, id);
create index golden_by_queue on quality.golden (queue) where state = 'active';
comment on table quality.golden is 'Known cases: what experts said of them, by which words of the policy, until when.';
comment on column quality.golden.label_id is 'The label it was proposed by; truth_id: the copy of it that was approved, which answers are compared with.';
comment on column quality.golden.clause_hash is 'Of the words of its clause: where they change it is stale until somebody says it still holds.';
comment on column quality.golden.experts is 'How many judged the case independently, and how many of them agree with the label.';
comment on column quality.golden.why is 'Why it is stale or retired.';

create table quality.golden_rate (
    queue text not null,
    share double precision not null,
    placed_through text not null,
    changed_by text not null,
    changed_at timestamptz not null,
    constraint golden_rate_pkey primary key (queue),
    constraint golden_rate_share check (share >= 0 and share <= 0.1)
);
comment on table quality.golden_rate is 'To how many of the ordinary cases of a queue a known one is added.';
comment on column quality.golden_rate.placed_through is 'The id of the last ordinary case that was put to the draw.';

create table quality.placement (
    id text not null,
    golden_id text not null,
    case_id text,
    event_ids text[] not null,
    because text not null,
    queue text not null,
    excluded text[] not null,
    placed_at timestamptz not null,
    missed_at timestamptz,
    restriction text,
    region text,
    constraint placement_pkey primary key (id),
    constraint placement_golden foreign key (golden_id) references quality.golden (id),
    constraint placement_because_once unique (because)
);
create index placement_by_golden on quality.placement (golden_id, placed_at);
create index placement_by_case on quality.placement (case_id) where case_id is not null;
create index placement_by_event on quality.placement using gin (event_ids);
create index placement_unopened on quality.placement (placed_at) where case_id is null and missed_at is null;
comment on table quality.placement is 'A sealed copy of a known case, put among the others.';
comment on column quality.placement.because is 'The ordinary case whose keyed hash drew it: it can be made again, and not foreseen.';
comment on column quality.placement.excluded is 'Whoever knows the case: decided, audited, opened or approved it, or had a copy before.';

alter table quality.golden_rate enable row level security;
alter table quality.golden_rate force row level security;
create policy kept_from_measured on quality.golden_rate using (platform.measuring());

alter table quality.golden enable row level security;
alter table quality.golden force row level security;
create policy kept_from_measured on quality.golden
    using (platform.measuring() and platform.visible(restriction, region, case_id)
        and not platform.recused(coalesce(subject_id, '')));
alter table quality.placement enable row level security;
alter table quality.placement force row level security;
create policy kept_from_measured on quality.placement
    using (platform.measuring() and platform.visible(restriction, region, case_id)
        and exists (select from quality.golden g where g.id = golden_id));

create or replace function quality.follow_case() returns trigger language plpgsql as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
    t text;
begin
    -- Whoever restricts a case may not see the compartment it goes to, nor what is measured; the rows go all the same.
    perform set_config('assize.everything', 'on', true);
    foreach t in array array['draw', 'audit', 'label', 'comparison', 'adjudication', 'golden', 'placement'] loop
        execute format('update quality.%I set restriction = $1, region = $2 where case_id = $3', t)
            using new.restriction, new.region, new.id;
    end loop;
    perform set_config('assize.everything', before, true);
    return null;
end $$;

create function quality.family_of(sealed_case text) returns text[] language plpgsql as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
    found text[];
begin
    -- Whoever has the copy in hand may see neither what it is of nor that it is one; what is withheld is found all the same.
    perform set_config('assize.everything', 'on', true);
    select array(
        select o.id from quality.placement p
        join quality.golden g on g.id = p.golden_id
        join triage.case o on o.id = g.case_id
        where p.case_id = sealed_case
        union
        select g.subject_id from quality.placement p join quality.golden g on g.id = p.golden_id
        where p.case_id = sealed_case and g.subject_id is not null
        union
        select other.case_id from quality.placement p join quality.placement other on other.golden_id = p.golden_id
        where p.case_id = sealed_case and other.case_id is not null and other.case_id <> sealed_case
        union
        (select near.id from quality.placement p
         join quality.golden g on g.id = p.golden_id
         join triage.case o on o.id = g.case_id
         join triage.case near on near.near_duplicate = o.near_duplicate
         where p.case_id = sealed_case
         limit 200)
    ) into found;
    perform set_config('assize.everything', before, true);
    return found;
end $$;
comment on function quality.family_of(text) is 'What a sealed copy is of: the original, whom it is about, its near-duplicates, and its other copies.';

create function quality.withhold_family() returns trigger language plpgsql as $$
begin
    if new.state = 'claimed' and new.holder is not null then
        insert into workforce.withheld (reviewer_id, about, since)
        select new.holder, one, coalesce(new.claimed_at, clock_timestamp()) from unnest(quality.family_of(new.case_id)) as one
        on conflict on constraint withheld_pkey do update set until = null;
    elsif old.holder is not null and old.state = 'claimed' then
        -- A day longer than in hand: what was given back can be taken again, and what was decided undone in its grace.
        update workforce.withheld set until = clock_timestamp() + interval '1 day'
        where reviewer_id = old.holder and until is null and about = any(quality.family_of(new.case_id));
    end if;
    return null;
end $$;
comment on function quality.withhold_family() is 'Trigger: while somebody has a sealed copy in hand, what would give it away does not exist for them.';
create trigger sealed_task_withholds after update of state, holder on review.task
    for each row when (new.sealed and (old.state, old.holder) is distinct from (new.state, new.holder))
    execute function quality.withhold_family();

grant select, insert, update on quality.golden, quality.golden_rate, quality.placement to assize_app;
