-- A mailbox in which invoices arrive, and the server by which its answers go out.
create table mailbox (
  {tenant}
  id TEXT not null,
  address TEXT not null,                 -- rechnung@stadt.example
  name TEXT not null,                    -- shown beside it: Stadt Musterstadt, Rechnungseingang
  imap_host TEXT not null,
  imap_port BIGINT not null,
  imap_security TEXT not null,           -- tls, starttls, plain (this machine only)
  smtp_host TEXT not null,               -- empty: nothing is answered
  smtp_port BIGINT not null,
  smtp_security TEXT not null,
  user_name TEXT not null,
  secret BYTEA not null,                 -- sealed with the server's key; never shown
  certificates TEXT,                     -- PEM: authorities to be trusted besides the system's
  folder TEXT not null,                  -- looked into: INBOX
  done_folder TEXT not null,
  quarantine_folder TEXT not null,
  answers BOOLEAN not null,
  notices BOOLEAN not null,              -- notices to our own people go out here
  active BOOLEAN not null,
  looked_at BIGINT,                      -- the last time that it worked
  trouble TEXT,                          -- why it does not work
  lease_by TEXT,                         -- the node that looks after it …
  lease_until BIGINT,                    -- … until then
  version BIGINT not null,
  primary key ({t}id)
);
create unique index mailbox_address on mailbox ({t}address);

-- A mail as it came: stored whole before anything is said about it.
create table mail (
  {tenant}
  id TEXT not null,
  mailbox_id TEXT not null,
  uid_validity BIGINT not null,
  uid BIGINT not null,
  blob TEXT not null,                    -- SHA-256 of the bytes; of the header alone where it was too large
  size_bytes BIGINT not null,
  received_at BIGINT not null,
  from_address TEXT,
  from_name TEXT,
  answer_to TEXT,
  subject TEXT not null,
  message_id TEXT,
  thread TEXT not null,                  -- the oldest message of the thread that is known
  sent_at BIGINT,                        -- as the sender says
  nature TEXT not null,                  -- personal, or why it is never answered
  signed BOOLEAN not null,
  authentication TEXT,                   -- Authentication-Results, as they stand
  state TEXT not null,                   -- stored, processed, quarantined, discarded, returned
  reason TEXT,                           -- why it is in quarantine (code)
  attempts BIGINT not null,
  moved BOOLEAN not null,                -- out of the inbox
  answer TEXT,                           -- which answer it got, or why none (code)
  invoice_id TEXT,                       -- of the conversation that it belongs to
  decided_by TEXT,
  decision_note TEXT,
  version BIGINT not null,
  primary key ({t}id)
);
create unique index mail_uid on mail ({t}mailbox_id, uid_validity, uid);
create index mail_blob on mail ({t}mailbox_id, blob);
create index mail_state on mail ({t}state, received_at);

-- The invoices that came in a mail.
create table mail_invoice (
  {tenant}
  mail_id TEXT not null,
  position BIGINT not null,
  part TEXT not null,                    -- the part's number, as IMAP counts
  file_name TEXT not null,
  invoice_id TEXT not null,
  again BOOLEAN not null,                -- it was there already, by an earlier mail
  primary key ({t}mail_id, position)
);
create index mail_invoice_invoice on mail_invoice ({t}invoice_id);

-- Mails that go out. The bytes are made once, and every attempt sends the same.
create table mail_out (
  {tenant}
  id TEXT not null,
  unique_key TEXT not null,              -- one answer a mail, one notice a reason
  kind TEXT not null,                    -- answer, query, rejection, notice, digest
  mailbox_id TEXT not null,
  to_address TEXT not null,
  to_key TEXT not null,                  -- for the loop guard
  subject TEXT not null,
  message_id TEXT not null,
  token TEXT not null,                   -- answers carry it in their address
  thread TEXT,
  mail_id TEXT,                          -- what it answers
  invoice_id TEXT,                       -- what it is about
  blob TEXT not null,                    -- the message
  state TEXT not null,                   -- waiting, sending, sent, refused, returned
  attempts BIGINT not null,
  trouble TEXT,
  created_at BIGINT not null,
  sent_at BIGINT,
  primary key ({t}id)
);
create unique index mail_out_key on mail_out ({t}unique_key);
create index mail_out_message on mail_out ({t}message_id);
create index mail_out_token on mail_out ({t}token);
create index mail_out_to on mail_out ({t}to_key, created_at);
create index mail_out_invoice on mail_out ({t}invoice_id);
