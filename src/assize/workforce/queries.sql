-- add_team
-- Add a team.
insert into workforce.team (id, name, vendor, created_at) values (%(id)s, %(name)s, %(vendor)s, %(at)s)

-- teams
-- Every team by name.
select id, name, vendor, created_at, calm_every from workforce.team order by name

-- set_calm
-- Keep how often a team wants a calmer case.
update workforce.team set calm_every = %(every)s where id = %(id)s

-- add_reviewer
-- Add somebody who decides.
insert into workforce.reviewer (id, kind, name, email, team_id, roles, skills, view, compartments, password, created_at)
values (%(id)s, %(kind)s, %(name)s, %(email)s, %(team_id)s, %(roles)s, %(skills)s, %(view)s, %(compartments)s,
        %(password)s, %(at)s)

-- reviewers
-- Reviewers with their team, one, some or all of them.
select r.id, r.kind, r.name, r.email, r.team_id, coalesce(t.vendor, false) as vendor, t.calm_every, r.roles, r.skills,
       r.view, r.compartments, r.active, r.created_at, r.password, r.look, r.respites, r.exposed, r.build,
       (select jsonb_agg(to_jsonb(c) order by c.opened_at, c.id) from workforce.certificate c
        where c.reviewer_id = r.id and c.state <> 'ended') as certificates,
       (select array_agg(w.about) from workforce.withheld w
        where w.reviewer_id = r.id and (w.until is null or w.until > clock_timestamp())) as withheld
from workforce.reviewer r left join workforce.team t on t.id = r.team_id
where (%(id)s::text is null or r.id = %(id)s)
  and (%(email)s::text is null or r.email = %(email)s)
  and (%(name)s::text is null or r.name = %(name)s)
  and (%(kind)s::text is null or r.kind = %(kind)s)
  and (not %(active_only)s or r.active)
order by r.name, r.id

-- change_reviewer
-- Change what somebody may do and see; what is null stays.
update workforce.reviewer
set roles = coalesce(%(roles)s, roles), skills = coalesce(%(skills)s, skills), view = coalesce(%(view)s, view),
    compartments = coalesce(%(compartments)s, compartments), active = coalesce(%(active)s, active),
    team_id = case when %(team)s::text is null then team_id else nullif(%(team)s, '') end
where id = %(id)s

-- set_look
-- Keep how somebody wants pages shown.
update workforce.reviewer set look = %(look)s where id = %(id)s

-- set_respites
-- Keep what somebody has set aside, and until when.
update workforce.reviewer set respites = %(respites)s where id = %(id)s

-- charge
-- Add points to an hour of what somebody opened, and let go of hours before a time.
update workforce.reviewer set exposed = (
    select jsonb_object_agg(hour, points)
    from (
        select hour, sum(points) as points
        from (
            select key as hour, value::integer as points from jsonb_each_text(exposed) where key::timestamptz >= %(since)s
            union all select %(hour)s, %(points)s::integer
        ) each
        group by hour
    ) kept
)
where id = %(id)s

-- set_password
-- Set the hash of a new password.
update workforce.reviewer set password = %(password)s where id = %(id)s

-- add_session
-- Keep a sign-in.
insert into workforce.session (token_hash, reviewer_id, started_at, seen_at, ends_at)
values (%(token_hash)s, %(reviewer_id)s, %(at)s, %(at)s, %(ends_at)s)

-- session
-- The reviewer of a session that has not ended.
select reviewer_id, seen_at from workforce.session where token_hash = %(token_hash)s and ends_at > %(at)s

-- end_session
-- Sign out.
delete from workforce.session where token_hash = %(token_hash)s returning reviewer_id

-- end_sessions_of
-- Sign somebody out everywhere.
delete from workforce.session where reviewer_id = %(reviewer_id)s

-- forget_sessions
-- Drop sessions, tries and what was withheld for a while, where they are over.
with gone as (delete from workforce.sign_in_try where tried_at < %(at)s - interval '1 day'),
back as (delete from workforce.withheld where until < %(at)s)
delete from workforce.session where ends_at < %(at)s

-- tries
-- Failed sign-ins under a name since a time.
select tried_at from workforce.sign_in_try where who = %(who)s and tried_at > %(since)s

-- add_tries
-- Remember a failed sign-in.
insert into workforce.sign_in_try (who, tried_at) select unnest(%(who)s::text[]), %(at)s

-- forget_tries
-- A sign-in that succeeded clears the name's tries.
delete from workforce.sign_in_try where who = any(%(who)s)

-- add_key
-- Keep an API key.
insert into workforce.api_key (id, name, secret_hash, reviewer_id, rights, created_at, created_by)
values (%(id)s, %(name)s, %(secret_hash)s, %(reviewer_id)s, %(rights)s, %(at)s, %(by)s)

-- key_by_secret
-- A key that was not revoked, by the hash of its secret.
select id, name, reviewer_id, rights, created_at, revoked_at
from workforce.api_key where secret_hash = %(secret_hash)s and revoked_at is null

-- keys
-- Every key, newest first, without its secret.
select id, name, reviewer_id, rights, created_at, revoked_at from workforce.api_key order by id desc

-- revoke_key
-- Revoke a key for good.
update workforce.api_key set revoked_at = %(at)s where id = %(id)s and revoked_at is null

-- count_refusal
-- Count a refusal; answers 1 for the first of its minute.
insert into workforce.refusal (actor, right_asked, minute, times)
values (%(actor)s, %(right)s, date_trunc('minute', %(at)s::timestamptz), 1)
on conflict on constraint refusal_pkey do update set times = workforce.refusal.times + 1
returning times

-- names
-- The names of people and machines who decide here, or of some; only raters who never sign in have to be asked for.
select id, name, kind, team_id from workforce.reviewer
where case when %(ids)s::text[] is null then kind <> 'past' else id = any(%(ids)s) end
order by name, id

-- last_here
-- When somebody last did anything, signing out included, before they signed in this time.
select before.occurred_at
from (
    select id from platform.fact where actor = %(reviewer_id)s and kind = 'SignedIn' order by id desc limit 1
) now_in
join lateral (
    select f.occurred_at from platform.fact f
    where f.actor = %(reviewer_id)s and f.id < now_in.id order by f.id desc limit 1
) before on true

-- save_shift_draft
-- Keep what somebody has typed of their shift's note.
insert into workforce.shift_note (id, author, body, saved_at) values (%(id)s, %(author)s, %(body)s, %(at)s)
on conflict (author) where signed_at is null do update set body = excluded.body, saved_at = excluded.saved_at

-- shift_draft
-- The note that somebody has begun and not signed.
select id, author, body, drafted, saved_at, signed_at from workforce.shift_note
where author = %(author)s and signed_at is null

-- sign_shift
-- Sign the note that somebody has begun.
update workforce.shift_note set drafted = %(drafted)s, signed_at = %(at)s
where author = %(author)s and signed_at is null
returning id

-- shift_notes
-- Signed notes, the latest first.
select id, author, body, drafted, saved_at, signed_at from workforce.shift_note
where signed_at is not null and (%(id)s::text is null or id = %(id)s)
order by signed_at desc, id desc
limit %(limit)s

-- shift_note_reads
-- Who took notes over, in order.
select shift_note_id, reviewer_id, read_at from workforce.shift_note_read
where shift_note_id = any(%(ids)s) order by shift_note_id, read_at

-- acknowledge_shift_note
-- Somebody took a note over; touches nothing where they did before.
insert into workforce.shift_note_read (shift_note_id, reviewer_id, read_at) values (%(id)s, %(reviewer_id)s, %(at)s)
on conflict on constraint shift_note_read_pkey do nothing

-- add_lever_pull
-- Pull a lever; nothing is returned where it is pulled already.
insert into workforce.lever_pull (id, lever, reach, reason, pulled_by, pulled_at, until)
values (%(id)s, %(lever)s, %(reach)s, %(reason)s, %(by)s, %(at)s, %(until)s)
on conflict (lever, reach) where ended_at is null do nothing
returning id

-- levers_pulled
-- Every pull, the latest first, with the name of who did it.
select p.*, coalesce(r.name, p.pulled_by) as by_name from workforce.lever_pull p
left join workforce.reviewer r on r.id = p.pulled_by order by p.id desc limit %(limit)s

-- levers_not_ended
-- Pulls that nobody ended; whether their time is over is for whoever reads.
select p.*, coalesce(r.name, p.pulled_by) as by_name from workforce.lever_pull p
left join workforce.reviewer r on r.id = p.pulled_by where p.ended_at is null order by p.id

-- lever_was_pulled
-- Whether a lever that knows no parts was in force at a moment, by the clock.
select exists (
    select from workforce.lever_pull
    where lever = %(lever)s and pulled_at <= %(at)s and %(at)s < least(until, coalesce(ended_at, until))
) as pulled

-- end_lever
-- End one pull early.
update workforce.lever_pull set ended_at = %(at)s, ended_by = %(by)s where id = %(id)s and ended_at is null returning *

-- end_levers
-- End the pulls whose time is over.
update workforce.lever_pull set ended_at = until where ended_at is null and until <= %(at)s returning *

-- insert_certificate
-- Open a certificate.
insert into workforce.certificate (
    id, reviewer_id, basis, family, action, languages, queues, gravest, state, since, why, opened_by, opened_at, evidence_since,
    approver, expires_at, policy_version_id, build, words, alpha, delta, audit_rate, trial, errors, audits, log_evidence
) values (
    %(id)s, %(reviewer_id)s, %(basis)s, %(family)s, %(action)s, %(languages)s, %(queues)s, %(gravest)s, %(state)s, %(since)s,
    %(why)s, %(opened_by)s, %(opened_at)s, %(evidence_since)s, %(approver)s, %(expires_at)s, %(policy_version_id)s, %(build)s,
    %(words)s, %(alpha)s, %(delta)s, %(audit_rate)s, %(trial)s, %(errors)s, %(audits)s, %(log_evidence)s
)

-- save_certificate
-- Write what changes in the life of a certificate; whose it is and what it is for never does.
update workforce.certificate
set state = %(state)s, since = %(since)s, why = %(why)s, evidence_since = %(evidence_since)s, approver = %(approver)s,
    expires_at = %(expires_at)s, policy_version_id = %(policy_version_id)s, build = %(build)s, words = %(words)s,
    alpha = %(alpha)s, delta = %(delta)s, audit_rate = %(audit_rate)s, trial = %(trial)s, errors = %(errors)s, audits = %(audits)s,
    log_evidence = %(log_evidence)s
where id = %(id)s

-- certificates
-- Certificates, the latest step first.
select c.*
from workforce.certificate c
where (%(ids)s::text[] is null or c.id = any(%(ids)s))
  and (%(reviewer_id)s::text is null or c.reviewer_id = %(reviewer_id)s)
  and (%(states)s::text[] is null or c.state = any(%(states)s))
  and (%(machines)s::boolean is null
       or %(machines)s = exists (select 1 from workforce.reviewer r where r.id = c.reviewer_id and r.kind = 'machine'))
order by c.since desc, c.id
limit %(limit)s

-- lock_certificate
-- One certificate, that nobody else changes until the end of the transaction.
select * from workforce.certificate where id = %(id)s for update

-- certificates_expired
-- Certificates whose time is over and that still say that something may be decided.
select * from workforce.certificate
where expires_at <= %(at)s and state in ('assist', 'alone')
order by expires_at
limit %(limit)s
for update skip locked

-- next_trial
-- Which application against the budget of error the next one is. Two at once can't have one number.
select coalesce(max(trial), 0) + 1 as trial from workforce.certificate

-- insert_certificate_step
-- Keep a step in the life of a certificate.
insert into workforce.certificate_step (id, certificate_id, before, after, why, note, by, at)
values (%(id)s, %(certificate_id)s, %(before)s, %(after)s, %(why)s, %(note)s, %(by)s, %(at)s)

-- certificate_steps
-- The steps in the life of a certificate, in order.
select id, certificate_id, before, after, why, note, by, at
from workforce.certificate_step where certificate_id = %(certificate_id)s order by at, id

-- certificate_notices
-- The steps of somebody's certificates that they have not read, the latest first.
select s.id, s.certificate_id, s.before, s.after, s.why, s.note, s.by, s.at
from workforce.certificate c join workforce.certificate_step s on s.certificate_id = c.id
where c.reviewer_id = %(reviewer_id)s and s.by <> %(reviewer_id)s and s.why not in ('kept', 'role')
  and not exists (select 1 from workforce.certificate_step_read r where r.step_id = s.id and r.reviewer_id = %(reviewer_id)s)
order by s.at desc, s.id desc
limit 50

-- read_certificate_step
-- Somebody read the notice of a step of theirs; again it changes nothing.
insert into workforce.certificate_step_read (step_id, reviewer_id, read_at)
select s.id, %(reviewer_id)s, %(at)s
from workforce.certificate_step s join workforce.certificate c on c.id = s.certificate_id
where s.id = %(step_id)s and c.reviewer_id = %(reviewer_id)s
on conflict on constraint certificate_step_read_pkey do nothing

-- set_build
-- Keep what a machine says it is made of.
update workforce.reviewer set build = %(build)s where id = %(id)s and kind = 'machine'

-- add_announcement
-- Publish the next version of a series.
insert into workforce.announcement
    (id, series, version, kind, title, body, teams, roles, clauses, due_at, author, published_at)
select %(id)s, %(series)s,
    (select coalesce(max(version), 0) + 1 from workforce.announcement where series = %(series)s),
    %(kind)s, %(title)s, %(body)s, %(teams)s, %(roles)s, %(clauses)s, %(due_at)s, %(author)s, %(at)s
returning version

-- end_announcement
-- Put a version out of force; nothing is returned where it was already.
update workforce.announcement set ended_at = %(at)s, ended_by = %(by)s
where id = %(id)s and ended_at is null
returning series

-- announcements
-- Versions, the latest first, with when somebody said that they have read each.
select a.id, a.series, a.version, a.kind, a.title, a.body, a.teams, a.roles, a.clauses, a.due_at, a.author,
    a.published_at, a.ended_at, r.read_at
from workforce.announcement a
left join workforce.announcement_read r on r.announcement_id = a.id and r.reviewer_id = %(reader)s
where (%(id)s::text is null or a.id = %(id)s)
  and (%(series)s::text is null or a.series = %(series)s)
  and (%(ended)s or a.ended_at is null)
order by a.published_at desc, a.id desc
limit %(limit)s

-- acknowledge_announcement
-- Somebody has read a version; touches nothing where they said so before.
insert into workforce.announcement_read (announcement_id, reviewer_id, read_at) values (%(id)s, %(reviewer_id)s, %(at)s)
on conflict on constraint announcement_read_pkey do nothing

-- announcement_reads
-- Who has read a version.
select reviewer_id, read_at from workforce.announcement_read where announcement_id = %(id)s order by read_at
