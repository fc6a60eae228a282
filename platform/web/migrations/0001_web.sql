-- Requests of programs that may come twice (Idempotency-Key), with the answer that they got.
create table web_request (
    {tenant}
    key TEXT not null,
    caller TEXT not null,
    fingerprint TEXT not null,
    started_at BIGINT not null,
    status BIGINT,
    headers TEXT,
    body BYTEA,
    primary key ({t}caller, key)
);
create index web_request_started on web_request ({t}started_at);

-- Who wants to be told of events over HTTP.
create table webhook (
    {tenant}
    id TEXT not null,
    name TEXT not null,
    url TEXT not null,
    secret TEXT not null,
    events TEXT not null,
    active BOOLEAN not null,
    created_at BIGINT not null,
    version BIGINT not null,
    primary key ({t}id)
);

-- What was told, and how it went.
create table webhook_delivery (
    {tenant}
    id TEXT not null,
    webhook_id TEXT not null,
    event_id TEXT not null,
    kind TEXT not null,
    body TEXT not null,
    state TEXT not null,
    attempts BIGINT not null,
    last_status BIGINT,
    last_error TEXT,
    created_at BIGINT not null,
    ended_at BIGINT,
    primary key ({t}id)
);
create unique index webhook_delivery_once on webhook_delivery ({t}webhook_id, event_id);
create index webhook_delivery_age on webhook_delivery ({t}webhook_id, created_at);
