-- lock_publishing
-- Let one publish or propose at a time, so that "the first" and "the newest" mean something.
select pg_advisory_xact_lock(hashtextextended('assize policy publishing', 0))

-- newest
-- Return the id of the version in force.
select id from policy.version order by published_at desc, id desc limit 1

-- version
-- Return one version with its body.
select id, hash, body, bootstrap, proposed_by, published_by, published_at
from policy.version where id = %(id)s

-- versions
-- List what was published, the newest first, without bodies.
select id, name, version, hash, clause_count, reason, bootstrap, published_by, published_at, proposed_by
from policy.version order by published_at desc, id desc

-- add_version
-- Publish.
insert into policy.version
    (id, name, version, hash, body, clause_count, reason, bootstrap, proposed_by, published_by, published_at)
values (
    %(id)s, %(name)s, %(version)s, %(hash)s, %(body)s, %(clause_count)s, %(reason)s, %(bootstrap)s, %(proposed_by)s,
    %(published_by)s, %(at)s
)

-- add_proposal
-- Keep a proposal.
insert into policy.proposal (id, name, version, hash, body, reason, proposed_by, proposed_at)
values (%(id)s, %(name)s, %(version)s, %(hash)s, %(body)s, %(reason)s, %(proposed_by)s, %(at)s)

-- open_proposals
-- List proposals that wait, the oldest first.
select id, name, version, hash, reason, proposed_by, proposed_at, settled_at
from policy.proposal where settled_at is null order by proposed_at, id

-- open_proposal
-- Return a waiting proposal by its id or by the hash of its pack, and hold it.
select id, name, version, hash, body, reason, proposed_by, proposed_at
from policy.proposal
where settled_at is null and (id = %(id)s::text or hash = %(hash)s::text)
order by proposed_at, id limit 1 for update

-- settle_proposal
-- Note how a proposal ended.
update policy.proposal set settled_at = %(at)s, settled_by = %(by)s, outcome = %(outcome)s where id = %(id)s

-- start_draft
-- Keep the files of a version as the beginning of a draft.
insert into policy.draft (id, base_version_id, title, state, files, revision, started_by, started_at, changed_by, changed_at)
values (%(id)s, %(base)s, %(title)s, 'open', %(files)s, 0, %(by)s, %(at)s, %(by)s, %(at)s)

-- drafts
-- List drafts, those last written in first, without their files.
select id, base_version_id, title, state, revision, started_by, started_at, changed_by, changed_at, proposal_id
from policy.draft order by changed_at desc, id desc limit %(limit)s

-- draft
-- One draft with the files it began from.
select id, base_version_id, title, state, revision, started_by, started_at, changed_by, changed_at, proposal_id, files
from policy.draft where id = %(id)s

-- draft_for_change
-- One draft, held until the end of the transaction.
select id, base_version_id, title, state, revision, started_by, started_at, changed_by, changed_at, proposal_id, files
from policy.draft where id = %(id)s for update

-- written_files
-- The newest text of each file that was written in a draft.
select distinct on (file) file, revision, text, written_by, written_at
from policy.draft_revision where draft_id = %(draft_id)s order by file, revision desc

-- draft_history
-- What was written in a draft, the newest first, without the texts.
select revision, file, length(text) as characters, written_by, written_at
from policy.draft_revision where draft_id = %(draft_id)s order by revision desc limit %(limit)s

-- write_file
-- Keep a text of a file of a draft.
insert into policy.draft_revision (draft_id, revision, file, text, written_by, written_at)
values (%(draft_id)s, %(revision)s, %(file)s, %(text)s, %(by)s, %(at)s)

-- draft_written
-- Note that a draft was written in.
update policy.draft set revision = %(revision)s, changed_by = %(by)s, changed_at = %(at)s where id = %(draft_id)s

-- move_draft
-- Give a draft another state.
update policy.draft set state = %(state)s, changed_by = %(by)s, changed_at = %(at)s,
    proposal_id = coalesce(%(proposal_id)s::text, proposal_id)
where id = %(draft_id)s

-- move_draft_of
-- Give the draft behind a proposal another state; there may be none.
update policy.draft set state = %(state)s, changed_by = %(by)s, changed_at = %(at)s
where proposal_id = %(proposal_id)s and state = 'proposed'
