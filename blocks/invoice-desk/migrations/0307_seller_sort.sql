-- The seller's name as it is sorted: umlauts with their vowels (DIN 5007-1), case does not matter; `register::sort`
-- computes the same. A column instead of an expression: behind row-level security PostgreSQL takes no condition on
-- the result of `replace` for an index, and read such pages from their beginning.
-- only sqlite
alter table invoice add column seller_sort TEXT generated always as (replace(replace(replace(replace(replace(replace(replace(lower(seller_name), 'Ä', 'a'), 'ä', 'a'), 'Ö', 'o'), 'ö', 'o'), 'Ü', 'u'), 'ü', 'u'), 'ß', 'ss')) virtual;
-- end
-- only postgres
alter table invoice add column seller_sort TEXT collate "C" generated always as (replace(replace(replace(replace(replace(replace(replace(lower(seller_name), 'Ä', 'a'), 'ä', 'a'), 'Ö', 'o'), 'ö', 'o'), 'Ü', 'u'), 'ü', 'u'), 'ß', 'ss')) stored;
-- end
drop index register_seller;
drop index register_unit_seller;
create index register_seller on invoice ({t}direction, state, seller_sort, id);
create index register_unit_seller on invoice ({t}unit_id, direction, state, seller_sort, id);
