-- What came by itself, by the digest of what it was: the same thing again is the same record.
create table archive_deposit (
  {tenant}
  digest TEXT not null,                  -- SHA-256 over names and contents, in hexadecimal digits
  record_id TEXT not null,
  at BIGINT not null,
  primary key ({t}digest)
);
