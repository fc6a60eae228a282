-- Full text: which documents there are. A document's number is its place: later is larger.
create table search_doc ({tenant}
  doc BIGINT not null,
  kind TEXT not null,
  subject TEXT not null,
  primary key ({t}doc)
);
create unique index search_subject on search_doc ({t}kind, subject);

-- Their words. The engines differ here, and only here. SQLite finds beginnings quickly only of lengths that have an index.
-- only sqlite
create virtual table search_text using fts5(
  words, content = '', contentless_delete = 1, detail = 'none', prefix = '2 3 4 5 6 7 8 9 10', tokenize = "unicode61 tokenchars '=@'"
);
-- end
-- only postgres
-- Without row-level security, because its conditions would keep the index from being used; and
-- without any right for the app role. The functions are the only way, and they ask for the tenant.
create table search_text (
  tenant_id TEXT not null,
  doc BIGINT not null,
  words tsvector not null,
  primary key (tenant_id, doc)
);
create index search_words on search_text using gin (words) with (gin_pending_list_limit = 256);
create function vir_search_put(p_doc bigint, p_words text) returns void
  language sql security definer set search_path from current as $$
    insert into search_text (tenant_id, doc, words)
      select t, p_doc, array_to_tsvector(string_to_array(p_words, ' ') || ('@' || t))
      from nullif(current_setting('vir.tenant'), '') as t
      on conflict (tenant_id, doc) do update set words = excluded.words
  $$;
create function vir_search_remove(p_doc bigint) returns void
  language sql security definer set search_path from current as $$
    delete from search_text where tenant_id = current_setting('vir.tenant') and doc = p_doc
  $$;
create function vir_search_find(p_query text, p_before bigint, p_limit bigint) returns setof bigint
  language plpgsql stable rows 50 security definer set search_path from current as $$
  begin
    -- Planned anew for each question: how rare the words are decides which index is better.
    return query execute 'select doc from search_text where tenant_id = $1 and words @@ $2 and doc < $3
      order by doc desc limit $4'
      using current_setting('vir.tenant'), (p_query || ' & ''@' || current_setting('vir.tenant') || '''')::tsquery,
        p_before, p_limit;
  end $$;
-- end
