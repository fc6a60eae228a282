-- What an invoice adds to the figures, so that a change takes back exactly what was added before.
create table figure_invoice (
  {tenant}
  invoice_id TEXT not null,
  changed_at BIGINT not null,            -- of the invoice, when it was counted
  cells TEXT not null,                   -- JSON
  primary key ({t}invoice_id)
);

-- The sums: one row for each period, measure, unit and bucket in which there is anything.
create table figure_cell (
  {tenant}
  period TEXT not null,                  -- month `2026-11`; for what is open the day of receipt
  measure TEXT not null,
  unit_id TEXT not null,                 -- empty: not assigned
  bucket TEXT not null,
  n BIGINT not null,
  cents BIGINT not null,
  primary key ({t}measure, period, unit_id, bucket)
);

-- Up to when changes were counted and made searchable; one row.
create table figure_mark (
  {tenant}
  id BIGINT not null,
  changed_at BIGINT not null,
  beat BIGINT not null,                  -- changed first by whoever counts: only one at a time
  primary key ({t}id)
);
