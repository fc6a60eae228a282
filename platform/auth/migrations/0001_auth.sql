-- Counts changes of rights; every node compares it with each request.
create table auth_version ({tenant}
  id BIGINT not null,
  version BIGINT not null,
  primary key ({t}id)
);

-- What the tenant says about itself: name, state, Leitweg-IDs.
create table tenant_setting ({tenant}
  key TEXT not null,
  value TEXT not null,
  primary key ({t}key)
);

-- Organisation units. The one without a parent is the municipality itself.
create table unit ({tenant}
  id TEXT not null,
  parent_id TEXT,
  name TEXT not null,
  code TEXT not null,
  active BOOLEAN not null,
  primary key ({t}id)
);

-- People and technical users. E-mail in lower case; null for technical users.
create table person ({tenant}
  id TEXT not null,
  kind TEXT not null,
  name TEXT not null,
  email TEXT,
  lang TEXT not null,
  active BOOLEAN not null,
  password TEXT,
  external_id TEXT,
  created_at BIGINT not null,
  signed_in_at BIGINT,
  primary key ({t}id)
);
create unique index person_email on person ({t}email);
create unique index person_external on person ({t}external_id);

create table person_group ({tenant}
  id TEXT not null,
  name TEXT not null,
  external_name TEXT,
  primary key ({t}id)
);
create unique index person_group_external on person_group ({t}external_name);

-- `source` is `manual` or `oidc`: what the provider says is brought up to date at each log-in.
create table group_member ({tenant}
  group_id TEXT not null,
  person_id TEXT not null,
  source TEXT not null,
  primary key ({t}group_id, person_id)
);
create index group_member_person on group_member ({t}person_id);

-- The tenant's own roles; the default roles are in the program.
create table role ({tenant}
  id TEXT not null,
  name TEXT not null,
  primary key ({t}id)
);
create table role_permission ({tenant}
  role_id TEXT not null,
  permission TEXT not null,
  primary key ({t}role_id, permission)
);

-- A role for a person or a group, for a unit and all below it.
create table role_grant ({tenant}
  id TEXT not null,
  person_id TEXT,
  group_id TEXT,
  role_id TEXT not null,
  unit_id TEXT not null,
  limit_cents BIGINT,
  created_at BIGINT not null,
  primary key ({t}id)
);

-- `deputy_id` acts for `person_id` from one day to another, both included.
create table deputy ({tenant}
  id TEXT not null,
  deputy_id TEXT not null,
  person_id TEXT not null,
  from_date TEXT not null,
  to_date TEXT not null,
  primary key ({t}id)
);

-- Sessions of browsers, by the hash of their secret.
create table session ({tenant}
  hash TEXT not null,
  id TEXT not null,
  person_id TEXT not null,
  means TEXT not null,
  browser TEXT not null,
  created_at BIGINT not null,
  last_seen_at BIGINT not null,
  primary key ({t}hash)
);
create index session_person on session ({t}person_id);

-- One-time links with which somebody sets a password.
create table access_link ({tenant}
  hash TEXT not null,
  person_id TEXT not null,
  purpose TEXT not null,
  expires_at BIGINT not null,
  primary key ({t}hash)
);

create table api_token ({tenant}
  id TEXT not null,
  hash TEXT not null,
  person_id TEXT not null,
  name TEXT not null,
  permissions TEXT not null,
  unit_id TEXT,
  created_at BIGINT not null,
  expires_at BIGINT,
  last_used_at BIGINT,
  primary key ({t}id)
);
create unique index api_token_hash on api_token ({t}hash);

create table passkey ({tenant}
  id TEXT not null,
  person_id TEXT not null,
  credential_id TEXT not null,
  public_key BYTEA not null,
  sign_count BIGINT not null,
  name TEXT not null,
  created_at BIGINT not null,
  last_used_at BIGINT,
  primary key ({t}id)
);
create unique index passkey_credential on passkey ({t}credential_id);

-- What was begun with a browser or a provider and waits for the second half.
create table ceremony ({tenant}
  hash TEXT not null,
  kind TEXT not null,
  person_id TEXT,
  detail TEXT not null,
  expires_at BIGINT not null,
  primary key ({t}hash)
);
