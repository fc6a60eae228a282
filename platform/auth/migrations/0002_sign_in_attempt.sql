-- How many log-ins with a password were tried at an account lately, on all nodes together: until when its
-- attempts are used up. The account is a hash, so that the table names nobody.
create table sign_in_attempt ({tenant}
  account TEXT not null,
  used_until BIGINT not null,
  primary key ({t}account)
);
