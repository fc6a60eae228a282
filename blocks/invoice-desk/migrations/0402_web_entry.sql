-- Invoices that suppliers type into the public form. Found again only by a link whose secret is a signature of
-- the id; after 60 days without a change they go.
create table web_draft (
  {tenant}
  id TEXT not null,
  created_at BIGINT not null,
  changed_at BIGINT not null,
  form TEXT not null,                    -- JSON
  submitted_at BIGINT,
  invoice_id TEXT,
  primary key ({t}id)
);
create index web_draft_changed on web_draft ({t}changed_at);
