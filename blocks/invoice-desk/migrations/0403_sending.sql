-- What stands on the tenant's own invoices as seller; one row.
create table own_party (
  {tenant}
  id BIGINT not null,
  party TEXT not null,                   -- JSON
  primary key ({t}id)
);

-- The tenant's own invoices. A draft changes; what is issued never does, it can only be cancelled by a credit note.
create table own_invoice (
  {tenant}
  id TEXT not null,
  state TEXT not null,                   -- draft, issued, sent, paid, cancelled
  form TEXT not null,                    -- JSON, as it was typed
  created_at BIGINT not null,
  created_by_name TEXT not null,
  changed_at BIGINT not null,
  number TEXT,
  issued_on TEXT,
  total_cents BIGINT,
  ubl TEXT,                              -- the invoice as issued
  cii TEXT,                              -- the same for the PDF
  invoice_id TEXT,                       -- in the register
  sent_at BIGINT,
  paid_on TEXT,
  cancels TEXT,                          -- the own invoice that this credit note cancels
  primary key ({t}id)
);
create unique index own_invoice_number on own_invoice ({t}number);
create unique index own_invoice_cancels on own_invoice ({t}cancels);
