-- Invoices that somebody works on together: which, what with, and what became of each.
create table bulk (
  {tenant}
  id TEXT not null,
  created_at BIGINT not null,
  person_id TEXT not null,               -- who works on them; nobody else sees it
  action TEXT not null,                  -- hold, forward, certify, order, …
  given TEXT not null,                   -- JSON: reason, unit, text
  query TEXT not null,                   -- the list that they were chosen from
  stage TEXT not null,                   -- draft, running, done
  total BIGINT not null,
  undoes TEXT,                           -- what this takes back
  primary key ({t}id)
);
create index bulk_person on bulk ({t}person_id, id);

create table bulk_item (
  {tenant}
  bulk_id TEXT not null,
  position BIGINT not null,
  invoice_id TEXT not null,
  version BIGINT not null,               -- of the invoice as it was chosen
  target TEXT,                           -- for this invoice alone: where it goes back to
  outcome TEXT,                          -- null: open; done, refused
  reason_de TEXT,                        -- why it was refused
  reason_en TEXT,
  earlier TEXT,                          -- what it was before, so that it can be taken back
  version_after BIGINT,
  primary key ({t}bulk_id, position)
);
