//! Running other programs: cargo without the variables that `cargo run` left behind, and errors that say which
//! command failed.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// The folder of the workspace: above this crate when cargo started us, else above the current folder.
pub fn workspace_root() -> Result<PathBuf> {
    if let Some(manifest) = std::env::var_os("CARGO_MANIFEST_DIR")
        && let Some(root) = Path::new(&manifest).parent()
        && root.join("Cargo.lock").is_file()
    {
        return Ok(root.to_owned());
    }
    let here = std::env::current_dir().context("the current folder cannot be read")?;
    let above = here
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file());
    above
        .map(Path::to_owned)
        .context("no Cargo.lock here or above\nhint: run this inside the checkout")
}

/// A cargo command in the workspace. What `cargo run` set for this program is taken away, so that packages
/// whose build looks at those variables are not built again.
pub fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(root).args(arguments);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(set_by_cargo_run) {
            command.env_remove(name);
        }
    }
    command
}

fn set_by_cargo_run(name: &str) -> bool {
    name.starts_with("CARGO_PKG_")
        || name.starts_with("CARGO_MANIFEST_")
        || matches!(
            name,
            "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE" | "OUT_DIR"
        )
}

/// Runs a command, its output going where ours goes.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    println!("$ {shown}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("`{shown}` cannot be started"))?;
    if !status.success() {
        bail!("`{shown}` failed: {status}");
    }
    Ok(())
}

/// Runs a command and returns what it printed.
pub fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{shown}` cannot be started"))?;
    if !output.status.success() {
        bail!(
            "`{shown}` failed: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim_end()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{shown}` printed something that is not text"))
}

/// The first folder of PATH that holds a program.
pub fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

/// Makes an empty folder among the temporary ones. What an earlier run left behind is left alone.
pub fn new_folder(name: &str) -> Result<PathBuf> {
    let process = std::process::id();
    for number in 0..1000_u32 {
        let folder = std::env::temp_dir().join(format!("minsheng-{name}-{process}-{number}"));
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("{} cannot be made", folder.display()));
            }
        }
    }
    bail!("the temporary folder is full of what earlier runs left behind")
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let arguments = command
        .get_args()
        .map(|word| word.to_string_lossy().into_owned());
    std::iter::once(program)
        .chain(arguments)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named() {
        let error = run(Command::new("false").arg("--now"))
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("`false --now` failed"), "{error}");
        let error = output(&mut Command::new("there-is-no-such-program"))
            .unwrap_err()
            .to_string();
        assert_eq!(error, "`there-is-no-such-program` cannot be started");
    }

    #[test]
    fn variables_of_cargo_run_are_taken_away_and_others_kept() {
        assert!(set_by_cargo_run("CARGO_PKG_VERSION"));
        assert!(set_by_cargo_run("CARGO_MANIFEST_DIR"));
        assert!(!set_by_cargo_run("CARGO_TARGET_DIR"));
        assert!(!set_by_cargo_run("CARGO_HOME"));
    }

    #[test]
    fn the_workspace_is_found_from_inside() {
        assert!(workspace_root().unwrap().join("xtask/Cargo.toml").is_file());
    }
}
