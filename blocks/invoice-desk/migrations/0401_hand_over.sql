-- Numbers that run without gaps: payment runs, posting batches, own invoices. A number is taken in the
-- transaction that uses it, so what is rolled back gives it back.
create table hand_over_counter (
  {tenant}
  name TEXT not null,
  value BIGINT not null,
  primary key ({t}name)
);

-- The tenant's own bank accounts.
create table payment_account (
  {tenant}
  id TEXT not null,
  name TEXT not null,                    -- of the holder, as the bank knows it
  iban TEXT not null,
  bic TEXT,
  batch_booking BOOLEAN not null,        -- one booking for a whole run on the statement
  two_persons BOOLEAN not null,          -- a second person releases each run
  active BOOLEAN not null,
  primary key ({t}id)
);

-- One file to the bank. Its bytes are made once, with the run.
create table payment_run (
  {tenant}
  id TEXT not null,
  number BIGINT not null,
  message_id TEXT not null,
  state TEXT not null,                   -- waiting (for the second person), made, sent, done, cancelled
  created_at BIGINT not null,
  created_by TEXT not null,
  created_by_name TEXT not null,
  released_at BIGINT,
  released_by TEXT,
  released_by_name TEXT,
  sent_at BIGINT,
  account_name TEXT not null,
  account_iban TEXT not null,
  execution TEXT not null,
  total_cents BIGINT not null,
  transfer_count BIGINT not null,
  file BYTEA not null,
  primary key ({t}id)
);
create unique index payment_run_number on payment_run ({t}number);
create unique index payment_run_message on payment_run ({t}message_id);

create table payment_transfer (
  {tenant}
  run_id TEXT not null,
  position BIGINT not null,
  end_to_end_id TEXT not null,
  creditor TEXT not null,
  iban TEXT not null,
  cents BIGINT not null,
  remittance TEXT not null,
  state TEXT not null,                   -- open, accepted, paid, rejected, returned, cancelled
  reason TEXT,                           -- the bank's code
  reason_words TEXT,
  paid_on TEXT,
  changed_at BIGINT not null,
  primary key ({t}run_id, position)
);
create unique index payment_transfer_id on payment_transfer ({t}end_to_end_id);

-- Which invoices a transfer pays. The index is what makes a double payment impossible: an invoice is in
-- at most one transfer that is not rejected or cancelled.
create table payment_item (
  {tenant}
  run_id TEXT not null,
  position BIGINT not null,
  invoice_id TEXT not null,
  discount_cents BIGINT not null,
  active BOOLEAN not null,
  primary key ({t}run_id, position, invoice_id)
);
create unique index payment_item_once on payment_item ({t}invoice_id) where active;

-- That somebody made sure of a seller's new account, and how.
create table payee_confirmation (
  {tenant}
  seller_key TEXT not null,
  iban TEXT not null,
  confirmed_at BIGINT not null,
  confirmed_by TEXT not null,
  confirmed_by_name TEXT not null,
  reason TEXT not null,
  primary key ({t}seller_key, iban)
);

-- Files of the bank as they came.
create table bank_report (
  {tenant}
  id TEXT not null,
  received_at BIGINT not null,
  received_by TEXT not null,
  kind TEXT not null,
  message_id TEXT not null,
  blob TEXT not null,
  matched BIGINT not null,
  unmatched BIGINT not null,
  primary key ({t}id)
);

-- How postings are written for the finance system.
create table posting_mapping (
  {tenant}
  id TEXT not null,
  name TEXT not null,
  preset TEXT not null,
  mapping TEXT not null,                 -- JSON
  pays BOOLEAN not null,                 -- the finance system pays: its batch hands the invoices over
  changed_at BIGINT not null,
  primary key ({t}id)
);

-- One file to the finance system. Both forms are made once, with the batch.
create table posting_batch (
  {tenant}
  id TEXT not null,
  number BIGINT not null,
  created_at BIGINT not null,
  created_by TEXT not null,
  created_by_name TEXT not null,
  mapping_name TEXT not null,
  posting_count BIGINT not null,
  invoice_count BIGINT not null,
  sum_cents BIGINT not null,
  replaced BIGINT not null,              -- characters that the encoding could not say
  table_file BYTEA not null,
  json_file BYTEA not null,
  primary key ({t}id)
);
create unique index posting_batch_number on posting_batch ({t}number);

create table posting_item (
  {tenant}
  batch_id TEXT not null,
  invoice_id TEXT not null,
  primary key ({t}invoice_id)
);
create index posting_item_batch on posting_item ({t}batch_id);
