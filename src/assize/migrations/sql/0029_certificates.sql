-- Certificates: what each reviewer, person or machine, may decide alone, and every step by which they came to it.

alter table workforce.reviewer add column build jsonb;
comment on column workforce.reviewer.build is 'Of a machine: the hashes of model and prompt that it says it is made of.';

create table workforce.certificate (
    id text not null,
    reviewer_id text not null,
    basis text not null,
    family text not null,
    action text not null,
    languages text[],
    queues text[],
    gravest smallint not null default 0,
    state text not null,
    since timestamptz not null,
    why text not null,
    opened_by text not null,
    opened_at timestamptz not null,
    evidence_since timestamptz not null,
    approver text,
    expires_at timestamptz,
    policy_version_id text,
    build jsonb,
    words jsonb not null default '{}',
    alpha double precision,
    delta double precision,
    trial integer,
    errors integer,
    audits integer,
    log_evidence double precision,
    constraint certificate_pkey primary key (id),
    constraint certificate_reviewer foreign key (reviewer_id) references workforce.reviewer (id),
    constraint certificate_basis check (basis in ('kept', 'role', 'appointment', 'evidence')),
    constraint certificate_state check (state in ('training', 'shadow', 'assist', 'alone', 'suspended', 'ended')),
    constraint certificate_gravest check (gravest between 0 and 4),
    constraint certificate_by_another check (approver is null or approver <> reviewer_id),
    constraint certificate_alone_is_approved check (state <> 'alone' or approver is not null),
    constraint certificate_bound check (
        (alpha is null) = (delta is null) and (alpha is null or (alpha > 0 and alpha < 1 and delta > 0 and delta < 1))
    ),
    -- Without evidence beyond the bound, a build and an end no machine decides alone, whoever writes the row.
    constraint certificate_machine_has_shown_it check (
        basis <> 'evidence' or state <> 'alone'
        or (log_evidence is not null and log_evidence >= -ln(delta) and build is not null and expires_at is not null)
    )
);
create index certificate_of_reviewer on workforce.certificate (reviewer_id) where state <> 'ended';
create unique index certificate_trial_once on workforce.certificate (trial) where trial is not null;
create index certificate_by_expiry on workforce.certificate (expires_at) where expires_at is not null and state in ('assist', 'alone');
comment on table workforce.certificate is 'What a reviewer may decide: clause family x action x slice of traffic. A decision takes effect only within one.';
comment on column workforce.certificate.basis is 'kept: authority from before certificates. role: came with a role. appointment: given by an approver. evidence: earned by a machine.';
comment on column workforce.certificate.family is 'A clause, a family of clauses, or *.';
comment on column workforce.certificate.action is 'An action of the policy, the kind of a disposition that enforces nothing, none, or *.';
comment on column workforce.certificate.gravest is 'The gravest severity it reaches: 0 is all.';
comment on column workforce.certificate.evidence_since is 'Only what was decided from then on counts as evidence: a new trial begins anew.';
comment on column workforce.certificate.words is 'Of a machine: the hash of the words of each clause as it was tried on them.';
comment on column workforce.certificate.trial is 'Which application it is against the one budget of error; what one spent no other gets back.';
comment on column workforce.certificate.log_evidence is 'The logarithm of the evidence at the grant, with errors of audits then.';

create function workforce.certificate_of_its_kind() returns trigger language plpgsql as $$
begin
    if (select kind from workforce.reviewer where id = new.reviewer_id) = 'machine' and new.basis <> 'evidence' then
        raise exception 'a machine earns its certificates' using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
comment on function workforce.certificate_of_its_kind() is 'Trigger: no machine is appointed.';
create trigger certificate_is_earned_by_machines before insert or update on workforce.certificate
    for each row execute function workforce.certificate_of_its_kind();

create table workforce.certificate_step (
    id text not null,
    certificate_id text not null,
    before text,
    after text not null,
    why text not null,
    note text not null default '',
    by text not null,
    at timestamptz not null,
    constraint certificate_step_pkey primary key (id),
    constraint certificate_step_certificate foreign key (certificate_id) references workforce.certificate (id)
);
create index certificate_step_by_certificate on workforce.certificate_step (certificate_id, id);
comment on table workforce.certificate_step is 'Every step in the life of a certificate. Insert-only; a step is also the notice to its reviewer.';
create trigger certificate_step_is_written_once before update or delete on workforce.certificate_step
    for each row execute function platform.forbid_change();

create table workforce.certificate_step_read (
    step_id text not null,
    reviewer_id text not null,
    read_at timestamptz not null,
    constraint certificate_step_read_pkey primary key (step_id, reviewer_id),
    constraint certificate_step_read_step foreign key (step_id) references workforce.certificate_step (id)
);
comment on table workforce.certificate_step_read is 'Who has read the notice of a step.';

alter table review.decision add column certificates text[] not null default '{}';
comment on column review.decision.certificates is 'The certificates it took effect within; none for a proposal of somebody who holds none for it.';

-- Whoever is at work keeps their authority: for everything that their skills let them be given.
create temporary table kept on commit drop as
select 'cert_' || upper(substr(encode(sha256(convert_to(r.id || ' ' || family, 'UTF8')), 'hex'), 1, 26)) as id, r.id as reviewer_id,
       family, case when r.skills ? 'languages' then array(select jsonb_array_elements_text(r.skills -> 'languages')) end as languages,
       now() as at
from workforce.reviewer r
cross join lateral jsonb_array_elements_text(coalesce(r.skills -> 'clauses', '["*"]')) as of (family)
where r.kind = 'person' and r.roles && array['analyst', 'vendor_analyst', 'expert', 'qa_lead', 'operations_manager'];

insert into workforce.certificate (
    id, reviewer_id, basis, family, action, languages, state, since, why, opened_by, opened_at, evidence_since, approver
)
select id, reviewer_id, 'kept', family, '*', languages, 'alone', at, 'kept', 'system', at, at, 'system' from kept;

insert into workforce.certificate_step (id, certificate_id, after, why, by, at)
select 'step_' || substr(id, 6), id, 'alone', 'kept', 'system', at from kept;

do $$
declare
    one record;
    n bytea;
    body text;
begin
    perform set_config('assize.everything', 'on', true);
    for one in select * from kept loop
        n := sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'));
        body := '{"action":"*","certificate_id":' || to_json(one.id) || ',"family":' || to_json(one.family)
            || ',"reviewer_id":' || to_json(one.reviewer_id) || ',"state":"alone","why":"kept"}';
        insert into platform.fact (id, kind, actor, thing, occurred_at, commitment)
        values ('fact_' || substr(one.id, 6), 'CertificateOpened', 'system', one.id, one.at, sha256(n || convert_to(body, 'UTF8')));
        insert into platform.fact_body (fact_id, nonce, body) values ('fact_' || substr(one.id, 6), n, body);
    end loop;
end $$;

grant select, insert, update, delete on workforce.certificate, workforce.certificate_step, workforce.certificate_step_read
    to assize_app;
