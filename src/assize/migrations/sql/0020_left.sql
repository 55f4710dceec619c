-- What left in a span is found by plain columns: under row security no index is used for an expression of which the
-- database can't know that it tells nothing of rows that are hidden, and coalesce is one.

drop index triage.case_left;
create index case_decided on triage.case (decided_at) where state <> 'open' and not test;
create index case_closed on triage.case (closed_at) where decided_at is null and state <> 'open' and not test;
