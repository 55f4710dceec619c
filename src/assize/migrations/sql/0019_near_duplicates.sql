-- Cases of one cluster of near-duplicates: a batch looks for them.

create index case_by_near_duplicate on triage.case (near_duplicate) where near_duplicate is not null;
