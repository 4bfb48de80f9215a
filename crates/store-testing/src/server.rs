//! A private PostgreSQL server: its own data folder, its own socket, no network. PostgreSQL does not run as root,
//! so root runs it as the user `postgres`.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const USER: &str = "postgres";

/// A running server. It is stopped and its folder removed when this value or the process goes.
#[derive(Debug)]
pub struct Server {
    folder: PathBuf,
    /// Waits for the end of its input, which comes when this process ends, and then stops the server.
    keeper: Child,
}

impl Server {
    /// Starts a server and waits until it answers.
    ///
    /// # Errors
    /// In words: no programs found, or what they said.
    pub fn start() -> Result<Server, String> {
        let programs = find_programs()?;
        let folder = tempfile::Builder::new()
            .prefix("ms-pg-")
            .tempdir()
            .map_err(|error| format!("cannot make a temporary folder: {error}"))?
            .keep();
        let as_postgres = hand_over(&folder)?;
        let data = folder.join("data");
        let run = |program: &str, arguments: &[&str]| -> Result<(), String> {
            let mut command = command(as_postgres, &programs.join(program));
            let output = command
                .args(arguments)
                .stdin(Stdio::null())
                .output()
                .map_err(|error| format!("cannot run {program}: {error}"))?;
            if output.status.success() {
                return Ok(());
            }
            let said = String::from_utf8_lossy(&output.stderr);
            Err(format!("{program} failed: {said}"))
        };
        let data_text = data.display().to_string();
        let folder_text = folder.display().to_string();
        let keeper = keep(as_postgres, &programs, &data_text, &folder_text)?;
        let server = Server { folder, keeper };
        run(
            "initdb",
            &[
                "-D",
                &data_text,
                "-U",
                USER,
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions",
            ],
        )?;
        let settings = format!(
            "-c listen_addresses='' -k {folder_text} -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
             -c max_connections=200 -c shared_buffers=128MB -c max_wal_size=4GB"
        );
        let log = format!("{folder_text}/log");
        run(
            "pg_ctl",
            &[
                "-D", &data_text, "-w", "-t", "60", "-l", &log, "-o", &settings, "start",
            ],
        )?;
        Ok(server)
    }

    /// The address of its administrative database.
    pub fn url(&self) -> String {
        format!(
            "postgres:///postgres?host={}&user={USER}",
            self.folder.display()
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // it has nothing to say that a test could use
        let _ = self.keeper.wait();
    }
}

/// The process that outlives this one for a moment, to clean up after it, whatever ended it.
fn keep(as_postgres: bool, programs: &Path, data: &str, folder: &str) -> Result<Child, String> {
    let script =
        "cat > /dev/null; \"$1\" -D \"$2\" -m immediate -w stop > /dev/null 2>&1; rm -rf \"$3\"";
    command(as_postgres, Path::new("/bin/sh"))
        .args(["-c", script, "sh"])
        .arg(programs.join("pg_ctl"))
        .args([data, folder])
        // an interrupt from the keyboard ends the tests, and must not end who cleans up after them
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| format!("cannot start a shell: {error}"))
}

fn command(as_postgres: bool, program: &Path) -> Command {
    let mut command = if as_postgres {
        let mut command = Command::new("runuser");
        command.args(["-u", USER, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    };
    // the folder of this process may not be open to the other user
    command.current_dir("/");
    command
}

/// Gives the folder to the user `postgres` if we are root; tells whether programs must run as that user.
fn hand_over(folder: &Path) -> Result<bool, String> {
    let id = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().ok()?;
        output
            .status
            .success()
            .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if id(&["-u"]).as_deref() != Some("0") {
        return Ok(false);
    }
    let number = |argument| id(&[argument, USER]).and_then(|text| text.parse().ok());
    let (Some(user), Some(group)) = (number("-u"), number("-g")) else {
        return Err(format!(
            "PostgreSQL does not run as root, and there is no user `{USER}`"
        ));
    };
    std::os::unix::fs::chown(folder, Some(user), Some(group))
        .map_err(|error| format!("cannot give {} to {USER}: {error}", folder.display()))?;
    Ok(true)
}

/// The newest server programs.
fn find_programs() -> Result<PathBuf, String> {
    let mut folders: Vec<(u32, PathBuf)> = Vec::new();
    for entry in std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
    {
        let version = entry.file_name().to_string_lossy().parse().unwrap_or(0);
        folders.push((version, entry.path().join("bin")));
    }
    folders.sort_by(|one, other| other.cmp(one));
    let mut folders: Vec<PathBuf> = folders.into_iter().map(|(_, folder)| folder).collect();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(PathBuf::from(
            String::from_utf8_lossy(&output.stdout).trim(),
        ));
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| {
            ["initdb", "pg_ctl", "postgres"]
                .iter()
                .all(|program| folder.join(program).is_file())
        })
        .ok_or_else(|| {
            "no PostgreSQL server programs (initdb, pg_ctl, postgres) were found".to_owned()
        })
}
