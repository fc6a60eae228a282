-- An invoice as the desk sees it. The original and the XML in it are blobs and never change; what
-- stands here is read from them, so that lists and rules need not open a document.
create table invoice (
  {tenant}
  id TEXT not null,                      -- UUIDv7
  received_at BIGINT not null,           -- microseconds UTC
  channel TEXT not null,                 -- upload, api, folder, mail, web, peppol, own
  direction TEXT not null,               -- incoming, outgoing
  state TEXT not null,
  unit_id TEXT,                          -- null: not assigned to any unit yet
  assigned_person TEXT,
  kind TEXT not null,                    -- invoice, credit_note, correction, unstructured
  syntax TEXT,                           -- ubl-invoice, ubl-credit-note, cii; null: no data
  profile TEXT,                          -- as vir_invoice names it
  verdict TEXT,                          -- accept, reject, undefined; null: not checked
  finding_count BIGINT not null,         -- errors and warnings
  error_count BIGINT not null,
  original_blob TEXT not null,           -- SHA-256 of the bytes as received
  xml_blob TEXT,                         -- of the invoice in it; the same for XML; null: none
  file_name TEXT not null,
  size_bytes BIGINT not null,
  sender TEXT,                           -- who handed it in: mail address, name of a person or token
  note TEXT,
  trouble TEXT,                          -- why it is in quarantine (code)
  number TEXT,                           -- BT-1
  issue_date TEXT,                       -- BT-2
  due_date TEXT,                         -- BT-9
  type_code TEXT,                        -- BT-3
  seller_name TEXT,                      -- BT-27
  seller_id TEXT,                        -- BT-31, else BT-32, BT-30, BT-29
  seller_key TEXT,                       -- the same, normalised: who is the same seller?
  seller_email TEXT,                     -- BT-43, else BT-34 with scheme EM
  buyer_reference TEXT,                  -- BT-10, the Leitweg-ID
  order_reference TEXT,                  -- BT-13
  contract_reference TEXT,               -- BT-12
  accounting_reference TEXT,             -- BT-19
  preceding_number TEXT,                 -- BT-25, the first
  buyer_name TEXT,                       -- BT-44
  buyer_contact TEXT,                    -- BT-56
  currency TEXT,                         -- BT-5
  net_cents BIGINT,                      -- BT-109
  vat_cents BIGINT,                      -- BT-110
  gross_cents BIGINT,                    -- BT-112
  payable_cents BIGINT,                  -- BT-115
  skonto_date TEXT,                      -- last day of the best discount that can be had
  skonto_cents BIGINT,                   -- what it saves
  payment_means TEXT,                    -- BT-81: 58 SEPA transfer, 59 SEPA direct debit, …
  payee_name TEXT,                       -- BT-59, else BT-85, else BT-27
  iban TEXT,                             -- BT-84 without blanks
  bic TEXT,                              -- BT-86
  payment_reference TEXT,                -- BT-83
  number_key TEXT,                       -- BT-1 for comparison: letters and digits, no leading zeros
  content_key TEXT,                      -- hash of the semantic model: equal in UBL and CII
  duplicate_of TEXT,                     -- the earlier invoice, where one is suspected or known
  duplicate_degree TEXT,                 -- same_bytes, same_content, same_number, similar
  duplicate_decision TEXT,               -- null: open; duplicate, distinct
  voucher_number TEXT,
  on_hold BOOLEAN not null,
  hold_reason TEXT,
  changed_at BIGINT not null,
  version BIGINT not null,
  primary key ({t}id)
);

-- The same bytes by the same channel are the same delivery.
create unique index invoice_delivery on invoice ({t}channel, original_blob);
create index invoice_original on invoice ({t}original_blob);
create index invoice_content on invoice ({t}content_key);
create index invoice_seller on invoice ({t}seller_key, number_key);
create index invoice_amount on invoice ({t}seller_key, issue_date, payable_cents);
create index invoice_duplicate on invoice ({t}duplicate_of);

-- Files beside the invoice: supporting documents (BG-24), further files of a PDF or a mail.
create table invoice_file (
  {tenant}
  invoice_id TEXT not null,
  position BIGINT not null,
  origin TEXT not null,                  -- attachment, pdf, mail, person
  name TEXT not null,                    -- made safe
  mime TEXT not null,
  description TEXT,
  size_bytes BIGINT not null,
  blob TEXT not null,
  primary key ({t}invoice_id, position)
);

-- What the check said on the day, where it said anything. Rules change; this does not.
create table invoice_report (
  {tenant}
  invoice_id TEXT not null,
  rules_release TEXT not null,           
  checked_at BIGINT not null,
  findings TEXT not null,                -- JSON
  primary key ({t}invoice_id)
);

-- Where invoices go: addresses (Leitweg-ID), order numbers, sellers, contacts, then free rules, each in order.
create table route_rule (
  {tenant}
  id TEXT not null,
  stage TEXT not null,                   -- address, order, seller, contact, rule
  position BIGINT not null,
  field TEXT not null,
  operator TEXT not null,
  value TEXT not null,
  unit_id TEXT not null,
  note TEXT not null,
  primary key ({t}id)
);

-- A new identifier with each change of the rules, so that they need not be read for each invoice.
create table route_revision (
  {tenant}
  id BIGINT not null,
  revision TEXT not null,
  primary key ({t}id)
);

-- One archive or set of files that somebody handed in, and what became of each file.
create table import (
  {tenant}
  id TEXT not null,
  created_at BIGINT not null,
  person_id TEXT,
  person_name TEXT not null,
  file_name TEXT not null,
  blob TEXT,                             -- the archive; null: files one by one
  state TEXT not null,                   -- waiting, running, done, failed
  failure TEXT,
  total BIGINT not null,
  finished BIGINT not null,
  accepted BIGINT not null,
  changed_at BIGINT not null,
  primary key ({t}id)
);

create table import_file (
  {tenant}
  import_id TEXT not null,
  position BIGINT not null,
  name TEXT not null,
  outcome TEXT not null,                 -- received, again, quarantined, refused
  invoice_id TEXT,
  verdict TEXT,
  message TEXT,
  primary key ({t}import_id, position)
);

-- An API caller's key, so that a repeated request gives the first answer.
create table idempotency_key (
  {tenant}
  key TEXT not null,
  caller TEXT not null,
  request_hash TEXT not null,
  invoice_id TEXT not null,
  created_at BIGINT not null,
  primary key ({t}caller, key)
);
