-- The hash-chained audit log.
create table audit ({tenant}
  seq BIGINT not null,
  at BIGINT not null,
  actor TEXT not null,
  action TEXT not null,
  subject TEXT not null,
  detail TEXT not null,
  previous TEXT not null,
  hash TEXT not null,
  primary key ({t}seq)
);
-- The end of the chain; whoever appends holds this row until the commit.
create table audit_head ({tenant}
  one BIGINT not null,
  seq BIGINT not null,
  hash TEXT not null,
  primary key ({t}one)
);
create index audit_subject on audit ({t}subject, seq);

-- The outbox: what happened, for whoever listens.
create table event ({tenant}
  id TEXT not null,
  at BIGINT not null,
  kind TEXT not null,
  payload TEXT not null,
  primary key ({t}id)
);

create index event_at on event ({t}at);

-- Which subscription has seen which event.
create table event_seen ({tenant}
  subscription TEXT not null,
  event_id TEXT not null,
  at BIGINT not null,
  primary key ({t}event_id, subscription)
);

-- Work that waits, runs, or was given up (state: waiting, running, dead). What is done is gone.
create table job ({tenant}
  id TEXT not null,
  kind TEXT not null,
  payload TEXT not null,
  unique_key TEXT,
  event_id TEXT,
  state TEXT not null,
  run_at BIGINT not null,
  attempts BIGINT not null,
  lease TEXT,
  leased_until BIGINT,
  last_error TEXT,
  created_at BIGINT not null,
  primary key ({t}id)
);
create index job_due on job ({t}state, run_at);
create index job_event on job ({t}event_id);
create unique index job_key on job ({t}kind, unique_key) where state = 'waiting';
