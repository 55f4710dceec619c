-- Audits of the record have no label; what somebody knew of a case before they judged it again.

alter table quality.comparison alter column label_id drop not null;
comment on column quality.comparison.label_id is 'What the decision was compared with; null where only the record was looked at.';
create unique index comparison_one_of_audit on quality.comparison (audit_id) where current and audit_id is not null;

alter table quality.audit add column withdrawn_why text;
comment on column quality.audit.withdrawn_why is 'Why nobody did it, by a short code.';

-- One statement, so that claiming, and looking once more when a label is committed, mean the same.
create function quality.knew(reviewer text, of_case text, before timestamptz, but_for text) returns text
    language sql stable as $$
    select case
        when exists (select from review.decision d where d.case_id = of_case and d.reviewer_id = reviewer) then 'decided'
        when exists (select from review.opening o
                     where o.case_id = of_case and o.reviewer_id = reviewer and o.opened_at < before) then 'opened'
        when exists (select from platform.fact f
                     where f.case_id = of_case and f.actor = reviewer
                       and f.kind in ('StoryOpened', 'Noted', 'Escalated', 'EscalationResolved')) then 'story'
        when exists (select from quality.audit a
                     where a.case_id = of_case and a.auditor_id = reviewer and a.id <> but_for
                       and a.state in ('claimed', 'committed', 'revealed')) then 'audited'
    end
$$;
comment on function quality.knew(text, text, timestamptz, text) is
    'How somebody knew a case before they judge it again: they decided it, opened it, read its story, audited it; null for not.';

create index audit_of_auditor on quality.audit (auditor_id, committed_at) where auditor_id is not null;
