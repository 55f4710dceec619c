-- What is agreed with a team, such as a vendor's: service levels, and how fast it comes to full speed.

create table quality.contract (
    team_id text not null,
    version integer not null,
    accuracy_floor double precision not null,
    in_time_floor double precision not null,
    per_week integer not null,
    ramp_weeks integer not null,
    starts_at timestamptz not null,
    note text not null default '',
    set_by text not null,
    set_at timestamptz not null,
    constraint contract_pkey primary key (team_id, version),
    constraint contract_team foreign key (team_id) references workforce.team (id),
    constraint contract_floors check (accuracy_floor between 0 and 1 and in_time_floor between 0 and 1),
    constraint contract_speed check (per_week between 1 and 10000 and ramp_weeks between 0 and 52)
);
comment on table quality.contract is 'The last version counts; those before stay.';
comment on column quality.contract.per_week is 'Decisions of one person in a week at full speed; ramp_weeks: how long until then.';

alter table quality.contract enable row level security;
alter table quality.contract force row level security;
create policy kept_from_measured on quality.contract using (platform.measuring());
grant select, insert on quality.contract to assize_app;
