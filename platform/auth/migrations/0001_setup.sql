-- One-time links with which a new tenant is set up.
create table setup_link (
  hash TEXT not null,
  expires_at BIGINT not null,
  primary key (hash)
);
