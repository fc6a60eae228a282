-- Reductions (Kürzung): what is not owed, or kept back, of what an invoice demands. Each reduction is a new set
-- under the version of its decision; the highest counts. The sum stands in the invoice, for lists and payments.
alter table invoice add column reduced_cents BIGINT;

create table reduction (
  {tenant}
  invoice_id TEXT not null,
  version BIGINT not null,
  position BIGINT not null,
  kind TEXT not null,                    -- missing, defect, price, arithmetic, vat, retention, other
  line TEXT,                             -- BT-126 of the line that it is about; null: the invoice
  cents BIGINT not null,
  reason TEXT not null,
  primary key ({t}invoice_id, version, position)
);

-- What was ordered in all under an order number (BT-13), as a person entered it.
create table purchase_order (
  {tenant}
  number TEXT not null,
  seller_key TEXT not null,
  cents BIGINT not null,                 -- gross
  note TEXT,
  person_name TEXT not null,
  at BIGINT not null,
  primary key ({t}seller_key, number)
);
create index invoice_order on invoice ({t}seller_key, order_reference);
