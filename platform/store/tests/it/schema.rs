//! Both engines have the same tables, columns, types and keys.

use std::collections::BTreeSet;

use vir_store::{Error, Tx};

use super::fixtures;

const SQLITE: &str = "select m.name as table_name, c.name as column_name, lower(c.type) as type,
    c.\"notnull\" as required, c.pk as key_place from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' and m.name not like 'sqlite_%'";
const POSTGRES: &str = "select c.table_name::text as table_name, c.column_name::text as column_name,
    c.data_type::text as type, case when c.is_nullable = 'NO' then 1 else 0 end as required,
    coalesce((select k.ordinal_position - 1 from information_schema.key_column_usage k
       join information_schema.table_constraints t using (constraint_name, table_name)
       where t.constraint_type = 'PRIMARY KEY' and k.table_name = c.table_name and k.column_name = c.column_name), 0)::int
       as key_place
    from information_schema.columns c join pg_tables t on t.tablename = c.table_name
    where c.table_schema = current_schema() and c.column_name <> 'tenant_id'
      and exists (select 1 from information_schema.columns o where o.table_name = c.table_name and o.column_name = 'tenant_id')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_have_the_same_tables() {
    let mut schemas = Vec::new();
    for fixture in fixtures("schema").await {
        let sql = if fixture.name == "SQLite and files" { SQLITE } else { POSTGRES };
        let rows = fixture
            .store
            .read(&fixture.town, move |tx: &mut Tx| Box::pin(async move { tx.all(sql, &[]).await }))
            .await
            .unwrap();
        let schema: Result<BTreeSet<_>, Error> = rows
            .iter()
            .map(|row| {
                let names = (row.text("table_name")?, row.text("column_name")?);
                Ok((names, row.text("type")?, row.int("required")?, row.int("key_place")?))
            })
            .collect();
        schemas.push(
            schema
                .unwrap()
                .into_iter()
                .filter(|((table, _), _, _, _)| table != "migration" && !table.starts_with("search_text"))
                .collect::<BTreeSet<_>>(),
        );
    }
    let [sqlite, postgres] = schemas.as_slice() else { return };
    let differences: Vec<_> = sqlite.symmetric_difference(postgres).collect();
    assert!(differences.is_empty(), "{differences:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn statements_that_an_engine_does_not_understand_are_named() {
    for fixture in fixtures("understood").await {
        let statements = [
            "select id from note where text = $1",
            "insert into counter (name, value) values ($1, $2) on conflict ({t}name) do update set value = counter.value + 1",
            "select nothing from note",
            "selekt 1",
        ];
        let refused = fixture.store.not_understood(&fixture.town, &statements).await.unwrap();
        assert_eq!(refused.len(), 2, "{}: {refused:?}", fixture.name);
    }
}
