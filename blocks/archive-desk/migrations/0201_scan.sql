-- Classes of paper, with what each needs.
create table scan_class (
  {tenant}
  id TEXT not null,
  class TEXT not null,                   -- JSON: vir_archive::scan::class::Class
  active BOOLEAN not null,
  changed_at BIGINT not null,
  changed_by TEXT not null,
  primary key ({t}id)
);

-- A batch of scans. What counts follows from its events; a batch that nobody has taken over yet has none.
create table scan_batch (
  {tenant}
  id TEXT not null,                      -- UUIDv7
  title TEXT not null,
  channel TEXT not null,                 -- upload, folder, api
  class_id TEXT,                         -- null: to be said by whoever takes it over
  expected BIGINT,                       -- pages that were counted before
  device TEXT not null,
  state TEXT not null,                   -- received, or the state of vir_archive::scan::batch
  work TEXT not null,                    -- reading, recognising, making, storing; empty: nothing is under way
  trouble TEXT,                          -- JSON: Text; what the last work came to grief over
  request_key TEXT,                      -- Idempotency-Key of the caller
  request_hash TEXT,
  creator TEXT,                          -- JSON: vir_archive::lifecycle::Who
  creator_name TEXT,
  checker_name TEXT,
  events BIGINT not null,
  pages BIGINT not null,
  faults BIGINT not null,                -- pages that were found to be bad
  record_id TEXT,                        -- into which the scans were filed
  note_document_id TEXT,
  created_at BIGINT not null,
  changed_at BIGINT not null,
  approved_at BIGINT,
  primary key ({t}id)
);
create index scan_batch_changed on scan_batch ({t}changed_at, id);
create index scan_batch_class on scan_batch ({t}class_id, approved_at);
create unique index scan_batch_request on scan_batch ({t}request_key) where request_key is not null;

-- What happened to a batch: its truth.
create table scan_event (
  {tenant}
  batch_id TEXT not null,
  seq BIGINT not null,                   -- from 1
  event TEXT not null,                   -- JSON: vir_archive::scan::batch::Logged
  primary key ({t}batch_id, seq)
);

-- A raw file, as the scanner sent it. Its bytes stay until they are discarded after quality assurance.
create table scan_file (
  {tenant}
  batch_id TEXT not null,
  no BIGINT not null,                    -- from 0
  file_name TEXT not null,
  blob TEXT,                             -- null: discarded
  sha512 TEXT not null,
  size_bytes BIGINT not null,
  trouble TEXT,                          -- JSON: Text; why it gave no pages
  is_read BOOLEAN not null,
  primary key ({t}batch_id, no)
);

-- A page, in a file of its own.
create table scan_page (
  {tenant}
  batch_id TEXT not null,
  position BIGINT not null,              -- from 0
  file_no BIGINT not null,
  document BIGINT not null,              -- from 0
  blob TEXT,                             -- null: discarded
  kind TEXT not null,                    -- jpeg, tiff, png
  width BIGINT not null,
  height BIGINT not null,
  dpi_x BIGINT,
  dpi_y BIGINT,
  sha512 TEXT not null,
  words TEXT,                            -- JSON: what was recognised; null: not tried yet
  primary key ({t}batch_id, position)
);

-- A document of a batch: what lies between two separator sheets.
create table scan_document (
  {tenant}
  batch_id TEXT not null,
  no BIGINT not null,                    -- from 0
  target BIGINT,                         -- pages that its separator sheet says
  class_id TEXT,                         -- that its separator sheet says
  blob TEXT,                             -- the PDF; null: not made yet, or in the record
  sha512 TEXT,
  size_bytes BIGINT,
  document_id TEXT,                      -- in the record
  primary key ({t}batch_id, no)
);
