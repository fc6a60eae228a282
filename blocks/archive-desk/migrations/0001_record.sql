-- The Aktenplan, one row per version of the whole of it. The highest number counts.
create table archive_plan (
  {tenant}
  version BIGINT not null,
  entries TEXT not null,                 -- JSON: vir_archive::lifecycle::plan::Entry
  made_at BIGINT not null,               -- microseconds UTC
  made_by TEXT not null,
  primary key ({t}version)
);

-- A record as lists and rules ask for it. Everything here follows from its events, its documents and the plan.
create table archive_record (
  {tenant}
  id TEXT not null,                      -- UUIDv7; also its name in xdomea and in storage
  reference TEXT not null,               -- Aktenzeichen
  kind TEXT not null,                    -- file, case, document
  entry TEXT not null,                   -- of the Aktenplan
  unit_id TEXT,                          -- to which that branch belongs; null: to no unit
  title TEXT not null,
  state TEXT not null,                   -- in-work, closed, stored, offered, appraised, handed-over, deleted
  confidentiality TEXT not null,         -- open, restricted
  opened_on TEXT not null,               -- days as 2026-11-22
  last_edit_on TEXT not null,
  closed_on TEXT,
  ends_on TEXT,                          -- last day of the retention; null: never, or not known yet
  appraisal TEXT,                        -- A, B, V: what the archive decided
  events BIGINT not null,                -- how many; who changes the record says how many they saw
  documents BIGINT not null,
  changed_at BIGINT not null,
  keep_due BOOLEAN not null,             -- is there something that storage does not have yet?
  version BIGINT not null,               -- of its object in storage; 0: none yet
  inventory_digest TEXT,                 -- of that version: what evidence protects
  stamped BIGINT not null default 0,     -- up to which version there is evidence
  primary key ({t}id)
);
create unique index archive_record_reference on archive_record ({t}reference);
create index archive_record_entry on archive_record ({t}entry, changed_at);
create index archive_record_state on archive_record ({t}state, ends_on);
create index archive_record_changed on archive_record ({t}changed_at, id);
create index archive_record_keep on archive_record ({t}keep_due);

-- What happened to a record: its truth. Never changed; after deletion what a tombstone allows stays.
create table archive_event (
  {tenant}
  record_id TEXT not null,
  seq BIGINT not null,                   -- from 1
  event TEXT not null,                   -- JSON: vir_archive::lifecycle::Logged
  primary key ({t}record_id, seq)
);

-- A version of a document. The bytes lie in a blob until storage has them.
create table archive_document (
  {tenant}
  record_id TEXT not null,
  id TEXT not null,
  version BIGINT not null,               -- from 1
  case_id TEXT,
  title TEXT not null,
  file_name TEXT not null,
  path TEXT not null,                    -- in the package
  blob TEXT,                             -- null: storage has it
  sha512 TEXT not null,
  size_bytes BIGINT not null,
  media_type TEXT not null,
  puid TEXT,                             -- PRONOM; null: not recognised
  format TEXT,                           -- its name and version
  risk TEXT,                             -- low, medium, high
  text TEXT,                             -- its words, for full text
  origin TEXT not null,                  -- upload, api, folder, event, scan, s4
  added_at BIGINT not null,
  added_by TEXT not null,
  primary key ({t}record_id, id, version)
);

-- Whom records are about.
create table archive_subject (
  {tenant}
  record_id TEXT not null,
  subject TEXT not null,
  primary key ({t}subject, record_id)
);
create index archive_subject_record on archive_subject ({t}record_id);

-- Legal holds.
create table archive_hold (
  {tenant}
  id TEXT not null,
  hold TEXT not null,                    -- JSON: vir_archive::lifecycle::Hold
  changed_at BIGINT not null,
  primary key ({t}id)
);

-- What the administration has decided, by name.
create table archive_setting (
  {tenant}
  name TEXT not null,
  value TEXT not null,                   -- JSON
  primary key ({t}name)
);
