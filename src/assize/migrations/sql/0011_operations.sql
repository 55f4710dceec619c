-- Operations: what came in, what left and how long it took, added up by hour, so that a page over a month reads thousands
-- of rows and not millions. Every sum is kept apart by compartment and region: each sees the sum of what they may see.

create table platform.rolled (
    name text not null,
    until timestamptz not null,
    constraint rolled_pkey primary key (name)
);
comment on table platform.rolled is 'Up to which hour sums were made, by name. Taken back to make them anew.';
grant select, insert, update, delete on platform.rolled to assize_app;

create index case_opened on triage.case (opened_at) where not test;
create index case_left on triage.case (coalesce(decided_at, closed_at)) where state <> 'open' and not test;
create index decision_by_time on review.decision (decided_at) where not test;
create index task_done_claimed on review.task (claimed_at) where state = 'done' and kind = 'first_look' and not test;
create index effect_by_confirmation on enforcement.effect (confirmed_at) where confirmed_at is not null and kind = 'apply';

create table triage.flow_hour (
    hour timestamptz not null,
    queue text not null,
    severity smallint not null,
    restriction text,
    region text,
    opened integer not null,
    gone integer not null,
    constraint flow_hour_once unique nulls not distinct (hour, queue, severity, restriction, region)
);
comment on table triage.flow_hour is 'Cases that came and cases that left, by hour. Made anew from the cases at any time.';

create table review.pace_hour (
    hour timestamptz not null,
    what text not null,
    queue text not null,
    severity smallint not null,
    restriction text,
    region text,
    bucket smallint not null,
    n integer not null,
    in_time integer not null,
    most_s double precision not null,
    constraint pace_hour_once unique nulls not distinct (hour, what, queue, severity, restriction, region, bucket)
);
comment on table review.pace_hour is 'How long first looks and decisions took, by hour, in buckets a quarter of a doubling wide.';
comment on column review.pace_hour.in_time is 'How many were decided by the time they were due.';

create table review.team_hour (
    hour timestamptz not null,
    team_id text,
    restriction text,
    region text,
    decided integer not null,
    in_hand_s double precision not null,
    constraint team_hour_once unique nulls not distinct (hour, team_id, restriction, region)
);
comment on table review.team_hour is 'What teams decided and how long they had it in hand, by hour. Of teams, never of persons.';

create table enforcement.pace_hour (
    hour timestamptz not null,
    restriction text,
    region text,
    bucket smallint not null,
    n integer not null,
    most_s double precision not null,
    constraint pace_hour_once unique nulls not distinct (hour, restriction, region, bucket)
);
comment on table enforcement.pace_hour is 'From the harm first reaching us to its effect confirmed, by the hour it was confirmed.';

do $$
declare
    t text;
begin
    foreach t in array array['triage.flow_hour', 'review.pace_hour', 'review.team_hour', 'enforcement.pace_hour'] loop
        execute format('alter table %s enable row level security', t);
        execute format('alter table %s force row level security', t);
        execute format('create policy sums_of_what_is_visible on %s using (platform.visible(restriction, region, null))', t);
        execute format('grant select, insert, update, delete on %s to assize_app', t);
    end loop;
end $$;

-- A case that goes under a compartment, or comes out of one, must not stay in the sums of others: they are made anew
-- from the hour it came in, and until then read from the rows.
create function triage.sums_made_anew() returns trigger language plpgsql as $$
begin
    update platform.rolled set until = least(until, date_trunc('hour', old.opened_at, 'UTC'));
    return null;
end $$;
comment on function triage.sums_made_anew() is 'Trigger: sums follow the restriction and region of a case.';
create trigger case_takes_sums_along after update of restriction, region on triage.case
    for each row when (old.restriction is distinct from new.restriction or old.region is distinct from new.region)
    execute function triage.sums_made_anew();
