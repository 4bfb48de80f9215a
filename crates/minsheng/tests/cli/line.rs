//! One run of the binary, written down.

use std::cell::RefCell;
use std::path::Path;

use assert_cmd::Command;

/// The binary in an empty environment: English, no keys of the user.
pub fn minsheng(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("minsheng").unwrap();
    command
        .current_dir(folder)
        .env_clear()
        .env("MINSHENG_KEYS", folder.join("keys"));
    command
}

/// Runs a line of words and writes down how it ended. Words in single quotes stay together.
pub fn run(folder: &Path, line: &str) -> String {
    let output = minsheng(folder).args(words(line)).output().unwrap();
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes)
            .unwrap()
            .replace(&folder.display().to_string(), "[folder]")
    };
    format!(
        "$ minsheng {line}\nexit code: {}\n----- stdout -----\n{}----- stderr -----\n{}",
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

/// Runs a line that has to succeed and gives what it printed.
pub fn good(folder: &Path, line: &str) -> String {
    let mut command = minsheng(folder);
    command.args(words(line));
    if let Some((form, level, _)) = LOG.with_borrow(Clone::clone) {
        command.args(["--log", &form]).env("MINSHENG_LOG", level);
    }
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    LOG.with_borrow_mut(|log| {
        if let Some((_, _, kept)) = log {
            kept.push_str(&text(&output.stderr));
        }
    });
    assert!(
        output.status.success(),
        "{line}\n{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

thread_local! {
    /// Form and level of the log, and what was logged, while a test asks for it.
    static LOG: RefCell<Option<(String, String, String)>> = const { RefCell::new(None) };
}

/// What the lines that `act` runs through [`good`] write to the log.
pub fn logged<T>(form: &str, level: &str, act: impl FnOnce() -> T) -> String {
    LOG.set(Some((form.to_owned(), level.to_owned(), String::new())));
    drop(act());
    LOG.take().unwrap().2
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (place, part) in line.split('\'').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Holds a run against its snapshot.
#[macro_export]
macro_rules! line_snapshot {
    ($name:literal, $folder:expr, $line:literal) => {
        insta::assert_snapshot!($name, $crate::line::run($folder, $line))
    };
}
