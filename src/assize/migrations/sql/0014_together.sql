-- Working together: who was named in a note, who is on a case, what one shift tells the next; who set a task aside.

create table review.mention (
    note_id text not null,
    reviewer_id text not null,
    case_id text,
    mentioned_at timestamptz not null,
    read_at timestamptz,
    constraint mention_pkey primary key (note_id, reviewer_id),
    constraint mention_note foreign key (note_id) references review.note (id)
);
create index mention_unread on review.mention (reviewer_id, note_id) where read_at is null;
comment on table review.mention is 'Who was named in a note by @name, and when they read it.';

create unlogged table review.presence (
    case_id text not null,
    reviewer_id text not null,
    seen_at timestamptz not null,
    constraint presence_pkey primary key (case_id, reviewer_id)
);
comment on table review.presence is 'Who has a case on their screen, by a sign of life each 20 seconds. Unlogged: a crash forgets it.';

alter table review.mention enable row level security;
alter table review.mention force row level security;
create policy mention_seen on review.mention using (exists (select from review.note n where n.id = note_id));
alter table review.presence enable row level security;
alter table review.presence force row level security;
create policy presence_seen on review.presence using (triage.case_seen(case_id));
grant select, insert, update, delete on review.mention, review.presence to assize_app;

alter table review.task add column held_by text;
create index task_held_by on review.task (held_by, held_until) where state = 'held';
create index task_assigned on review.task (assigned_to, order_key, id) where assigned_to is not null and state in ('open', 'held');
comment on column review.task.held_by is 'Who set it aside; null otherwise.';

create table workforce.shift_note (
    id text not null,
    author text not null,
    body text not null,
    drafted jsonb not null default '[]',
    saved_at timestamptz not null,
    signed_at timestamptz,
    constraint shift_note_pkey primary key (id),
    constraint shift_note_author foreign key (author) references workforce.reviewer (id)
);
create unique index shift_note_one_draft on workforce.shift_note (author) where signed_at is null;
create index shift_note_signed on workforce.shift_note (signed_at desc) where signed_at is not null;
comment on table workforce.shift_note is 'What a shift tells the next: drafted from the facts, finished and signed by a person.';
comment on column workforce.shift_note.body is 'What a person typed; kept while they type.';
comment on column workforce.shift_note.drafted is 'Lines from the facts as they were at signing: text, address, and the case each is about. '
    'A line of a case is read only by whoever may see the case.';

create table workforce.shift_note_read (
    shift_note_id text not null,
    reviewer_id text not null,
    read_at timestamptz not null,
    constraint shift_note_read_pkey primary key (shift_note_id, reviewer_id),
    constraint shift_note_read_of foreign key (shift_note_id) references workforce.shift_note (id)
);
comment on table workforce.shift_note_read is 'Who took a note over, and when.';
grant select, insert, update, delete on workforce.shift_note, workforce.shift_note_read to assize_app;
