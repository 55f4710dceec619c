-- add_contact
-- Put somebody on call.
insert into escalation.contact (id, line, name, webhook_url, sealed_secret, email, reviewer_id, created_at)
values (%(id)s, %(line)s, %(name)s, %(webhook_url)s, %(sealed_secret)s, %(email)s, %(reviewer_id)s, %(at)s)

-- remove_contact
-- Take somebody off call; the pages they had stay.
update escalation.contact set removed_at = %(at)s where id = %(id)s and removed_at is null returning id

-- contacts
-- Who is on call, in line.
select id, line, name, webhook_url, sealed_secret, email, reviewer_id
from escalation.contact where removed_at is null order by line, id

-- contacts_with_secret
-- Everybody who has a secret that signs, also who was taken off call, locked.
select id, line, name, webhook_url, sealed_secret, email, reviewer_id
from escalation.contact where sealed_secret is not null order by id for update

-- keep_secret
-- Keep a contact's secret as it was sealed anew.
update escalation.contact set sealed_secret = %(sealed)s where id = %(id)s

-- contact_by_id
-- One contact, also one who was taken off call since.
select id, line, name, webhook_url, sealed_secret, email, reviewer_id from escalation.contact where id = %(id)s

-- add_escalation
-- Escalate a case; nothing is returned where it is escalated already.
insert into escalation.escalation
    (id, case_id, state, owner, due_at, reason, severity, category, restricted, raised_by, raised_at)
values
    (%(id)s, %(case_id)s, 'open', %(owner)s, %(due_at)s, %(reason)s, %(severity)s, %(category)s, %(restricted)s,
     %(raised_by)s, %(raised_at)s)
on conflict (case_id) where state <> 'resolved' do nothing
returning id

-- unresolved_of_case
-- The escalation of a case that is not resolved, locked.
select * from escalation.escalation where case_id = %(case_id)s and state <> 'resolved' for update

-- escalation_by_id
-- One escalation, locked.
select * from escalation.escalation where id = %(id)s for update

-- own_escalation
-- Give an escalation its owner and due time.
update escalation.escalation set owner = %(owner)s, due_at = %(due_at)s, reason = %(reason)s where id = %(id)s

-- acknowledge_escalation
-- Somebody answered; whoever answers owns it, unless somebody owns it already.
update escalation.escalation
set state = 'acknowledged', acknowledged_by = %(by)s, acknowledged_at = %(at)s, owner = coalesce(owner, %(by)s)
where id = %(id)s and state = 'open'
returning *

-- resolve_escalation
-- A person says it is done.
update escalation.escalation set state = 'resolved', resolved_at = %(at)s, outcome = %(outcome)s
where id = %(id)s and state = 'acknowledged'
returning *

-- escalations
-- Escalations, gravest and oldest first where unresolved.
select * from escalation.escalation
where (%(state)s::text is null or state = %(state)s)
  and (%(case_id)s::text is null or case_id = %(case_id)s)
order by state = 'resolved', severity, raised_at
limit %(limit)s

-- to_page
-- Open escalations on which nobody is being paged: new ones, and those whose last page ran out.
select e.*, coalesce(p.number, 0) as paged, p.id as last_page
from escalation.escalation e
left join lateral (
    select id, number, state, passes_on_at from escalation.page
    where escalation_id = e.id order by number desc limit 1) p on true
where e.state = 'open'
  -- Whoever escalates a copy of a known case did right or wrong; nobody is called out of bed for it.
  and not exists (select from triage.case c where c.id = e.case_id and c.sealed)
  and (p.id is null or (p.state in ('sent', 'failed') and p.passes_on_at <= %(at)s))
order by e.severity, e.raised_at
limit %(limit)s
for update of e skip locked

-- mark_restricted
-- The case is under need-to-know by now: pages made from here on name nothing.
update escalation.escalation set restricted = %(restricted)s where id = %(id)s

-- tell_nobody_on_call
-- There was nobody to page; said once.
update escalation.escalation set nobody_on_call = true where id = %(id)s and not nobody_on_call returning id

-- add_page
-- Queue a page.
insert into escalation.page (id, escalation_id, case_id, contact_id, contact_name, number, state, queued_at)
values (%(id)s, %(escalation_id)s, %(case_id)s, %(contact_id)s, %(contact_name)s, %(number)s, 'queued', %(at)s)
on conflict on constraint page_number_once do nothing
returning id

-- pass_on_page
-- Nobody answered this page in time.
update escalation.page set state = 'passed_on' where id = %(id)s and state in ('sent', 'failed')

-- claim_page
-- Lease one queued page for sending, with another link that may answer it.
with due as (
    select p.id from escalation.page p join escalation.escalation e on e.id = p.escalation_id
    where p.state = 'queued' and e.state = 'open' and (p.claimed_until is null or p.claimed_until <= %(at)s)
    order by p.queued_at limit 1
    for update of p skip locked
)
update escalation.page p
set claimed_until = %(until)s, link_hashes = link_hashes || %(link_hash)s::bytea
from due where p.id = due.id
returning p.*

-- settle_page
-- Keep how a page went out. One that was answered meanwhile stays answered.
update escalation.page
set state = %(state)s, sent_at = %(at)s, passes_on_at = %(passes_on_at)s, channels = %(channels)s, problem = %(problem)s,
    claimed_until = null
where id = %(id)s and state = 'queued'
returning id

-- page_by_id
-- One page, locked.
select * from escalation.page where id = %(id)s for update

-- pages
-- Pages, newest first.
select * from escalation.page
where (%(escalation_id)s::text is null or escalation_id = %(escalation_id)s)
order by id desc limit %(limit)s

-- end_pages
-- Somebody answered: this page is acknowledged, the others of the escalation are over, and no link works any more.
update escalation.page
set state = case when id = %(page_id)s then 'acknowledged' else 'over' end, link_hashes = '{}'
where escalation_id = %(escalation_id)s and state in ('queued', 'sent', 'failed', 'passed_on')

-- begin_stamps
-- Keep when a case was first seen.
insert into escalation.stamp (case_id, first_seen_at) values (%(case_id)s, %(first_seen_at)s)
on conflict on constraint stamp_pkey do nothing

-- stamp_aware
-- Stamp the moment somebody became aware, where none was stamped.
update escalation.stamp set aware_at = %(at)s where case_id = %(case_id)s and aware_at is null returning case_id

-- stamp_belief
-- Stamp the moment of reasonable belief, where none was stamped.
update escalation.stamp set reasonable_belief_at = %(at)s
where case_id = %(case_id)s and reasonable_belief_at is null returning case_id

-- stamps_of
-- The moments of a case.
select * from escalation.stamp where case_id = %(case_id)s

-- add_containment
-- Keep that one person acted alone.
insert into escalation.containment (id, case_id, contained_by, reason, state, contained_at, approval_due_at)
values (%(id)s, %(case_id)s, %(contained_by)s, %(reason)s, 'open', %(contained_at)s, %(approval_due_at)s)

-- containment_by_id
-- One containment, locked.
select * from escalation.containment where id = %(id)s for update

-- move_containment
-- Say what became of it.
update escalation.containment set state = %(state)s, seconded_by = %(seconded_by)s
where id = %(id)s and state = 'open' returning id

-- containments_due
-- Containments whose hour is over, locked.
select * from escalation.containment where state = 'open' and approval_due_at <= %(at)s
order by approval_due_at limit %(limit)s for update skip locked

-- containments
-- Containments, those that wait for a second person first.
select * from escalation.containment
where (%(state)s::text is null or state = %(state)s)
order by state <> 'open', approval_due_at desc limit %(limit)s

-- count_escalations
-- How much is open: escalations, those overdue, containments that lapsed, contacts on call.
select
    (select count(*) from escalation.escalation where state = 'open') as escalations_open,
    (select count(*) from escalation.escalation where state <> 'resolved' and due_at < %(at)s) as escalations_overdue,
    (select count(*) from escalation.containment where state = 'open') as containments_open,
    (select count(*) from escalation.contact where removed_at is null) as contacts
