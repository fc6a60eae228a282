-- Saved lists: in an order that their owner chooses, shared with a unit or a role; and which one a person begins with.
alter table register_view add column position BIGINT;
alter table register_view add column role_id TEXT;
alter table register_taste add column view_id TEXT;

-- What somebody looked at last.
create table invoice_seen (
  {tenant}
  person_id TEXT not null,
  invoice_id TEXT not null,
  at BIGINT not null,
  primary key ({t}person_id, invoice_id)
);
create index invoice_seen_at on invoice_seen ({t}person_id, at);
