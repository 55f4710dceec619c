-- Remediation: taking back, at once and with a second person, everything that one wrong cause has done.

create table enforcement.remediation (
    id text not null,
    cause text not null,
    cause_id text not null,
    since timestamptz not null,
    until timestamptz not null,
    reason text not null,
    state text not null,
    items integer not null,
    sample integer not null,
    planned_by text not null,
    planned_at timestamptz not null,
    answered_by text,
    answered_at timestamptz,
    ended_at timestamptz,
    constraint remediation_pkey primary key (id),
    constraint remediation_cause check (cause in ('rule', 'reviewer', 'machine', 'policy_version', 'clause', 'action')),
    constraint remediation_state check (state in ('planned', 'refused', 'running', 'paused', 'done')),
    constraint remediation_second_person check (answered_by is null or answered_by <> planned_by)
);
create index remediation_running on enforcement.remediation (id) where state = 'running';
comment on table enforcement.remediation is 'Taking back what one cause did over a span. What it takes back is fixed when it is planned.';
comment on column enforcement.remediation.items is 'How many it takes back, of what its planner may see.';

create table enforcement.remediation_item (
    remediation_id text not null,
    enforcement_id text not null,
    case_id text not null,
    state text not null default 'waiting',
    problem text,
    strike boolean not null default false,
    told boolean not null default false,
    place integer not null,
    wrong boolean,
    judged_by text,
    done_at timestamptz,
    constraint remediation_item_pkey primary key (remediation_id, enforcement_id),
    constraint remediation_item_of foreign key (remediation_id) references enforcement.remediation (id),
    constraint remediation_item_enforcement foreign key (enforcement_id) references enforcement.enforcement (id),
    constraint remediation_item_state check (state in ('waiting', 'done', 'by_hand', 'nothing', 'failed'))
);
create index remediation_item_waiting on enforcement.remediation_item (remediation_id, place) where state = 'waiting';
create index remediation_item_in_order on enforcement.remediation_item (remediation_id, place);
comment on table enforcement.remediation_item is 'One enforcement of a remediation: what became of it. A worker that dies begins its batch again.';
comment on column enforcement.remediation_item.state is 'by_hand: irreversible, to be made good by a person. nothing: taken back before.';
comment on column enforcement.remediation_item.place is 'Its place in an order drawn by the id of the remediation: the first are the sample.';

alter table enforcement.remediation_item enable row level security;
alter table enforcement.remediation_item force row level security;
create policy of_visible_cases on enforcement.remediation_item using (enforcement.case_visible(case_id));
alter table enforcement.remediation enable row level security;
alter table enforcement.remediation force row level security;
create policy written on enforcement.remediation for insert with check (true);
create policy seen_with_an_item on enforcement.remediation for select using (
    platform.everything()
    or exists (select 1 from enforcement.remediation_item i where i.remediation_id = id));
create policy changed_with_an_item on enforcement.remediation for update using (
    platform.everything()
    or exists (select 1 from enforcement.remediation_item i where i.remediation_id = id));
grant select, insert, update on enforcement.remediation, enforcement.remediation_item to assize_app;
create index enforcement_by_time on enforcement.enforcement (planned_at);
