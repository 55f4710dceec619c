-- The secrets that sign pages are sealed. Those kept in plain so far are sealed by the worker when it starts.

alter table escalation.contact rename column webhook_secret to sealed_secret;
comment on column escalation.contact.sealed_secret is 'Signs what is sent to the webhook; sealed by a key outside the database. Never shown.';
-- Not valid: it holds for what is written from now on, and does not look at what is there.
alter table escalation.contact add constraint contact_secret_sealed
    check (sealed_secret is null or sealed_secret like 'sealed:%') not valid;
