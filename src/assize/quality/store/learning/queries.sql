-- insert_course
-- Publish a course.
insert into quality.course (
    id, version, title, family, sections, words, policy_version_id, n, bound, confidence, published_by, published_at
) values (
    %(id)s, %(version)s, %(title)s, %(family)s, %(sections)s, %(words)s, %(policy_version_id)s, %(n)s, %(bound)s, %(confidence)s,
    %(published_by)s, %(published_at)s
)

-- end_course
-- A course is in force no more; returns nothing where it had ended.
update quality.course set ended_at = %(at)s where id = %(id)s and ended_at is null returning id

-- courses
-- Courses, those in force first.
select * from quality.course
where (%(id)s::text is null or id = %(id)s) and (not %(in_force)s or ended_at is null)
  and (%(family)s::text is null or family = %(family)s)
order by ended_at is not null, family, version desc
limit %(limit)s

-- standing
-- How many are on each course, and how it ended for others.
select course_id, count(*) filter (where state = 'open')::int as open,
       count(*) filter (where state = 'open' and due_at < %(at)s)::int as overdue,
       count(*) filter (where state = 'passed')::int as passed, count(*) filter (where state = 'failed')::int as failed
from quality.course_taken where course_id = any(%(ids)s) group by course_id

-- insert_taken
-- Put somebody on a course; nothing is returned where they are on it.
insert into quality.course_taken (id, course_id, reviewer_id, because, sections, opened_by, opened_at, due_at)
values (%(id)s, %(course_id)s, %(reviewer_id)s, %(because)s, %(sections)s, %(opened_by)s, %(opened_at)s, %(due_at)s)
on conflict do nothing
returning id

-- taken
-- Who is or was on courses, the latest first.
select * from quality.course_taken
where (%(id)s::text is null or id = %(id)s) and (%(course_id)s::text is null or course_id = %(course_id)s)
  and (%(reviewer_id)s::text is null or reviewer_id = %(reviewer_id)s)
order by id desc
limit %(limit)s

-- lock_taken
-- One, that nobody else changes until the end of the transaction.
select * from quality.course_taken where id = %(id)s for update

-- change_taken
-- Keep how far somebody is.
update quality.course_taken
set sections_read = %(sections_read)s, drawn = %(drawn)s, state = %(state)s, answered = %(answered)s, errors = %(errors)s,
    reached = %(reached)s, ended_at = %(ended_at)s
where id = %(id)s

-- passed
-- Who passed a course of a family last, and by which words.
select distinct on (t.reviewer_id) t.reviewer_id, c.words
from quality.course_taken t join quality.course c on c.id = t.course_id
where c.family = %(family)s and t.state = 'passed' and (%(reviewer_id)s::text is null or t.reviewer_id = %(reviewer_id)s)
order by t.reviewer_id, t.ended_at desc, t.id desc

-- known_for
-- Known cases of some clauses that somebody has no part in and may see, in an order that nobody chose.
select g.id, g.case_id, g.subject_id, g.restriction, g.region
from quality.golden g join triage.case c on c.id = g.case_id
where g.state = 'active' and g.expires_at > %(at)s and g.restriction is null
  and (%(regions)s::text[] is null or g.region = any(%(regions)s))
  and exists (select from unnest(c.clause_ids || g.clause) as one where one = any(%(sections)s))
  and not exists (
      select from platform.fact f
      where f.actor = %(reviewer_id)s and (f.case_id = g.case_id or f.case_id in (
          select p.case_id from quality.placement p where p.golden_id = g.id))
  )
  and not exists (
      select from quality.course_item i join quality.course_taken t on t.id = i.taken_id
      where i.golden_id = g.id and t.reviewer_id = %(reviewer_id)s
  )
order by md5(g.id || %(seed)s)
limit %(limit)s

-- insert_items
-- The cases that somebody judges, in order.
insert into quality.course_item (id, taken_id, ordinal, golden_id, case_id, subject_id, restriction, region)
select id, %(taken_id)s, ordinal, golden_id, case_id, subject_id, restriction, region
from jsonb_to_recordset(%(rows)s) as given (
    id text, ordinal integer, golden_id text, case_id text, subject_id text, restriction text, region text
)

-- items
-- The cases of a course that somebody takes, in order: all, or one.
select * from quality.course_item
where (%(taken_id)s::text is null or taken_id = %(taken_id)s) and (%(id)s::text is null or id = %(id)s)
order by taken_id, ordinal

-- answer_item
-- Keep what was answered.
update quality.course_item set label_id = %(label_id)s, is_right = %(right)s, answered_at = %(at)s
where id = %(id)s

-- judging
-- The cases that somebody is to judge in courses now.
select quality.judging(%(me)s) as case_id
