-- Who takes care of an invoice next: a person (`assigned_person`), a group, or nobody in particular.
alter table invoice add column assigned_group TEXT;
create index register_group on invoice ({t}assigned_group, direction, received_at, id);

-- To whom a rule gives what it routes, besides the unit.
alter table route_rule add column person_id TEXT;
alter table route_rule add column group_id TEXT;
