-- How many people judge a case independently before a decision of it stands, by severity.

create table review.independence (
    severity smallint not null,
    reviews smallint not null,
    set_by text not null,
    set_at timestamptz not null,
    constraint independence_pkey primary key (severity),
    constraint independence_severity check (severity between 0 and 4),
    constraint independence_reviews check (reviews between 1 and 3)
);
comment on table review.independence is 'From how many independent reviews a decision of this severity stands; one where nothing is set.';
grant select, insert, update, delete on review.independence to assize_app;

-- The few cases that wait for another independent look: what was decided of them is hidden from whoever may be asked.
create index task_independent on review.task (case_id)
    where kind = 'independent_look' and state in ('open', 'claimed', 'held');
