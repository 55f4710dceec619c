-- Measures that hold while something is missing, and requests whose time is over.

alter table enforcement.enforcement add column interim boolean not null default false;
comment on column enforcement.enforcement.interim is 'It holds only while a request for information is open; a decision that takes it over makes it stay.';

alter table enforcement.information_request add column enforcement_id text;
alter table enforcement.information_request add constraint information_request_measure
    foreign key (enforcement_id) references enforcement.enforcement (id);
comment on column enforcement.information_request.enforcement_id is 'The plan of the measure that holds meanwhile.';
alter table enforcement.information_request drop constraint information_request_state;
alter table enforcement.information_request add constraint information_request_state
    check (state in ('open', 'overdue', 'answered', 'withdrawn'));
create index information_request_by_decision on enforcement.information_request (decision_id);
