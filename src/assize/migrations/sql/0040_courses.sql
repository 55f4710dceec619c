-- Courses: sections of the policy to read and known cases to judge, passed by a bound on the error.

create table quality.course (
    id text not null,
    version integer not null,
    title text not null,
    family text not null,
    sections text[] not null,
    words jsonb not null,
    policy_version_id text not null,
    n integer not null,
    bound double precision not null,
    confidence double precision not null,
    published_by text not null,
    published_at timestamptz not null,
    ended_at timestamptz,
    constraint course_pkey primary key (id),
    constraint course_version unique (family, version),
    constraint course_n check (n between 1 and 500),
    constraint course_bound check (bound > 0 and bound < 1 and confidence > 0.5 and confidence < 1)
);
create unique index course_in_force on quality.course (family) where ended_at is null;
comment on table quality.course is 'What somebody learns before they are appointed for a family of clauses: a version stays as it is.';
comment on column quality.course.words is 'The hash of the words of each section: whoever passed them passed these.';
comment on column quality.course.n is 'How many known cases are judged; bound: the error that passing shows they stay under, at this confidence.';
grant select, insert on quality.course to assize_app;
grant update (ended_at) on quality.course to assize_app;

create table quality.course_taken (
    id text not null,
    course_id text not null,
    reviewer_id text not null,
    because text not null,
    sections text[] not null,
    sections_read text[] not null default '{}',
    drawn boolean not null default false,
    opened_by text not null,
    opened_at timestamptz not null,
    due_at timestamptz not null,
    state text not null default 'open',
    answered integer,
    errors integer,
    reached double precision,
    ended_at timestamptz,
    constraint course_taken_pkey primary key (id),
    constraint course_taken_course foreign key (course_id) references quality.course (id),
    constraint course_taken_because check (because in ('enrolled', 'words-changed')),
    constraint course_taken_state check (state in ('open', 'passed', 'failed', 'withdrawn')),
    constraint course_taken_ended check ((state = 'open') = (ended_at is null))
);
create unique index course_taken_once on quality.course_taken (course_id, reviewer_id) where state = 'open';
create index course_taken_by_reviewer on quality.course_taken (reviewer_id, id);
comment on table quality.course_taken is 'Somebody on their way through a course, and how it ended.';
comment on column quality.course_taken.sections is 'What is to be read: all of it, or what changed since they passed.';
comment on column quality.course_taken.reached is 'The upper bound of their error that the answers show.';

create table quality.course_item (
    id text not null,
    taken_id text not null,
    ordinal integer not null,
    golden_id text not null,
    case_id text not null,
    subject_id text,
    label_id text,
    is_right boolean,
    answered_at timestamptz,
    restriction text,
    region text,
    constraint course_item_pkey primary key (id),
    constraint course_item_taken foreign key (taken_id) references quality.course_taken (id),
    constraint course_item_golden foreign key (golden_id) references quality.golden (id),
    constraint course_item_label foreign key (label_id) references quality.label (id),
    constraint course_item_once unique (taken_id, golden_id),
    constraint course_item_answered check ((label_id is null) = (is_right is null) and (label_id is null) = (answered_at is null))
);
create index course_item_by_case on quality.course_item (case_id);
comment on table quality.course_item is 'A known case that somebody judges in a course.';

alter table quality.course_taken enable row level security;
alter table quality.course_taken force row level security;
create policy kept_from_measured on quality.course_taken using (platform.measuring());
alter table quality.course_item enable row level security;
alter table quality.course_item force row level security;
create policy kept_from_measured on quality.course_item
    using (platform.measuring() and platform.visible(restriction, region, case_id)
        and not platform.recused(coalesce(subject_id, '')));

create function quality.judging(whose text) returns setof text language plpgsql as $$
declare
    before_it text := coalesce(current_setting('assize.measuring', true), '');
begin
    perform set_config('assize.measuring', 'on', true);
    return query
        select distinct i.case_id
        from quality.course_taken t join quality.course_item i on i.taken_id = t.id and i.label_id is null
        where t.reviewer_id = whose and t.state = 'open';
    perform set_config('assize.measuring', before_it, true);
end $$;
comment on function quality.judging(text) is 'The cases that somebody is to judge in courses now: blind to them wherever they are shown.';

create or replace function quality.follow_case() returns trigger language plpgsql as $$
declare
    before text := coalesce(current_setting('assize.everything', true), '');
    t text;
begin
    -- Whoever restricts a case may not see the compartment it goes to, nor what is measured; the rows go all the same.
    perform set_config('assize.everything', 'on', true);
    foreach t in array array[
        'draw', 'audit', 'label', 'comparison', 'adjudication', 'golden', 'placement', 'course_item'
    ] loop
        execute format('update quality.%I set restriction = $1, region = $2 where case_id = $3', t)
            using new.restriction, new.region, new.id;
    end loop;
    perform set_config('assize.everything', before, true);
    return null;
end $$;

grant select, insert, update on quality.course_taken, quality.course_item to assize_app;
