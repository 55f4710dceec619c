-- What a decision vouches for beside its enforcements, answers to reports and entries of banks, rests on it and goes with it.

alter table intake.report add column decision_id text;
create index report_by_decision on intake.report (decision_id) where decision_id is not null;
comment on column intake.report.decision_id is 'The decision that said whether the report was right; taken back, the report is open again.';

create table triage.bank_ground (
    bank text not null,
    value text not null,
    decision_id text not null,
    constraint bank_ground_pkey primary key (bank, value, decision_id),
    constraint bank_ground_item foreign key (bank, value) references triage.bank_item (bank, value) on delete cascade
);
create index bank_ground_by_decision on triage.bank_ground (decision_id);
comment on table triage.bank_ground is 'On account of which decisions a bank holds something. Without a row it was added by hand, and stays.';
grant select, insert, update, delete on triage.bank_ground to assize_app;

alter table enforcement.effect drop constraint effect_kind;
alter table enforcement.effect add constraint effect_kind
    check (kind in ('apply', 'undo', 'notice', 'support', 'appeal_outcome', 'report_outcome'));

alter table enforcement.remediation_item add column item_id text;
alter table enforcement.remediation_item add column decision_id text;
alter table enforcement.remediation_item add column reports integer not null default 0;
alter table enforcement.remediation_item add column entries integer not null default 0;
update enforcement.remediation_item i set item_id = i.enforcement_id, decision_id = e.decision_id
from enforcement.enforcement e where e.id = i.enforcement_id;
alter table enforcement.remediation_item alter column item_id set not null;
alter table enforcement.remediation_item drop constraint remediation_item_pkey;
alter table enforcement.remediation_item alter column enforcement_id drop not null;
alter table enforcement.remediation_item add constraint remediation_item_pkey primary key (remediation_id, item_id);
alter table enforcement.remediation_item add constraint remediation_item_about
    check (item_id = coalesce(enforcement_id, decision_id));
comment on table enforcement.remediation_item is 'One enforcement of a remediation, or a decision without one that it vouches for: what became of it.';
comment on column enforcement.remediation_item.reports is 'How many answers to reports were taken back with it.';
comment on column enforcement.remediation_item.entries is 'How many entries of banks were taken away with it.';
