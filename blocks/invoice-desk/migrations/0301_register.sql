-- The orders of the register. Each is read in stretches of one direction and state (and unit, for
-- those who see only theirs); the stretches are merged. So a page costs the same at any depth.
create index register_received on invoice ({t}direction, state, received_at, id);
create index register_due on invoice ({t}direction, state, due_date, id);
create index register_discount on invoice ({t}direction, state, skonto_date, id);
create index register_amount on invoice ({t}direction, state, payable_cents, id);
create index register_number on invoice ({t}direction, state, number_key, id);
-- The expression is `register::sort::SELLER`, letter by letter.
create index register_seller on invoice ({t}direction, state, (replace(replace(replace(replace(replace(replace(replace(lower(seller_name), 'Ä', 'a'), 'ä', 'a'), 'Ö', 'o'), 'ö', 'o'), 'Ü', 'u'), 'ü', 'u'), 'ß', 'ss')), id);
create index register_unit_received on invoice ({t}unit_id, direction, state, received_at, id);
create index register_unit_due on invoice ({t}unit_id, direction, state, due_date, id);
create index register_unit_discount on invoice ({t}unit_id, direction, state, skonto_date, id);
create index register_unit_amount on invoice ({t}unit_id, direction, state, payable_cents, id);
create index register_unit_number on invoice ({t}unit_id, direction, state, number_key, id);
create index register_unit_seller on invoice ({t}unit_id, direction, state, (replace(replace(replace(replace(replace(replace(replace(lower(seller_name), 'Ä', 'a'), 'ä', 'a'), 'Ö', 'o'), 'ö', 'o'), 'Ü', 'u'), 'ü', 'u'), 'ß', 'ss')), id);

-- What narrows a list down to few, whatever its order.
create index register_person on invoice ({t}assigned_person, direction, received_at, id);
create index register_channel on invoice ({t}channel, direction, received_at, id);
create index register_issued on invoice ({t}issue_date, id);
create index register_voucher on invoice ({t}voucher_number, id);
create index register_hold on invoice ({t}direction, received_at, id) where on_hold;
create index register_suspect on invoice ({t}direction, received_at, id) where duplicate_of is not null;
create index register_violating on invoice ({t}direction, received_at, id) where verdict = 'reject';
-- For whoever follows the changes: the figures.
create index register_changed on invoice ({t}changed_at, id);

-- A list that somebody has given a name.
create table register_view (
  {tenant}
  id TEXT not null,
  person_id TEXT not null,               -- whose it is
  unit_id TEXT,                          -- shared with the people of this unit; null: own
  name TEXT not null,
  query TEXT not null,                   -- as in the address
  columns TEXT not null,                 -- names, separated by commas
  changed_at BIGINT not null,
  primary key ({t}id)
);
create index register_view_person on register_view ({t}person_id, name);
create index register_view_unit on register_view ({t}unit_id, name);

-- How somebody likes to see the register.
create table register_taste (
  {tenant}
  person_id TEXT not null,
  columns TEXT not null,
  dense BOOLEAN not null,
  primary key ({t}person_id)
);
