-- How a mailbox logs in with OAuth 2.0 (RFC 6749); without a grant: with its password.
alter table mailbox add column oauth_grant TEXT;        -- refresh_token, client_credentials
alter table mailbox add column oauth_token_url TEXT;
alter table mailbox add column oauth_client_id TEXT;
alter table mailbox add column oauth_scope TEXT;
alter table mailbox add column oauth_client_secret BYTEA;  -- sealed
-- The access token of now, for all nodes: each refresh may end the one before.
alter table mailbox add column access_token BYTEA;         -- sealed
alter table mailbox add column access_until BIGINT;
