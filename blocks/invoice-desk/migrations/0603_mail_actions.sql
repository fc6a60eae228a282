-- When a person decided about a mail: until some days later it can be taken back.
alter table mail add column decided_at BIGINT;
create index mail_decided on mail ({t}state, decided_at);

-- What a person decided about all mails of a sender.
create table mail_sender (
  {tenant}
  sender TEXT not null,                  -- the address, for comparison
  rule TEXT not null,                    -- always, never
  at BIGINT not null,
  by_name TEXT not null,
  primary key ({t}sender)
);
