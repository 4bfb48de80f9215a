//! A private PostgreSQL for the tests of one run: a fresh cluster in a temporary folder, reached through a unix
//! socket in that folder and by no network. It goes away with this program, however this program ends.
//!
//! PostgreSQL refuses to run as root; then it runs as the user `postgres` that its package made.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::command::{in_path, new_folder, output};
use crate::install::is_root;

/// The variable that tells the tests where the server is, in the syntax of rust-postgres.
pub const VARIABLE: &str = "MINSHENG_TEST_POSTGRES";

/// The oldest major version that the store supports.
const OLDEST: u32 = 15;

/// Waits until the pipe from this program closes, which it does even when we are killed; then stops the server
/// and removes the folder.
const GUARD: &str =
    r#"trap "" INT HUP TERM; folder=$1; shift; cat >/dev/null; "$@"; rm -rf "$folder""#;

/// A running server.
pub struct Cluster {
    url: String,
    psql: PathBuf,
    guard: Option<Guard>,
}

/// The process that clears up behind this one.
struct Guard {
    process: Child,
    pipe: ChildStdin,
    folder: PathBuf,
}

impl Cluster {
    /// Makes a cluster and starts it; or, when the variable is set already, uses the server that it names.
    pub fn start() -> Result<Cluster> {
        if let Ok(url) = std::env::var(VARIABLE) {
            println!("using the server that {VARIABLE} names");
            let psql = in_path("psql").context("psql is not in PATH")?;
            return Ok(Cluster {
                url,
                psql,
                guard: None,
            });
        }
        Cluster::private()
    }

    fn private() -> Result<Cluster> {
        let binaries = find_binaries()?;
        let folder = make_folder()?;
        let as_user = owner_words(&folder)?;
        let data = folder.join("data");
        let guard = start_guard(
            &folder,
            &words(
                &as_user,
                &binaries,
                "pg_ctl",
                &["stop", "-m", "immediate", "-D"],
                &data,
            ),
        )?;

        // Durability is for data that outlives the run. `trust` is safe inside a folder that only its owner enters.
        let init = [
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "--auth-local=trust",
            "--auth-host=reject",
            "--no-sync",
            "-D",
        ];
        in_folder(&folder, &words(&as_user, &binaries, "initdb", &init, &data))?;
        let settings = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c port=5432 -c max_connections=200 \
             -c shared_buffers=256MB -c max_wal_size=4GB \
             -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
            folder.display()
        );
        let log = folder.join("log");
        let log_name = log.display().to_string();
        let start = [
            "start", "--wait", "--silent", "-l", &log_name, "-o", &settings, "-D",
        ];
        in_folder(
            &folder,
            &words(&as_user, &binaries, "pg_ctl", &start, &data),
        )
        .with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        let url = format!(
            "postgres://postgres@{}/postgres",
            percent_encoded(&folder.display().to_string())
        );
        println!(
            "PostgreSQL ({}) listens in {}",
            binaries.display(),
            folder.display()
        );
        Ok(Cluster {
            url,
            psql: binaries.join("psql"),
            guard: Some(guard),
        })
    }

    /// The administrator's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Makes an empty database and returns its address.
    pub fn create_database(&self, name: &str) -> Result<String> {
        let words = [
            "--quiet",
            "--no-psqlrc",
            "--command",
            &format!("CREATE DATABASE {name}"),
            &self.url,
        ];
        output(Command::new(&self.psql).args(words))?;
        with_database(&self.url, name)
    }

    /// Stops the server and waits until the folder is gone.
    pub fn stop(mut self) -> Result<()> {
        self.end()
            .context("the PostgreSQL of the tests was not stopped")
    }

    fn end(&mut self) -> Result<()> {
        let Some(Guard {
            mut process,
            pipe,
            folder,
        }) = self.guard.take()
        else {
            return Ok(());
        };
        drop(pipe);
        process.wait()?;
        if folder.exists() {
            bail!("{} is still there", folder.display());
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            eprintln!("warning: the PostgreSQL of the tests was not stopped: {error:#}");
        }
    }
}

/// The folder of the server's programs: PATH (through links), pg_config, Debian's folders, the newest first.
pub fn find_binaries() -> Result<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let linked = in_path("initdb").and_then(|file| fs::canonicalize(file).ok());
    folders.extend(linked.and_then(|file| file.parent().map(Path::to_owned)));
    if let Ok(folder) = output(Command::new("pg_config").arg("--bindir")) {
        folders.push(PathBuf::from(folder.trim()));
    }
    let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            Some((
                entry.file_name().to_str()?.parse().ok()?,
                entry.path().join("bin"),
            ))
        })
        .collect();
    packaged.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    folders.extend(packaged.into_iter().map(|(_, folder)| folder));
    let usable = |folder: &PathBuf| {
        ["initdb", "pg_ctl", "postgres", "psql"]
            .iter()
            .all(|program| folder.join(program).is_file())
            && output(Command::new(folder.join("postgres")).arg("--version"))
                .is_ok_and(|text| major(&text) >= Some(OLDEST))
    };
    folders.into_iter().find(usable).with_context(|| {
        format!("no PostgreSQL server {OLDEST} or later\nhint: install the package `postgresql`, or set {VARIABLE}")
    })
}

/// The major version in "postgres (PostgreSQL) 15.18 (Debian …)".
fn major(text: &str) -> Option<u32> {
    let digits = text
        .split_whitespace()
        .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))?;
    digits
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn make_folder() -> Result<PathBuf> {
    // The path of a unix socket has little over a hundred bytes.
    if std::env::temp_dir().as_os_str().len() > 50 {
        bail!(
            "the temporary folder's path is too long for a socket\nhint: set TMPDIR to a short path"
        );
    }
    let folder = new_folder("pg")?;
    fs::set_permissions(&folder, Permissions::from_mode(0o700))?;
    Ok(folder)
}

/// The words that run a command as the owner of the cluster, who becomes the owner of the folder.
fn owner_words(folder: &Path) -> Result<Vec<String>> {
    if !is_root()? {
        return Ok(Vec::new());
    }
    let number = |option: &str| -> Result<u32> {
        let text = output(Command::new("id").args([option, "postgres"])).context(
            "PostgreSQL does not run as root, and there is no user `postgres` to run it as",
        )?;
        Ok(text.trim().parse()?)
    };
    chown(folder, Some(number("-u")?), Some(number("-g")?))?;
    Ok(["runuser", "-u", "postgres", "--"]
        .map(str::to_owned)
        .to_vec())
}

fn words(
    as_user: &[String],
    binaries: &Path,
    program: &str,
    options: &[&str],
    data: &Path,
) -> Vec<String> {
    let mut words = as_user.to_vec();
    words.push(binaries.join(program).display().to_string());
    words.extend(options.iter().map(|word| (*word).to_owned()));
    words.push(data.display().to_string());
    words
}

fn in_folder(folder: &Path, words: &[String]) -> Result<()> {
    output(
        Command::new(&words[0])
            .args(&words[1..])
            .current_dir(folder),
    )
    .map(drop)
}

/// Starts the guard in a process group of its own, so that an interrupt from the keyboard does not reach it.
fn start_guard(folder: &Path, stop: &[String]) -> Result<Guard> {
    let mut process = Command::new("sh")
        .args(["-c", GUARD, "guard"])
        .arg(folder)
        .args(stop)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .context("sh cannot be started")?;
    let pipe = process.stdin.take().context("the guard has no pipe")?;
    Ok(Guard {
        process,
        pipe,
        folder: folder.to_owned(),
    })
}

fn percent_encoded(text: &str) -> String {
    let plain =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|byte| {
            if plain(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// The address of another database of the same server.
fn with_database(url: &str, name: &str) -> Result<String> {
    let (scheme, rest) = url
        .split_once("://")
        .with_context(|| format!("{VARIABLE} is no address: {url}"))?;
    let (place, query) = match rest.split_once('?') {
        Some((place, query)) => (place, format!("?{query}")),
        None => (rest, String::new()),
    };
    let server = place.split_once('/').map_or(place, |(server, _)| server);
    Ok(format!("{scheme}://{server}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_the_server_says() {
        assert_eq!(
            major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"),
            Some(15)
        );
        assert_eq!(major("postgres (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("postgres"), None);
    }

    #[test]
    fn the_socket_folder_becomes_a_host() {
        assert_eq!(
            percent_encoded("/tmp/minsheng-pg-1"),
            "%2Ftmp%2Fminsheng-pg-1"
        );
    }

    #[test]
    fn another_database_of_the_same_server() {
        assert_eq!(
            with_database("postgres://postgres@%2Ftmp%2Fx/postgres", "demo").unwrap(),
            "postgres://postgres@%2Ftmp%2Fx/demo"
        );
        assert_eq!(
            with_database("postgres://u@h/a?x=1", "b").unwrap(),
            "postgres://u@h/b?x=1"
        );
        assert_eq!(
            with_database("postgres:///a?host=/run", "b").unwrap(),
            "postgres:///b?host=/run"
        );
        assert!(with_database("socket", "b").is_err());
    }

    #[test]
    fn a_private_server_answers_on_no_network_and_goes_away() {
        let server = Cluster::private().unwrap();
        let folder = server.guard.as_ref().unwrap().folder.clone();
        let url = server.create_database("demo").unwrap();
        let ask = |question: &str| {
            let words = [
                "--no-psqlrc",
                "--tuples-only",
                "--no-align",
                "--command",
                question,
                &url,
            ];
            output(Command::new(&server.psql).args(words)).unwrap()
        };
        assert_eq!(ask("SELECT current_database()"), "demo\n");
        assert_eq!(ask("SHOW listen_addresses"), "\n");
        server.stop().unwrap();
        assert!(!folder.exists());
    }

    /// The server is stopped and its folder removed when the pipe to the guard closes, whoever closes it.
    #[test]
    fn the_guard_clears_up_when_the_pipe_closes() {
        let folder = new_folder("guard").unwrap();
        let witness = folder.with_extension("stopped");
        let stop = ["touch".to_owned(), witness.display().to_string()];
        let mut guard = start_guard(&folder, &stop).unwrap();
        assert!(guard.process.try_wait().unwrap().is_none());
        drop(guard.pipe);
        assert!(guard.process.wait().unwrap().success());
        assert!(witness.is_file() && !folder.exists());
        fs::remove_file(witness).unwrap();
    }
}
