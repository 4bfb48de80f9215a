//! The address of a database, as a person types it.

use std::path::{Path, PathBuf};

use crate::StoreError;

/// A path, `sqlite:PATH` or `postgres://…` (as libpq writes it; `?host=/folder` names a local socket).
/// Printing it never shows a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DbUrl(Address);

#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Address {
    Sqlite(PathBuf),
    Postgres(String),
}

impl DbUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`StoreError::Url`] if it is empty or of a scheme that we do not know.
    pub fn parse(text: &str) -> Result<DbUrl, StoreError> {
        let refused = || StoreError::Url(hide_password(text));
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(DbUrl(Address::Postgres(text.to_owned())));
        }
        let path = match text.strip_prefix("sqlite:") {
            Some(rest) => rest.strip_prefix("//").unwrap_or(rest),
            None if text.contains("://") => return Err(refused()),
            None => text,
        };
        if path.is_empty() || path == ":memory:" {
            return Err(refused());
        }
        Ok(DbUrl(Address::Sqlite(PathBuf::from(path))))
    }

    /// The address of an SQLite file.
    pub fn file(path: impl AsRef<Path>) -> DbUrl {
        DbUrl(Address::Sqlite(path.as_ref().to_owned()))
    }

    /// The file, if the database is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Address::Sqlite(path) => Some(path),
            Address::Postgres(_) => None,
        }
    }

    /// Name of the engine.
    pub fn engine(&self) -> &'static str {
        match &self.0 {
            Address::Sqlite(_) => "sqlite",
            Address::Postgres(_) => "postgresql",
        }
    }

    pub(crate) fn address(&self) -> &Address {
        &self.0
    }
}

impl std::str::FromStr for DbUrl {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        DbUrl::parse(text)
    }
}

impl std::fmt::Display for DbUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Address::Sqlite(path) => path.display().fmt(f),
            Address::Postgres(url) => f.write_str(&hide_password(url)),
        }
    }
}

impl std::fmt::Debug for DbUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DbUrl({self})")
    }
}

/// Replaces `user:password@` and `password=…` by stars.
fn hide_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (before_query, query) = match rest.split_once('?') {
        Some((before, query)) => (before, Some(query)),
        None => (rest, None),
    };
    let before_query = match before_query.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => before_query.to_owned(),
        },
        None => before_query.to_owned(),
    };
    let query = query.map_or_else(String::new, |query| {
        let parts: Vec<String> = query
            .split('&')
            .map(|part| match part.split_once('=') {
                Some((name, _)) if name.to_ascii_lowercase().contains("password") => {
                    format!("{name}=***")
                }
                _ => part.to_owned(),
            })
            .collect();
        format!("?{}", parts.join("&"))
    });
    format!("{scheme}://{before_query}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_or_one_of_two_schemes() {
        assert_eq!(
            DbUrl::parse("a/b.db").unwrap().path().unwrap(),
            Path::new("a/b.db")
        );
        assert_eq!(
            DbUrl::parse("sqlite:a/b.db").unwrap().path().unwrap(),
            Path::new("a/b.db")
        );
        assert_eq!(
            DbUrl::parse("sqlite:///a/b.db").unwrap().path().unwrap(),
            Path::new("/a/b.db")
        );
        assert!(DbUrl::parse("postgres://u@h/db").unwrap().path().is_none());
        for wrong in ["", "sqlite:", "mysql://x/y", ":memory:"] {
            assert!(
                matches!(DbUrl::parse(wrong), Err(StoreError::Url(_))),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in [
            "postgres://clerk:s3cret@h:5432/db",
            "postgresql:///db?host=/run&user=clerk&password=s3cret&x=1",
            "postgres://clerk:p@s3cret@h/db",
        ] {
            let url = DbUrl::parse(url).unwrap();
            assert!(!format!("{url} {url:?}").contains("s3cret"), "{url}");
            assert!(url.to_string().contains("***"), "{url}");
        }
        assert!(
            !DbUrl::parse("mysql://clerk:s3cret@h/db")
                .unwrap_err()
                .to_string()
                .contains("s3cret")
        );
    }
}
