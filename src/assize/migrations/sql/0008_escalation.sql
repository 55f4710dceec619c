-- Who else must know, by when: on-call contacts, escalations, pages, moments that can't be changed, acts of one person.

create schema escalation;
comment on schema escalation is 'On-call contacts, escalations, pages, stamps, containments.';
grant usage on schema escalation to assize_app;

create table escalation.contact (
    id text not null,
    line integer not null,
    name text not null,
    webhook_url text,
    webhook_secret text,
    email text,
    reviewer_id text,
    created_at timestamptz not null,
    removed_at timestamptz,
    constraint contact_pkey primary key (id),
    constraint contact_reachable check (webhook_url is not null or email is not null),
    constraint contact_webhook_signed check (webhook_url is null or webhook_secret is not null)
);
create index contact_in_line on escalation.contact (line, id) where removed_at is null;
comment on table escalation.contact is 'Who is on call, in which order.';
comment on column escalation.contact.line is 'Lowest is paged first; after the last, the first again.';
comment on column escalation.contact.webhook_secret is 'Signs what is sent to the webhook. Never shown.';
grant select, insert, update on escalation.contact to assize_app;

create table escalation.escalation (
    id text not null,
    case_id text not null,
    state text not null,
    owner text,
    due_at timestamptz not null,
    reason text not null,
    severity smallint not null,
    category text not null,
    restricted boolean not null,
    nobody_on_call boolean not null default false,
    raised_by text not null,
    raised_at timestamptz not null,
    acknowledged_by text,
    acknowledged_at timestamptz,
    resolved_at timestamptz,
    outcome text,
    constraint escalation_pkey primary key (id),
    constraint escalation_state check (state in ('open', 'acknowledged', 'resolved'))
);
create unique index escalation_one_unresolved on escalation.escalation (case_id) where state <> 'resolved';
create index escalation_open on escalation.escalation (raised_at) where state = 'open';
comment on table escalation.escalation is 'A case that somebody must know of and own. One unresolved at a time; never resolved by itself.';
comment on column escalation.escalation.reason is 'Why, in words. Stays here: never in a page, a fact or a log.';
comment on column escalation.escalation.restricted is 'Whether the case was under need-to-know when a page was made: then the page names nothing.';

create table escalation.page (
    id text not null,
    escalation_id text not null,
    case_id text not null,
    contact_id text not null,
    contact_name text not null,
    number integer not null,
    state text not null,
    queued_at timestamptz not null,
    claimed_until timestamptz,
    sent_at timestamptz,
    passes_on_at timestamptz,
    channels text[] not null default '{}',
    problem text,
    link_hashes bytea[] not null default '{}',
    constraint page_pkey primary key (id),
    constraint page_number_once unique (escalation_id, number),
    constraint page_escalation foreign key (escalation_id) references escalation.escalation (id),
    constraint page_contact foreign key (contact_id) references escalation.contact (id),
    constraint page_state check (state in ('queued', 'sent', 'failed', 'acknowledged', 'passed_on', 'over'))
);
create index page_queued on escalation.page (queued_at) where state = 'queued';
create index page_passing on escalation.page (passes_on_at) where state in ('sent', 'failed');
create index page_by_case on escalation.page (case_id);
comment on table escalation.page is 'One contact asked to answer. number: 1 for the first of an escalation.';
comment on column escalation.page.link_hashes is 'SHA-256 of the tokens of the links that were sent, one a try; emptied once one is used.';

create table escalation.stamp (
    case_id text not null,
    first_seen_at timestamptz not null,
    aware_at timestamptz,
    reasonable_belief_at timestamptz,
    constraint stamp_pkey primary key (case_id)
);
comment on table escalation.stamp is 'The moments from which duties may run. Each is written once and can''t be changed.';
comment on column escalation.stamp.aware_at is 'When a person first opened the content, or answered a page.';
comment on column escalation.stamp.reasonable_belief_at is 'When a decision that found a violation first stood, or a person said so.';

create function escalation.keep_stamps() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or new.case_id <> old.case_id or new.first_seen_at <> old.first_seen_at
        or (old.aware_at is not null and new.aware_at is distinct from old.aware_at)
        or (old.reasonable_belief_at is not null and new.reasonable_belief_at is distinct from old.reasonable_belief_at)
    then
        raise exception 'a stamped moment is written once' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
comment on function escalation.keep_stamps() is 'Lets a moment be stamped where none was, and nothing else.';
create trigger stamps_are_written_once before update or delete on escalation.stamp
    for each row execute function escalation.keep_stamps();
create trigger stamps_are_not_truncated before truncate on escalation.stamp
    for each statement execute function platform.forbid_change();

create table escalation.containment (
    id text not null,
    case_id text not null,
    contained_by text not null,
    reason text not null,
    state text not null,
    contained_at timestamptz not null,
    approval_due_at timestamptz not null,
    seconded_by text,
    constraint containment_pkey primary key (id),
    constraint containment_state check (state in ('open', 'seconded', 'taken_over', 'ended', 'lapsed')),
    constraint containment_second_differs check (seconded_by is null or seconded_by <> contained_by)
);
create index containment_due on escalation.containment (approval_due_at) where state = 'open';
create index containment_by_case on escalation.containment (case_id);
comment on table escalation.containment is 'One person acted alone and at once; the id is the enforcement''s. Reversed unless somebody seconds it in time.';

do $$
declare
    t text;
begin
    foreach t in array array['escalation', 'page', 'stamp', 'containment'] loop
        execute format('alter table escalation.%I enable row level security', t);
        execute format('alter table escalation.%I force row level security', t);
        execute format('create policy of_visible_cases on escalation.%I using (enforcement.case_visible(case_id))', t);
        execute format('grant select, insert, update on escalation.%I to assize_app', t);
    end loop;
end $$;
