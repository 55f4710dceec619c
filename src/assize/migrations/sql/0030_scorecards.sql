-- Scorecards: day sums of comparisons and of work done, and how decisions are scored.

create table quality.score_day (
    day timestamptz not null,
    reviewer_id text not null,
    team_id text,
    vendor boolean not null,
    by text not null,
    of text not null,
    queue text not null,
    family text,
    severity_given smallint,
    severity_true smallint,
    outcome text,
    marks text not null,
    missed_escalation boolean not null,
    technical boolean not null,
    blind boolean not null,
    headline boolean not null,
    inclusion double precision,
    restriction text,
    region text,
    n integer not null,
    constraint score_day_once unique nulls not distinct (
        day, reviewer_id, team_id, vendor, by, of, queue, family, severity_given, severity_true, outcome, marks,
        missed_escalation, technical, blind, headline, inclusion, restriction, region
    )
);
create index score_day_by_reviewer on quality.score_day (reviewer_id, day);
comment on table quality.score_day is 'How many comparisons count, by the day of the decision and all that scorecards ask of '
    'them. Kept in the transaction that writes comparisons; those that were replaced, and tests, are not in it.';
comment on column quality.score_day.of is 'What asked for the label: audit, golden, calibration, adjudication …';
comment on column quality.score_day.family is 'Of the clause: CSE of CSE-1.';
comment on column quality.score_day.marks is 'One letter a criterion, r, w or n: decision, clause, severity, action, escalation, rationale, required step.';

create function quality.marks(c quality.comparison) returns text language sql immutable parallel safe as $$
    select left(c.decision, 1) || left(c.clause_marked, 1) || left(c.severity, 1) || left(c.action, 1)
        || left(c.escalation, 1) || left(c.rationale, 1) || left(c.required_step, 1)
$$;
comment on function quality.marks(quality.comparison) is 'The marks of a comparison, one letter a criterion.';

create function quality.count_score(c quality.comparison, many integer) returns void language plpgsql as $$
begin
    insert into quality.score_day as s (
        day, reviewer_id, team_id, vendor, by, of, queue, family, severity_given, severity_true, outcome, marks,
        missed_escalation, technical, blind, headline, inclusion, restriction, region, n
    )
    select date_trunc('day', c.decided_at, 'UTC'), c.reviewer_id, c.team_id, c.vendor, c."by",
           case when c.audit_id is not null then 'audit' else coalesce(l.of, 'unknown') end, c.queue,
           split_part(c.clause, '-', 1), c.severity_given, c.severity_true, c.outcome, quality.marks(c),
           c.missed_escalation, c.technical, c.blind, c.headline, c.inclusion, c.restriction, c.region, many
    from (select 1) one left join quality.label l on l.id = c.label_id
    on conflict on constraint score_day_once do update set n = s.n + excluded.n;
end $$;
comment on function quality.count_score(quality.comparison, integer) is 'Add a comparison to the sums of its day, or take it out (-1).';

create function quality.keep_score() returns trigger language plpgsql as $$
begin
    -- Of the old row and the new one each counts on its own: one that is replaced, restricted or taken away leaves its sum.
    if tg_op <> 'INSERT' and old.current and not old.test then
        perform quality.count_score(old, -1);
    end if;
    if tg_op <> 'DELETE' and new.current and not new.test then
        perform quality.count_score(new, 1);
    end if;
    return null;
end $$;
comment on function quality.keep_score() is 'Trigger: the sums of a day follow its comparisons.';
create trigger comparison_is_counted after insert or delete on quality.comparison
    for each row execute function quality.keep_score();
create trigger comparison_is_counted_anew after update on quality.comparison
    for each row when (old is distinct from new) execute function quality.keep_score();
select quality.count_score(c, 1) from quality.comparison c where current and not test;

create table quality.worked_day (
    day timestamptz not null,
    reviewer_id text not null,
    team_id text,
    restriction text,
    region text,
    n integer not null,
    timed integer not null,
    in_hand_s double precision not null,
    in_hand_squares double precision not null,
    waits integer not null,
    waited_s double precision not null,
    constraint worked_day_once unique nulls not distinct (day, reviewer_id, team_id, restriction, region)
);
create index worked_day_by_reviewer on quality.worked_day (reviewer_id, day);
comment on table quality.worked_day is 'What each reviewer decided in a day and how long it took. Made anew from decisions at any time.';
comment on column quality.worked_day.in_hand_s is 'Seconds that decisions were in hand: from claim to decision. timed: of how many that is known.';
comment on column quality.worked_day.waited_s is 'Seconds that their cases had waited before: what is nobody''s own speed. waits: of how many that is known.';

create table quality.scoring (
    version integer not null,
    weights jsonb not null,
    critical text[] not null,
    harm double precision[] not null,
    overreach double precision not null,
    accepted_error double precision not null,
    least integer not null,
    note text not null,
    set_by text not null,
    set_at timestamptz not null,
    constraint scoring_pkey primary key (version),
    constraint scoring_harm check (cardinality(harm) = 6 and 0 <= all (harm)),
    constraint scoring_rest check (overreach >= 0 and accepted_error > 0 and accepted_error < 0.5 and least >= 1)
);
create trigger scoring_is_written_once before update or delete on quality.scoring
    for each row execute function platform.forbid_change();
comment on table quality.scoring is 'How decisions are scored: weights, critical criteria, costs. A choice of policy; each change a new version.';
comment on column quality.scoring.harm is 'What a case of each severity lets through: SEV0 to SEV4, then no violation.';
comment on column quality.scoring.overreach is 'What calling a case graver than it is costs, as a share of the harm in between.';
comment on column quality.scoring.least is 'Below so many comparisons a card tells no rate.';

create index comparison_by_replaces on quality.comparison (replaces) where replaces is not null;
create index comparison_first on quality.comparison (compared_at) where replaces is null and audit_id is not null;
create index decision_recorded on review.decision (source, decided_at) where state = 'recorded';

do $$
declare
    t text;
begin
    foreach t in array array['score_day', 'worked_day'] loop
        execute format('alter table quality.%I enable row level security', t);
        execute format('alter table quality.%I force row level security', t);
        execute format('create policy kept_from_measured on quality.%I'
            ' using (platform.measuring() and platform.visible(restriction, region, null))', t);
    end loop;
end $$;

create function quality.own_weeks(whose text, before timestamptz) returns table (
    week timestamptz, family text, marks text, severity_given smallint, severity_true smallint, outcome text,
    missed_escalation boolean, n integer
) language plpgsql as $$
declare
    before_it text := coalesce(current_setting('assize.everything', true), '');
begin
    perform set_config('assize.everything', 'on', true);
    return query
        select date_trunc('week', c.compared_at, 'UTC'), split_part(c.clause, '-', 1), quality.marks(c), c.severity_given,
               c.severity_true, c.outcome, c.missed_escalation, count(*)::int
        from quality.comparison c
        where c.reviewer_id = whose and c.current and not c.test and not c.technical and c.compared_at < before
        group by 1, 2, 3, 4, 5, 6, 7;
    perform set_config('assize.everything', before_it, true);
end $$;
comment on function quality.own_weeks(text, timestamptz) is 'What comparisons said of somebody, by week: all that those who '
    'are measured are ever told, and never of which case.';

grant select, insert, update, delete on quality.score_day, quality.worked_day to assize_app;
grant select, insert on quality.scoring to assize_app;
