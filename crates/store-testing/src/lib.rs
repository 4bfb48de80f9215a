//! Fresh PostgreSQL databases for tests.
//!
//! `MINSHENG_TEST_POSTGRES`, if set, is the address of a server on which databases may be made
//! (`postgres:///postgres?host=/folder&user=postgres`); `cargo xtask test` sets it. Otherwise a private server is
//! started, once per test process: data in a temporary folder, reachable by a local socket only, stopped and
//! removed when the process ends, however it ends. Without a server program a test fails with a hint; it never
//! passes by not running.
//!
//! Must not know the store: it gives addresses and nothing else.

mod server;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};

pub use server::Server;

/// Address of a server for tests.
pub const SERVER_VARIABLE: &str = "MINSHENG_TEST_POSTGRES";

/// An empty database, dropped with this value.
#[derive(Debug)]
pub struct FreshPostgres {
    admin: String,
    name: String,
    url: String,
}

impl FreshPostgres {
    /// Makes an empty database on the server of this process.
    ///
    /// # Panics
    /// If there is no server and none can be started: a test that needs one has to fail.
    pub fn new() -> FreshPostgres {
        match FreshPostgres::make() {
            Ok(database) => database,
            Err(reason) => panic!(
                "{reason}\nhint: run `cargo xtask test`, which installs and starts PostgreSQL"
            ),
        }
    }

    fn make() -> Result<FreshPostgres, String> {
        let admin = server_url()?;
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("minsheng_test_{}_{number}", std::process::id());
        let mut client = connect(&admin)?;
        // a process of the same number may have died here before
        for statement in [
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
        ] {
            client
                .batch_execute(&statement)
                .map_err(|error| format!("{statement}: {error}"))?;
        }
        let url = with_database(&admin, &name)?;
        Ok(FreshPostgres { admin, name, url })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Default for FreshPostgres {
    fn default() -> Self {
        FreshPostgres::new()
    }
}

impl Drop for FreshPostgres {
    fn drop(&mut self) {
        if let Ok(mut client) = connect(&self.admin) {
            // a database left behind is dropped by the next process of this number
            let _ = client.batch_execute(&format!(
                "DROP DATABASE IF EXISTS {} WITH (FORCE)",
                self.name
            ));
        }
    }
}

/// The server of this process: the one named by the environment, or a private one.
///
/// # Errors
/// In words, if there is none and none can be started.
pub fn server_url() -> Result<String, String> {
    if let Ok(url) = std::env::var(SERVER_VARIABLE)
        && !url.is_empty()
    {
        return Ok(url);
    }
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    match SERVER.get_or_init(Server::start) {
        Ok(server) => Ok(server.url()),
        Err(reason) => Err(reason.clone()),
    }
}

fn connect(url: &str) -> Result<Client, String> {
    Client::connect(url, NoTls)
        .map_err(|error| format!("cannot connect to the PostgreSQL server for tests: {error}"))
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> Result<String, String> {
    let parts = url.split_once("://").map(|(scheme, rest)| {
        let (place, query) = rest
            .split_once('?')
            .map_or((rest, None), |(place, query)| (place, Some(query)));
        let host = place.split_once('/').map_or(place, |(host, _)| host);
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        format!("{scheme}://{host}/{name}{query}")
    });
    parts.ok_or_else(|| {
        format!("{SERVER_VARIABLE} is no address: postgres://USER@HOST/NAME is expected")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_database_of_the_same_server_has_the_same_address_but_for_its_name() {
        for (url, wanted) in [
            (
                "postgres:///postgres?host=/run&user=u",
                "postgres:///x?host=/run&user=u",
            ),
            ("postgres://u:p@h:5432/postgres", "postgres://u:p@h:5432/x"),
            ("postgresql://u@h", "postgresql://u@h/x"),
        ] {
            assert_eq!(with_database(url, "x").unwrap(), wanted);
        }
        assert!(with_database("socket", "x").is_err());
    }

    #[test]
    fn a_fresh_database_is_empty_and_goes_with_its_value() {
        let database = FreshPostgres::new();
        let mut client = connect(database.url()).unwrap();
        let tables = "SELECT COUNT(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
        assert_eq!(client.query_one(tables, &[]).unwrap().get::<_, i64>(0), 0);
        let (admin, name) = (database.admin.clone(), database.name.clone());
        drop(database);
        let mut client = connect(&admin).unwrap();
        let left = "SELECT COUNT(*) FROM pg_database WHERE datname = $1";
        assert_eq!(
            client.query_one(left, &[&name]).unwrap().get::<_, i64>(0),
            0
        );
    }
}
