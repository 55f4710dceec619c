-- Calmer cases in between, where a team wants them: of so many cases that a member is given, one at least is of the
-- calmest class that waits.
alter table workforce.team add column calm_every smallint
    constraint team_calm_every check (calm_every between 2 and 20);
comment on column workforce.team.calm_every is
    'Of so many cases given to a member one at least is calm, where nothing urgent waits; null: cases as they come.';
