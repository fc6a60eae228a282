-- The tenants.
create table tenant (
  id TEXT not null,
  name TEXT not null,
  created_at BIGINT not null,
  primary key (id)
);
