-- Of two indexes that serve equally well as far as it knows, SQLite takes the younger one. What holds only a few
-- invoices must win over the orders above.
drop index register_hold;
drop index register_suspect;
drop index register_violating;
create index register_hold on invoice ({t}direction, received_at, id) where on_hold;
create index register_suspect on invoice ({t}direction, received_at, id) where duplicate_of is not null;
create index register_violating on invoice ({t}direction, received_at, id) where verdict = 'reject';
