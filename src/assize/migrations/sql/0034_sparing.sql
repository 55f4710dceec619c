-- What hard content somebody opened lately, by hour, so that it is read with the sign-in and handing out work asks nothing more.

alter table workforce.reviewer add column exposed jsonb not null default '{}';
comment on column workforce.reviewer.exposed is
    'Points of hard content opened lately, by hour; shown to nobody but the reviewer. Openings themselves are what counts.';
