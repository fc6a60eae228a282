-- Messages of disposal (xdomea) between offices and archives, as they went out and came in.
create table archive_message (
  {tenant}
  id TEXT not null,
  process TEXT not null,                 -- the process that all messages about an offer share, in lower case
  seq BIGINT not null,                   -- from 1, within the process on this side
  kind TEXT not null,                    -- 0501 to 0507
  side TEXT not null,                    -- whose part is ours: office, archive
  direction TEXT not null,               -- in, out
  standard TEXT not null,                -- version of the standard
  file_name TEXT not null,
  blob TEXT not null,                    -- the container
  content TEXT not null,                 -- JSON: vir_archive::xdomea::Message
  notes TEXT not null,                   -- JSON: what was not as it should be, in both languages
  at BIGINT not null,
  by_whom TEXT not null,
  primary key ({t}id)
);
create unique index archive_message_process on archive_message ({t}process, side, seq);
create index archive_message_side on archive_message ({t}side, seq, at);

-- Which of our records a process is about.
create table archive_process_record (
  {tenant}
  process TEXT not null,
  record_id TEXT not null,
  primary key ({t}process, record_id)
);
create index archive_process_record_record on archive_process_record ({t}record_id);
