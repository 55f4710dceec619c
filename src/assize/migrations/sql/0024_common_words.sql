-- Similar cases are found by their rarer words: a word that thousands of cases share tells nothing and costs a walk
-- through all of them. How common a word is, the database has in its statistics, for which row security lets only the
-- owner ask.

create function review.common_words(given text[], beyond integer) returns text[]
    language sql stable security definer set search_path = '' as $$
    select coalesce(array_agg(distinct known.word), '{}')
    from pg_catalog.pg_stats s
    join pg_catalog.pg_class c on c.oid = 'review.search_row'::regclass
    cross join unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs) known (word, share)
    where s.schemaname = 'review' and s.tablename = 'search_row' and s.attname = 'content'
      and known.word = any(given) and known.share * c.reltuples > beyond
$$;
comment on function review.common_words(text[], integer) is
    'Those of the given words that more cases have, by the last statistics. Tells of no row.';
revoke execute on function review.common_words(text[], integer) from public;
grant execute on function review.common_words(text[], integer) to assize_app;

-- What is indexed of a case is gathered whenever the case is decided or a note is written.
create index indexed_text_by_case on review.indexed_text (case_id);
