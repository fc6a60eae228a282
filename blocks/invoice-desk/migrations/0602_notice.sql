-- How somebody wants to be told. Without a row the defaults hold.
create table notice_choice (
  {tenant}
  person_id TEXT not null,
  rhythm TEXT not null,                  -- daily, weekly, none
  at_minute BIGINT not null,             -- minutes after midnight in Germany
  weekday BIGINT not null,               -- of the weekly mail: 1 Monday … 7 Sunday
  at_once TEXT not null,                 -- what is told at once: kinds, separated by blanks
  quiet_from BIGINT not null,            -- minutes after midnight; nothing is told at once from then …
  quiet_to BIGINT not null,              -- … until then; the same twice: no quiet hours
  free_days BOOLEAN not null,            -- told at once on weekends and holidays, too
  changed_at BIGINT not null,
  primary key ({t}person_id)
);

-- What somebody is told of, beside the work that waits for them.
create table notice (
  {tenant}
  id TEXT not null,
  person_id TEXT not null,
  kind TEXT not null,                    -- mention, assigned, reminder, escalation, answer, failed, quarantine
  subject TEXT not null,                 -- the invoice or the mail
  about TEXT not null,                   -- what makes it the same notice: the event
  by_name TEXT,                          -- who is behind it
  urgent BOOLEAN not null,               -- to be told at once
  at BIGINT not null,
  told_at BIGINT,                        -- null: in no mail yet
  read_at BIGINT,                        -- null: not seen yet
  primary key ({t}id)
);
create unique index notice_once on notice ({t}person_id, about);
create index notice_untold on notice ({t}person_id, told_at, at);
create index notice_subject on notice ({t}subject, person_id);

-- Which mails somebody got: one a period, whatever breaks off.
create table notice_sent (
  {tenant}
  person_id TEXT not null,
  period TEXT not null,                  -- day `2026-11-23`, week `2026-W48`
  at BIGINT not null,
  mail_key TEXT,                         -- in the outbox; null: nothing waited, so nothing was sent
  primary key ({t}person_id, period)
);
create index notice_sent_person on notice_sent ({t}person_id, at);
