-- A decision that stands again carries out again what another one took back: once for what is not taken back.
alter table enforcement.enforcement drop constraint enforcement_once;
create unique index enforcement_once on enforcement.enforcement (decision_id, target_level, target_ref, action_id)
    where state not in ('cancelled', 'undone');
