-- What people decided about an invoice. Only ever added to; the state of an invoice follows from it.
create table invoice_decision (
  {tenant}
  invoice_id TEXT not null,
  version BIGINT not null,               -- of the invoice, after the decision
  kind TEXT not null,                    -- code, certify_substance, …, order, hand_over, …
  from_state TEXT not null,
  to_state TEXT not null,
  person_id TEXT not null,
  person_name TEXT not null,             -- as it was on that day
  for_person_id TEXT,                    -- whose deputy the person was
  for_person_name TEXT,
  at BIGINT not null,                    -- microseconds UTC
  reason TEXT,
  warnings TEXT,                         -- rules that warned, separated by blanks
  unit_id TEXT,                          -- the unit that it went to
  primary key ({t}invoice_id, version)
);
create index invoice_decision_person on invoice_decision ({t}person_id, at);

-- The last voucher number of each financial year, and whose each number is (§ 38 KomHKVO).
create table voucher_counter (
  {tenant}
  year BIGINT not null,
  last BIGINT not null,
  primary key ({t}year)
);
create table voucher (
  {tenant}
  year BIGINT not null,
  number BIGINT not null,
  invoice_id TEXT not null,
  drawn_at BIGINT not null,
  primary key ({t}year, number)
);
create unique index voucher_invoice on voucher ({t}invoice_id);

-- Coding: each coding is a new set of lines under the version of its decision; the highest counts.
create table coding_line (
  {tenant}
  invoice_id TEXT not null,
  version BIGINT not null,
  position BIGINT not null,
  cost_centre TEXT not null,
  account TEXT not null,
  product TEXT not null,
  investment TEXT,
  tax TEXT not null,
  amount_cents BIGINT not null,
  note TEXT,
  primary key ({t}invoice_id, version, position)
);

-- Cost centres, accounts, products and investments that may be used.
create table coding_code (
  {tenant}
  kind TEXT not null,                    -- cost_centre, account, product, investment
  code TEXT not null,
  name TEXT not null,
  active BOOLEAN not null,
  primary key ({t}kind, code)
);

-- What people say to each other about an invoice, what the supplier was asked, and what they answered.
create table invoice_comment (
  {tenant}
  id TEXT not null,
  invoice_id TEXT not null,
  at BIGINT not null,
  kind TEXT not null,                    -- comment, query, answer, notice
  person_id TEXT,                        -- null: the supplier
  author TEXT not null,
  text TEXT not null,
  primary key ({t}id)
);
create index invoice_comment_invoice on invoice_comment ({t}invoice_id, at);
create table comment_mention (
  {tenant}
  comment_id TEXT not null,
  person_id TEXT not null,
  invoice_id TEXT not null,
  at BIGINT not null,
  seen BOOLEAN not null,
  primary key ({t}comment_id, person_id)
);
create index comment_mention_person on comment_mention ({t}person_id, seen);

-- Invoices that belong together: corrects, credits, partial.
create table invoice_link (
  {tenant}
  invoice_id TEXT not null,
  other_id TEXT not null,
  kind TEXT not null,
  person_id TEXT not null,
  at BIGINT not null,
  primary key ({t}invoice_id, other_id, kind)
);
create index invoice_link_other on invoice_link ({t}other_id);

-- When the council resolved the annual accounts: retention counts from it (§ 41 (2) KomHKVO).
create table annual_accounts (
  {tenant}
  year BIGINT not null,
  resolved_on TEXT not null,
  person_name TEXT not null,
  at BIGINT not null,
  primary key ({t}year)
);

-- One row: what the municipality's own instruction says about the way.
create table workflow_setting (
  {tenant}
  id BIGINT not null,
  region TEXT not null,
  four_eyes_cents BIGINT,
  yellow_days BIGINT not null,
  remind_days BIGINT not null,
  escalate_days BIGINT not null,
  primary key ({t}id)
);

-- Reminders that went out, so that none goes twice.
create table invoice_reminder (
  {tenant}
  invoice_id TEXT not null,
  version BIGINT not null,               -- of the invoice when it was reminded: a new step begins anew
  push TEXT not null,                    -- reminder, escalation
  at BIGINT not null,
  primary key ({t}invoice_id, version, push)
);
