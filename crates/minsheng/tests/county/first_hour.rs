//! The README's first hour is run as it stands there.

use crate::bed::{county, minsheng};

const MARK: &str = "<!-- first-hour: this block is run as a test -->";

fn commands(readme: &str) -> Vec<String> {
    let after = readme.split_once(MARK).unwrap().1;
    let block = after.split("```").nth(1).unwrap();
    let lines = block
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

fn run_block(readme: &str) {
    let folder = county().copy();
    let commands = commands(readme);
    assert!(commands.len() > 15, "{commands:?}");
    for command in &commands {
        if command.starts_with("cd ") {
            continue;
        }
        // the shell runs the line as a reader would type it
        let binary = env!("CARGO_BIN_EXE_minsheng");
        let line = format!("minsheng() {{ '{binary}' \"$@\"; }}\n{command}");
        let output = std::process::Command::new("bash")
            .args(["-o", "pipefail", "-c", &line])
            .current_dir(folder.path())
            .env("LANG", "en_US.UTF-8")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command}\n{said}");
    }
    let shown = minsheng(
        folder.path(),
        &[
            "explain",
            "--db",
            "minsheng.db",
            "--household",
            "H004196",
            "--month",
            "2022-02",
        ],
    );
    assert!(String::from_utf8_lossy(&shown.stdout).contains("206.00"));
}

#[test]
fn the_first_hour_of_the_readme_works() {
    run_block(include_str!("../../../../README.md"));
}

#[test]
fn both_readmes_have_the_same_first_hour() {
    let english = commands(include_str!("../../../../README.md"));
    assert_eq!(english, commands(include_str!("../../../../README.zh.md")));
}
