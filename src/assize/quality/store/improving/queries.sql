-- wrongs
-- How often each reviewer was wrong, by family of clauses and criterion, of blind comparisons since a moment.
select split_part(c.clause, '-', 1) as family, m.criterion, c.reviewer_id, count(*)::int as n,
       count(*) filter (where m.mark = 'wrong')::int as wrong
from quality.comparison c
cross join lateral (values ('decision', c.decision), ('clause', c.clause_marked), ('severity', c.severity),
                           ('action', c.action), ('escalation', c.escalation), ('rationale', c.rationale),
                           ('required_step', c.required_step)) as m (criterion, mark)
where c.current and c.blind and not c.test and not c.technical and c.clause is not null and m.mark in ('right', 'wrong')
  and c.decided_at >= %(since)s
group by 1, 2, 3
order by 1, 2, 3

-- tooling
-- Where the tools failed and not a person, by family of clauses, with the time that these cases were in hand.
select split_part(coalesce(c.clause, ''), '-', 1) as family, count(*)::int as n,
       (array_agg(distinct c.case_id))[1:20] as cases, coalesce(sum(d.in_hand_s), 0) / 3600.0 as hours
from quality.comparison c join review.decision d on d.id = c.decision_id
where c.current and not c.test and c.technical and c.decided_at >= %(since)s
group by 1
order by hours desc, 1

-- wrong_cases
-- The latest cases in which people were wrong by a criterion under a family of clauses.
select distinct on (c.case_id) c.case_id, c.subject_id, c.restriction, c.region
from quality.comparison c
cross join lateral (values ('decision', c.decision), ('clause', c.clause_marked), ('severity', c.severity),
                           ('action', c.action), ('escalation', c.escalation), ('rationale', c.rationale),
                           ('required_step', c.required_step)) as m (criterion, mark)
where c.current and c.blind and not c.test and not c.technical and m.mark = 'wrong' and c.decided_at >= %(since)s
  and m.criterion = coalesce(%(criterion)s, 'decision') and split_part(c.clause, '-', 1) = %(family)s
order by c.case_id desc
limit %(limit)s

-- insert_improvement
-- Begin something about a cause.
insert into quality.improvement (
    id, cause, family, criterion, reviewers, team_id, problem, action, owner_id, opened_by, opened_at, due_at
) values (
    %(id)s, %(cause)s, %(family)s, %(criterion)s, %(reviewers)s, %(team_id)s, %(problem)s, %(action)s, %(owner_id)s, %(opened_by)s,
    %(opened_at)s, %(due_at)s
)

-- improvements
-- What is done about causes: open ones first, the next due first.
select * from quality.improvement
where (%(id)s::text is null or id = %(id)s) and (%(team_id)s::text is null or team_id = %(team_id)s)
  and (%(reviewer_id)s::text is null or %(reviewer_id)s = any(reviewers))
order by done_at is not null, due_at, id
limit %(limit)s

-- lock_improvement
-- One, that nobody else changes until the end of the transaction.
select * from quality.improvement where id = %(id)s for update

-- finish_improvement
-- It was done.
update quality.improvement set done_at = %(at)s, done_by = %(by)s, result = %(result)s where id = %(id)s and done_at is null

-- effect
-- How often decisions were wrong before a moment and since, by everything an improvement is about.
select c.decided_at >= %(at)s as later, count(*)::int as n, count(*) filter (where m.mark = 'wrong')::int as wrong
from quality.comparison c
cross join lateral (values ('decision', c.decision), ('clause', c.clause_marked), ('severity', c.severity),
                           ('action', c.action), ('escalation', c.escalation), ('rationale', c.rationale),
                           ('required_step', c.required_step)) as m (criterion, mark)
where c.current and not c.test and not c.technical and m.mark in ('right', 'wrong') and c.decided_at >= %(since)s
  and m.criterion = coalesce(%(criterion)s, 'decision')
  and (%(family)s::text is null or split_part(c.clause, '-', 1) = %(family)s)
  and (%(reviewers)s::text[] = '{}' or c.reviewer_id = any(%(reviewers)s))
  and (%(team_id)s::text is null or c.team_id = %(team_id)s)
group by 1
