-- Facts are as visible as what they are about: a fact of a case exists for whoever may see the case.

alter table platform.fact enable row level security;
create policy fact_is_written on platform.fact for insert to assize_app with check (true);
create policy fact_is_seen_with_its_case on platform.fact for select to assize_app using (
    platform.everything()
    or (
        (case_id is null or exists (select 1 from triage.case c where c.id = fact.case_id))
        and (subject_id is null or not platform.recused(subject_id))
        and coalesce(current_setting('assize.compartments', true), '') <> ''
    )
);

alter table platform.fact_body enable row level security;
create policy fact_body_is_written on platform.fact_body for insert to assize_app with check (true);
create policy fact_body_is_seen_with_its_fact on platform.fact_body for select to assize_app using (
    platform.everything() or exists (select 1 from platform.fact f where f.id = fact_body.fact_id)
);
create policy fact_body_is_erased on platform.fact_body for delete to assize_app using (
    platform.everything() or exists (select 1 from platform.fact f where f.id = fact_body.fact_id)
);

-- Whoever has stepped back from a subject has stepped back from its events, wherever they are asked for.

alter policy event_read on intake.event using (
    platform.visible(restriction, region, null)
    and (
        platform.everything()
        or coalesce(current_setting('assize.recused', true), '') in ('', ',')
        or not exists (
            select 1 from intake.event_subject s
            where s.event_id = event.id
              and (platform.recused(s.subject_id) or platform.recused(s.account_id) or platform.recused(s.conversation_id))
        )
    )
);

-- A subject is there for whoever may see anything of it, or of anybody below it: that somebody has an account here can
-- be all there is to hide.

create function intake.subject_seen(wanted text) returns boolean
    language sql stable security definer set search_path = ''
    as $$
        with recursive below as (
            select wanted as id
            union
            select s.id from intake.subject s join below b on s.parent_id = b.id
        )
        select exists (
            select 1 from below b
            where exists (select 1 from intake.event_subject es join intake.event e on e.id = es.event_id
                          where es.subject_id = b.id)
               or exists (select 1 from intake.event_subject es join intake.event e on e.id = es.event_id
                          where es.conversation_id = b.id)
        )
    $$;
comment on function intake.subject_seen(text) is 'Whether whoever asks may see an event of this subject or of one below it. '
    'Done as the owner, who may walk all subjects; events have row security for owners too.';
revoke execute on function intake.subject_seen(text) from public;
grant execute on function intake.subject_seen(text) to assize_app;

alter table intake.subject enable row level security;
create policy subject_is_seen_with_its_events on intake.subject for select to assize_app using (
    platform.everything() or (not platform.recused(id) and intake.subject_seen(id))
);
create policy subject_is_written on intake.subject for insert to assize_app with check (true);
create policy subject_is_changed on intake.subject for update to assize_app
    using (platform.everything() or (not platform.recused(id) and intake.subject_seen(id))) with check (true);
create policy subject_is_deleted on intake.subject for delete to assize_app using (platform.everything());

-- A note on a subject is there for whoever may see the subject.

alter policy note_seen on review.note using (
    (platform.everything() or coalesce(current_setting('assize.compartments', true), '') <> '')
    and (case_id is null or exists (select 1 from triage.case c where c.id = case_id))
    and (subject_id is null or exists (select 1 from intake.subject s where s.id = subject_id))
);
