//! The objects of an SQLite database. Their texts stand in `sqlite_master` as they were given, so what the
//! migrations make in an empty database in memory is equal word for word.

use super::Sqlite;
use crate::StoreError;
use crate::engine::collect;
use crate::schema::SchemaObject;

const OBJECTS: &str = "SELECT tbl_name, type || ' ' || name, COALESCE(sql, '') FROM sqlite_master \
                       WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY 1, 2";

const COLUMNS: &str = "SELECT m.name, 'column ' || c.name, c.type || CASE WHEN c.\"notnull\" = 1 THEN ' NOT NULL' ELSE '' END \
                       FROM sqlite_master m, pragma_table_info(m.name) c \
                       WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY 1, c.cid";

pub(super) fn read(connection: &mut Sqlite) -> Result<Vec<SchemaObject>, StoreError> {
    let mut objects = Vec::new();
    for (name, sql) in [("sqlite::OBJECTS", OBJECTS), ("sqlite::COLUMNS", COLUMNS)] {
        for row in collect(connection, name, sql, &[])? {
            objects.push(SchemaObject {
                table: row.text(0)?.to_owned(),
                name: row.text(1)?.to_owned(),
                definition: row.text(2)?.to_owned(),
            });
        }
    }
    Ok(objects)
}
