//! The commands of the README are run as they stand there, one block after the other in one folder.

use std::path::Path;

use crate::bed::{county, minsheng};

/// The blocks that are run, in their order, by the word before the colon of the remark above them.
const BLOCKS: [&str; 4] = ["look", "first-hour", "working-day", "keeping"];

fn commands(readme: &str, block: &str) -> Vec<String> {
    let mark = format!("<!-- {block}: this block is run as a test -->");
    let after = readme
        .split_once(&mark)
        .unwrap_or_else(|| panic!("no block {block}"));
    let block = after.1.split("```").nth(1).unwrap();
    let lines = block
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

/// Runs the commands as a reader would type them; `cd` leads on from where the block before ended.
fn run_block(commands: &[String], folder: &Path) {
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        if command.starts_with("cd ") {
            continue;
        }
        // the shell runs the line as a reader would type it
        let binary = env!("CARGO_BIN_EXE_minsheng");
        let line = format!("minsheng() {{ '{binary}' \"$@\"; }}\n{command}");
        let output = std::process::Command::new("bash")
            .args(["-o", "pipefail", "-c", &line])
            .current_dir(folder)
            .env("LANG", "en_US.UTF-8")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command}\n{said}");
    }
}

#[test]
fn the_commands_of_the_readme_run_as_printed() {
    let readme = include_str!("../../../../README.md");
    let folder = tempfile::tempdir().unwrap();
    let demo = folder.path().join("minsheng-demo");
    std::fs::create_dir(&demo).unwrap();
    std::fs::copy(county().database(), demo.join("minsheng.db")).unwrap();
    run_block(&commands(readme, "look"), folder.path());
    run_block(
        &commands(include_str!("../../../../README.zh.md"), "look"),
        folder.path(),
    );
    run_block(&commands(readme, "first-hour"), &demo);
    let shown = minsheng(
        &demo,
        &[
            "explain",
            "--db",
            "minsheng.db",
            "--household",
            "H004194",
            "--month",
            "2022-02",
        ],
    );
    assert!(String::from_utf8_lossy(&shown.stdout).contains("206.00"));
    run_block(&commands(readme, "working-day"), &demo);
    run_block(&commands(readme, "keeping"), &demo);
}

#[test]
fn both_readmes_have_the_same_commands() {
    for block in BLOCKS.into_iter().filter(|block| *block != "look") {
        let plain = |readme: &str| -> Vec<String> {
            let lines = commands(readme, block).into_iter();
            lines
                .map(|line| {
                    line.split("  #")
                        .next()
                        .unwrap_or_default()
                        .trim()
                        .to_owned()
                })
                .collect()
        };
        let english = plain(include_str!("../../../../README.md"));
        assert_eq!(
            english,
            plain(include_str!("../../../../README.zh.md")),
            "{block}"
        );
    }
}
