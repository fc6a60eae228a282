-- Full text on PostgreSQL, so that a question costs the same however many documents there are, how
-- frequent its words, and wherever in time they stand. GIN finds all that answer and cannot stop; so
-- the documents lie in parts of half a year, which are asked from the newest on until there is
-- enough. In each part some of the newest are looked at first: where the words are frequent, that
-- was enough; where they are not, it tells which of them are rare. These are asked of the index, and
-- the frequent ones tested on what that finds. Beyond a bound of work the answer says how far it got.
-- only sqlite
-- end
-- only postgres
alter table search_text rename to search_text_whole;
alter index search_text_pkey rename to search_text_whole_pkey;
drop index search_words;
-- A document's number is its time in microseconds, times 4096.
create table search_text (
  tenant_id text not null,
  doc bigint not null,
  words tsvector not null,
  primary key (tenant_id, doc)
) partition by range (doc);
do $$
  declare
    v_from date;
  begin
    for v_half in 0..49 loop
      v_from := make_date(2016 + v_half / 2, 1 + 6 * (v_half % 2), 1);
      execute format('create  table search_text_%s_%s partition of search_text for values from (%s) to (%s)',
        2016 + v_half / 2, 1 + v_half % 2, extract(epoch from v_from)::bigint * 4096000000,
        extract(epoch from (v_from + interval '6 months')::date)::bigint * 4096000000);
    end loop;
    create  table search_text_rest partition of search_text default;
  end $$;
insert into search_text (tenant_id, doc, words) select tenant_id, doc, words from search_text_whole;
drop table search_text_whole;
create index search_words on search_text using gin (words) with (gin_pending_list_limit = 256);
drop function vir_search_find(text, bigint, bigint);
-- The words (each a tsquery, divided by |) and the facets (one tsquery). Gives documents, the newest
-- first, and beside each, where it stopped before the end, how far it saw everything; alone, where
-- it had found none. It may stop when it has p_page, and has at most p_limit.
create function vir_search_newest(p_words text, p_facets text, p_before bigint, p_page bigint, p_limit bigint)
  returns table (found bigint, seen_to bigint)
  language plpgsql stable rows 50 security definer set search_path from current as $$
  declare
    v_tenant text := current_setting('vir.tenant');
    v_facets tsquery := (p_facets || ' & ''@' || v_tenant || '''')::tsquery;
    v_parts tsquery[] := coalesce(string_to_array(p_words, '|')::tsquery[], '{}');
    v_all tsquery := v_facets;
    v_asked tsquery;
    v_tested tsquery;
    v_part tsquery;
    v_hits bigint[] := '{}';
    v_more bigint[];
    v_before bigint := p_before;
    v_top bigint;
    v_low bigint;
    v_last bigint;
    v_taken bigint;
    v_facet_share bigint;
    v_share bigint;
    v_found bigint;
    v_spent bigint := 0;
    v_at timestamp;
    v_table text;
    v_narrow boolean;
    v_step bigint := 2000;
  begin
    foreach v_part in array v_parts loop
      v_all := v_all && v_part;
    end loop;
    loop
      select doc into v_top from search_doc where tenant_id = v_tenant and doc < v_before order by doc desc limit 1;
      if v_top is null then
        return query select h, null::bigint from unnest(v_hits[1:p_limit]) h;
        return;
      end if;
      v_at := timestamp 'epoch' + (v_top / 4096000000) * interval '1 second';
      v_low := extract(epoch from make_date(extract(year from v_at)::int, case when extract(month from v_at) < 7 then 1 else 7 end, 1))::bigint * 4096000000;
      v_table := format('search_text_%s_%s', extract(year from v_at), case when extract(month from v_at) < 7 then 1 else 2 end);
      if to_regclass(v_table) is null then
        v_table := 'search_text_rest';
      end if;
      -- Some of the newest here: enough where the words are frequent, and a sample where they are not.
      execute format('select coalesce(array_agg(doc order by doc desc) filter (where hit), ''{}''), min(doc), count(*), count(*) filter (where facet)
          from (select doc, words @@ $3 as hit, words @@ $4 as facet from %I
            where tenant_id = $1 and doc < $2 and doc >= $5 order by doc desc limit $6) w', v_table)
        into v_more, v_last, v_taken, v_facet_share using v_tenant, v_before, v_all, v_facets, v_low, v_step;
      v_hits := v_hits || v_more;
      v_spent := v_spent + v_taken;
      v_before := v_last;
      v_found := cardinality(v_more);
      if v_taken < v_step then
        v_before := v_low;
      elsif v_found * 200 < v_taken and cardinality(v_hits) < p_limit then
        -- Few: what is rare is asked of the index, what is frequent tested on what that finds.
        v_asked := v_facets; v_tested := null; v_narrow := v_facet_share * 50 < v_taken; v_step := 300;
        foreach v_part in array v_parts loop
          execute format('select count(*) from (select words from %I where tenant_id = $1 and doc >= $2 order by doc limit 300) w where words @@ $3', v_table)
            into v_share using v_tenant, v_last, v_part;
          v_spent := v_spent + 300;
          if v_share >= 6 then
            v_tested := coalesce(v_tested && v_part, v_part);
          else
            v_asked := v_asked && v_part;
            v_narrow := true;
          end if;
        end loop;
        if not v_narrow then
          v_asked := v_all; v_tested := null;
        end if;
        execute format('select coalesce(array_agg(doc order by doc desc) filter (where $4 is null or words @@ $4), ''{}''), count(*)
            from %I where words @@ $1 and tenant_id || '''' = $2 and doc + 0 < $3 and doc + 0 >= $5', v_table)
          into v_more, v_taken using v_asked, v_tenant, v_before, v_tested, v_low;
        v_hits := v_hits || v_more;
        v_spent := v_spent + 500 + v_taken * 3;
        v_before := v_low;
      else
        v_step := 2000;
      end if;
      if cardinality(v_hits) >= p_limit then
        return query select h, null::bigint from unnest(v_hits[1:p_limit]) h;
        return;
      end if;
      if (v_spent >= 12000 and cardinality(v_hits) >= p_page) or v_spent >= 40000 then
        return query select h, v_before from unnest(v_hits) h;
        if cardinality(v_hits) = 0 then return query select null::bigint, v_before; end if;
        return;
      end if;
    end loop;
  end $$;
-- end
