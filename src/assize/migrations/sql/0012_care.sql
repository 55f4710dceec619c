-- How people want hard content shown, and what they set aside.

alter table workforce.reviewer
    add column look jsonb not null default '{}',
    add column respites jsonb not null default '{}';
comment on column workforce.reviewer.look is 'Theme, greyscale, blur, text only, folded text: a choice of comfort, the reviewer''s own.';
comment on column workforce.reviewer.respites is 'Families set aside and breaks, each until a time; shown to nobody but the reviewer.';

create index opening_by_reviewer on review.opening (reviewer_id, opened_at);
