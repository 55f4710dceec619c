-- quality_teams
-- Teams of a quality programme, four in ten of them of vendors.
insert into workforce.team (id, name, vendor, created_at)
select 'team_' || n, case when n %% 10 < 4 then 'Vendor ' else 'Team ' end || n, n %% 10 < 4, %(at)s
from generate_series(1, %(teams)s) n

-- quality_reviewers
-- People and machines of a quality programme.
insert into workforce.reviewer (id, kind, name, team_id, roles, active, created_at)
select 'rev_' || n, case when n <= %(machines)s then 'machine' else 'person' end,
       case when n <= %(machines)s then 'Labeler ' || n else 'Reviewer ' || n end,
       case when n > %(machines)s then 'team_' || 1 + n %% %(teams)s end, array['analyst'], true, %(at)s
from generate_series(1, %(machines)s + %(people)s) n

-- quality_decisions
-- Decisions spread over a year, six in ten by machines.
insert into review.decision (
    id, case_id, kind, reviewer_id, team_id, state, policy_version_id, policy_hash, rubric, lowering, reason_codes, rationale,
    highlights, assessed, primary_clause, verdict, view, shown, decided_at, in_hand_s, hash, effective_at, test
)
select 'dec_' || lpad(n::text, 26, '0'), 'case_' || lpad(n::text, 26, '0'), 'first_look', 'rev_' || w,
       case when w > %(machines)s then 'team_' || 1 + w %% %(teams)s end, 'stands', 'pol_1', '', '{}', '{}', '{}', '', '[]',
       1 + n %% 4, (array['FRD-1', 'CSE-3', 'CYB-2', 'SUI-2', 'STK-1'])[1 + n %% 5], 'violation', 'full', '{}',
       %(at)s - (%(decisions)s - n) * (interval '365 days' / %(decisions)s), 40 + n %% 300, '', %(at)s, false
from (
    select n, case when abs(hashint4(n)) %% 10 < 6 then 1 + abs(hashint4(n + 1)) %% %(machines)s
                   else %(machines)s + 1 + abs(hashint4(n + 2)) %% %(people)s end as w
    from generate_series(%(first)s::integer, %(last)s::integer) n
) one

-- quality_comparisons
-- One in so many decisions beside a blind label, one in fourteen of them wrong in something.
with one as (
    select n, d.*, abs(hashint4(n * 7)) %% 100 as luck, abs(hashint4(n * 13)) %% 3 as drawn, abs(hashint4(n * 17)) %% 5 as place
    from generate_series(%(first)s::integer, %(last)s::integer) n
    join review.decision d on d.id = 'dec_' || lpad((n * (%(decisions)s / %(compared)s))::text, 26, '0')
), label as (
    insert into quality.label (
        id, of, of_id, labeler_id, case_id, policy_version_id, judgement, verdict, severity, blind, at, hash
    )
    select 'lab_' || lpad(n::text, 26, '0'), 'audit', 'aud_' || lpad(n::text, 26, '0'), 'rev_' || 9 + n %% 20, case_id,
           policy_version_id, '{}', 'violation', assessed, true, decided_at + interval '1 day', ''
    from one returning id
)
insert into quality.comparison (
    id, decision_id, label_id, audit_id, case_id, reviewer_id, team_id, vendor, by, labeler_id, queue, policy_version_id,
    clause, severity_given, severity_true, outcome, severity_gap, missed_escalation, wrong_clause, wrong_action,
    process_error, technical, decision, clause_marked, severity, action, escalation, rationale, required_step, blind,
    headline, inclusion, decided_at, compared_at
)
select 'cmp_' || lpad(n::text, 26, '0'), id, 'lab_' || lpad(n::text, 26, '0'), 'aud_' || lpad(n::text, 26, '0'), case_id,
       reviewer_id, team_id, coalesce(substr(team_id, 6)::int %% 10 < 4, false),
       case when team_id is null then 'machine' else 'person' end, 'rev_' || 9 + n %% 20,
       (array['influence-fraud', 'child-safety', 'cbrn-cyber', 'self-harm', 'general'])[1 + place], policy_version_id,
       primary_clause, assessed, case when luck between 4 and 5 then greatest(0, assessed - 1) else assessed end,
       case when luck < 2 then 'fn' when luck < 4 then 'fp' when n %% 3 = 0 then 'tn' else 'tp' end,
       case when luck between 4 and 5 then 1 else 0 end, luck = 0, false, luck = 6, false, luck = 99,
       case when luck < 4 then 'wrong' else 'right' end, case when luck < 4 then 'na' else 'right' end,
       case when luck < 4 then 'na' when luck < 6 then 'wrong' else 'right' end, case when luck = 6 then 'wrong' else 'right' end,
       case when luck = 0 then 'wrong' else 'right' end, 'right', 'na', true, drawn < 2, (array[0.02, 0.2, 0])[1 + drawn],
       decided_at, decided_at + interval '1 day'
from one

-- quality_cases
-- The cases of the decisions of the last days: what a preview and the standing of a plan look back on.
insert into triage.case (
    id, kind, state, clauses, clause_ids, families, provisional, mode, queue, order_key, reasons, opened_at, due_at, first_seen_at,
    decided_at, language, exposure_class, test, event_count, subject_count
)
select d.case_id, 'events', 'decided', '[]', array[d.primary_clause], array[split_part(d.primary_clause, '-', 1)], d.assessed,
       'routine', (array['influence-fraud', 'child-safety', 'cbrn-cyber', 'self-harm', 'general'])[1 + hashtext(d.id) %% 5 + case when hashtext(d.id) < 0 then 4 else 0 end],
       d.decided_at, '{}', d.decided_at, d.decided_at, d.decided_at, d.decided_at,
       (array['en', 'de', 'es'])[1 + length(d.id) %% 3], 1, false, 1, 1
from review.decision d
where d.decided_at >= %(since)s and d.decided_at < %(until)s

-- quality_some_reviewers
-- Some people of a quality programme.
select id from workforce.reviewer where kind = 'person' order by id limit 40
