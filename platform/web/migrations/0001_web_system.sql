-- What all nodes share and nobody sees: the key that signs forms, cursors and messages.
create table web_key (
    name TEXT not null,
    bytes BYTEA not null,
    created_at BIGINT not null,
    primary key (name)
);
