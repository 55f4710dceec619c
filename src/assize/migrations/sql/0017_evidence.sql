-- What the evidence of a case needs: attributes that accounts share, translations that reviewers were shown.

create table intake.subject_attribute (
    subject_id text not null,
    name text not null,
    value_hash text not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    constraint subject_attribute_pkey primary key (subject_id, name, value_hash)
);
create index subject_attribute_shared on intake.subject_attribute (name, value_hash, subject_id);
comment on table intake.subject_attribute is 'Which linking attributes an account was seen with, by the hash of the value: '
    'enough to say that two accounts share a device, and not which device it is.';
comment on column intake.subject_attribute.value_hash is 'BLAKE2b of name and value; the value itself is in the events only.';

alter table intake.subject_attribute enable row level security;
alter table intake.subject_attribute force row level security;
create policy subject_attribute_seen on intake.subject_attribute for select
    using (platform.everything() or exists (select 1 from intake.subject s where s.id = subject_id));
create policy subject_attribute_written on intake.subject_attribute for insert with check (true);
create policy subject_attribute_changed on intake.subject_attribute for update
    using (platform.everything() or exists (select 1 from intake.subject s where s.id = subject_id)) with check (true);
create policy subject_attribute_forgotten on intake.subject_attribute for delete
    using (platform.everything() or exists (select 1 from intake.subject s where s.id = subject_id));
grant select, insert, update, delete on intake.subject_attribute to assize_app;

create table review.translation (
    event_id text not null,
    turn integer not null,
    language text not null,
    case_id text not null,
    body text not null,
    model text not null,
    asked_by text not null,
    at timestamptz not null,
    constraint translation_pkey primary key (event_id, turn, language)
);
create index translation_by_case on review.translation (case_id, asked_by);
comment on table review.translation is 'Turns translated by a machine for whoever asked; gone with the content they are made of.';

alter table review.translation enable row level security;
alter table review.translation force row level security;
create policy translation_seen on review.translation
    using (exists (select from triage.case c where c.id = case_id)
           and exists (select from intake.event e where e.id = event_id));
grant select, insert, update, delete on review.translation to assize_app;

-- The newest cases of somebody, without reading all of them.
drop index triage.case_subject_by_subject;
create index case_subject_newest on triage.case_subject (subject_id, case_id desc);

-- What somebody reported themselves.
create index reporter_by_ref on intake.reporter (ref);
