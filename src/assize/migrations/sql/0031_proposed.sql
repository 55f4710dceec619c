-- Decisions that wait for a second person are few among millions: whoever may bear one is told of it on their first page.
create index decision_proposed on review.decision (case_id) where state = 'proposed';
