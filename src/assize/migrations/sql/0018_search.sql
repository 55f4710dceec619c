-- Search: one slim row for each case and each decision, kept by triggers in the transaction of the change; saved
-- views; exports.

select set_config('assize.everything', 'on', true);

create table review.search_row (
    id text not null,
    case_id text not null,
    of text not null,
    at timestamptz not null,
    subject_id text,
    restriction text,
    region text,
    facets text[] not null,
    words tsvector not null default '',
    content tsvector not null default '',
    constraint search_row_pkey primary key (id),
    constraint search_row_of check (of in ('case', 'decision'))
);
create index search_row_latest on review.search_row (at desc, id desc);
create index search_row_by_case on review.search_row (case_id);
-- A short list of what waits to be sorted in: a search reads it from end to end.
create index search_row_found on review.search_row using gin (facets, words, content)
    with (gin_pending_list_limit = 512);
comment on table review.search_row is 'What search looks at: of a case or a decision, no text. Written by triggers alone.';
comment on column review.search_row.at is 'When the case was opened or the decision made.';
comment on column review.search_row.facets is 'What can be asked for by name, as letter:value; c clause, a action, r reviewer, t team, '
    'q queue, s severity, z state, v verdict, l language, k person or machine, p policy version, g region, o case or decision.';
comment on column review.search_row.words is 'Words that reviewers wrote: rationale and principle, or notes.';
comment on column review.search_row.content is 'Words of events whose handling class allows an index; gone with the content.';

alter table review.search_row enable row level security;
create policy search_row_seen on review.search_row
    using (platform.visible(restriction, region, case_id) and not platform.recused(coalesce(subject_id, '')));

-- Row security lets no index on words or arrays be used: their operators could tell of rows before the policy is asked.
-- A view of the owner with the same condition can. Whoever asks through it sees the same rows.
create view review.search as
    select r.id, r.case_id, r.of, r.at, r.facets, r.words, r.content
    from review.search_row r
    where platform.visible(r.restriction, r.region, r.case_id) and not platform.recused(coalesce(r.subject_id, ''));
comment on view review.search is 'The rows of search that exist for whoever the transaction is done for.';

-- A walk along time that stops after so many rows, seen or not: whoever may see little must not make it long.
create function review.search_latest(
    since timestamptz, until timestamptz, after_at timestamptz, after_id text, look integer,
    wanted text[], any_of text[], written text, said text
) returns table (id text, case_id text, of text, at timestamptz, facets text[])
    language sql stable security definer set search_path = '' rows 200 as $$
    with latest as materialized (
        select * from review.search_row r
        where r.at >= coalesce(since, '-infinity') and r.at < coalesce(until, 'infinity')
          and (r.at, r.id) < (coalesce(after_at, 'infinity'), coalesce(after_id, ''))
        order by r.at desc, r.id desc
        limit look
    )
    select l.id, l.case_id, l.of, l.at, l.facets
    from latest l
    where l.facets @> wanted
      and (any_of is null or l.facets && any_of)
      and (written = '' or l.words @@ websearch_to_tsquery('simple', written))
      and (said = '' or l.content @@ websearch_to_tsquery('simple', said))
      and platform.visible(l.restriction, l.region, l.case_id) and not platform.recused(coalesce(l.subject_id, ''))
$$;
comment on function review.search_latest(
    timestamptz, timestamptz, timestamptz, text, integer, text[], text[], text, text
) is 'Those of the next rows in time that match and exist for whoever asks.';

create function review.search_edge(
    since timestamptz, until timestamptz, after_at timestamptz, after_id text, look integer,
    out looked_at integer, out last_at timestamptz, out last_id text
) language sql stable security definer set search_path = '' as $$
    select count(*)::integer, (array_agg(l.at))[count(*)], (array_agg(l.id))[count(*)]
    from (
        select r.at, r.id from review.search_row r
        where r.at >= coalesce(since, '-infinity') and r.at < coalesce(until, 'infinity')
          and (r.at, r.id) < (coalesce(after_at, 'infinity'), coalesce(after_id, ''))
        order by r.at desc, r.id desc
        limit look
    ) l
$$;
comment on function review.search_edge(timestamptz, timestamptz, timestamptz, text, integer) is
    'How far such a walk goes: never told to whoever asks, since the last row may not exist for them.';
revoke execute on function
    review.search_latest(timestamptz, timestamptz, timestamptz, text, integer, text[], text[], text, text),
    review.search_edge(timestamptz, timestamptz, timestamptz, text, integer)
from public;

create function review.case_facets(
    clauses text[], queue text, severity smallint, state text, language text, region text
) returns text[] language sql immutable parallel safe
    return array_remove(
        array['o:case', 'q:' || queue, 's:' || severity, 'z:' || state, 'l:' || language, 'g:' || region]
        || coalesce((select array_agg(distinct 'c:' || one) from unnest(clauses) one), '{}'),
        null
    );
comment on function review.case_facets(text[], text, smallint, text, text, text) is 'What of a case can be asked for by name.';

create function review.search_cases(ids text[]) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
begin
    perform set_config('assize.everything', 'on', true);
    insert into review.search_row (id, case_id, of, at, subject_id, restriction, region, facets, words, content)
    select c.id, c.id, 'case', c.opened_at, c.subject_id, c.restriction, c.region,
           review.case_facets(c.clause_ids, c.queue, c.severity, c.state, c.language, c.region),
           coalesce((select to_tsvector('simple', string_agg(left(n.body, 20000), ' ')) from review.note n
                     where n.case_id = c.id and (n.subject_id is null or n.subject_id = c.subject_id)), ''),
           coalesce((select array_to_tsvector(array_agg(one.lexeme)) from (
               select distinct u.lexeme from review.indexed_text i, unnest(i.words) u where i.case_id = c.id limit 5000
           ) one), '')
    from triage.case c
    where c.id = any(ids)
    on conflict (id) do update
        set subject_id = excluded.subject_id, restriction = excluded.restriction, region = excluded.region,
            facets = excluded.facets, words = excluded.words, content = excluded.content;
    perform set_config('assize.everything', before, true);
end
$$;
comment on function review.search_cases(text[]) is 'Make these cases findable as they are now. Done as the owner: only owner and triggers write search rows.';

create function review.search_decisions(ids text[]) returns void
    language plpgsql security definer set search_path = '' as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
begin
    perform set_config('assize.everything', 'on', true);
    insert into review.search_row (id, case_id, of, at, subject_id, restriction, region, facets, words)
    select d.id, d.case_id, 'decision', d.decided_at, d.subject_id, d.restriction, d.region,
           array_remove(
               array['o:decision', 'r:' || d.reviewer_id, 't:' || d.team_id, 'z:' || d.state, 'v:' || d.verdict,
                     'p:' || d.policy_version_id, 'g:' || d.region, 'q:' || c.queue, 'l:' || c.language,
                     's:' || coalesce(d.assessed, c.severity),
                     'k:' || case when w.kind = 'machine' then 'machine' else 'person' end]
               || coalesce((select array_agg(distinct 'c:' || f.clause_id) from review.finding f
                            where f.decision_id = d.id), '{}')
               || coalesce((select array_agg(distinct 'a:' || i.action_id) from review.disposition i
                            where i.decision_id = d.id and i.action_id is not null), '{}'),
               null
           ),
           d.words || coalesce((select to_tsvector('simple', string_agg(p.principle, ' ')) from review.precedent p
                                where p.decision_id = d.id), '')
    from review.decision d
    left join triage.case c on c.id = d.case_id
    left join workforce.reviewer w on w.id = d.reviewer_id
    where d.id = any(ids)
    on conflict (id) do update
        set subject_id = excluded.subject_id, restriction = excluded.restriction, region = excluded.region,
            facets = excluded.facets, words = excluded.words;
    perform set_config('assize.everything', before, true);
end
$$;
comment on function review.search_decisions(text[]) is 'Make these decisions findable as they are now; like search_cases.';
revoke execute on function review.search_cases(text[]), review.search_decisions(text[]) from public;

-- Opening many cases at once is the busiest: everything that is needed is in the new rows.
create function review.search_opened() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    insert into review.search_row (id, case_id, of, at, subject_id, restriction, region, facets)
    select id, id, 'case', opened_at, subject_id, restriction, region,
           review.case_facets(clause_ids, queue, severity, state, language, region)
    from came;
    return null;
end $$;
create trigger case_is_found after insert on triage.case
    referencing new table as came for each statement execute function review.search_opened();

create function review.search_changed() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    update review.search_row
       set facets = review.case_facets(new.clause_ids, new.queue, new.severity, new.state, new.language, new.region),
           subject_id = new.subject_id
     where id = new.id;
    if old.restriction is distinct from new.restriction or old.region is distinct from new.region then
        update review.search_row
           set restriction = new.restriction, region = new.region,
               facets = array_remove(facets, 'g:' || old.region)
                   || case when new.region is null then '{}'::text[] else array['g:' || new.region] end
         where case_id = new.id and of = 'decision';
        update review.search_row set restriction = new.restriction, region = new.region where id = new.id;
    end if;
    return null;
end $$;
create trigger case_is_found_as_it_is
    after update of clause_ids, queue, provisional, assessed, state, language, region, restriction, subject_id on triage.case
    for each row when (
        (old.clause_ids, old.queue, old.severity, old.state, old.language, old.region, old.restriction, old.subject_id)
        is distinct from
        (new.clause_ids, new.queue, new.severity, new.state, new.language, new.region, new.restriction, new.subject_id)
    ) execute function review.search_changed();

create function review.search_decided() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    perform review.search_decisions(array(select distinct decision_id from came));
    return null;
end $$;
create trigger finding_is_found after insert on review.finding
    referencing new table as came for each statement execute function review.search_decided();
create trigger disposition_is_found after insert on review.disposition
    referencing new table as came for each statement execute function review.search_decided();
create trigger precedent_is_found after insert on review.precedent
    referencing new table as came for each statement execute function review.search_decided();

create function review.search_redecided() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    perform review.search_decisions(array[new.id]);
    return null;
end $$;
create trigger decision_is_found_as_it_is
    after update of state, rationale, assessed, team_id on review.decision
    for each row when (
        (old.state, old.rationale, old.assessed, old.team_id)
        is distinct from (new.state, new.rationale, new.assessed, new.team_id)
    ) execute function review.search_redecided();

create function review.search_written() returns trigger
    language plpgsql security definer set search_path = '' as $$
begin
    perform review.search_cases(array(select distinct case_id from came where case_id is not null));
    return null;
end $$;
create trigger note_is_found after insert on review.note
    referencing new table as came for each statement execute function review.search_written();
create trigger note_is_found_as_it_is after update on review.note
    referencing new table as came for each statement execute function review.search_written();
create trigger note_is_lost after delete on review.note
    referencing old table as came for each statement execute function review.search_written();
create trigger text_is_found after insert on review.indexed_text
    referencing new table as came for each statement execute function review.search_written();
create trigger text_is_lost after delete on review.indexed_text
    referencing old table as came for each statement execute function review.search_written();

select review.search_cases(array(select id from triage.case));
select review.search_decisions(array(select id from review.decision));

-- Saved views --------------------------------------------------------------------------------------------------

create table review.saved_view (
    id text not null,
    owner text not null,
    team_id text,
    name text not null,
    address text not null,
    pinned boolean not null default false,
    made_at timestamptz not null,
    constraint saved_view_pkey primary key (id),
    constraint saved_view_named_once unique (owner, name),
    constraint saved_view_short check (length(name) between 1 and 80 and length(address) <= 2000)
);
create index saved_view_of_team on review.saved_view (team_id) where team_id is not null;
comment on table review.saved_view is 'A search that somebody named, for themselves or for their team.';
comment on column review.saved_view.address is 'The parameters of the search page, as its address has them.';

-- Exports ------------------------------------------------------------------------------------------------------

create table review.export (
    id text not null,
    owner text not null,
    format text not null,
    columns text not null,
    address text not null,
    state text not null,
    started_at timestamptz not null,
    ended_at timestamptz,
    rows bigint not null default 0,
    left_out bigint not null default 0,
    bytes bigint not null default 0,
    sha256 text,
    constraint export_pkey primary key (id),
    constraint export_state check (state in ('running', 'done', 'broken_off'))
);
create index export_by_owner on review.export (owner, id desc);
comment on table review.export is 'What somebody took out: how far it came and the hash of the file.';
comment on column review.export.left_out is 'Rows of cases with an event whose handling class forbids export.';

grant select on review.search_row, review.search to assize_app;
grant execute on function
    review.search_latest(timestamptz, timestamptz, timestamptz, text, integer, text[], text[], text, text),
    review.search_edge(timestamptz, timestamptz, timestamptz, text, integer)
to assize_app;
grant select, insert, update, delete on review.saved_view, review.export to assize_app;
