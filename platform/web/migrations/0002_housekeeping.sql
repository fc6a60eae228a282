-- What was tidied up at night, and what was found; the latest runs.
create table housekeeping_run (
    {tenant}
    id TEXT not null,
    started_at BIGINT not null,
    ended_at BIGINT not null,
    report TEXT not null,                  -- JSON
    primary key ({t}id)
);
