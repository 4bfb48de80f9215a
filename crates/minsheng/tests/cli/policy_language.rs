//! The afternoon of `docs/policy-language.md`: its files and commands as they stand there, in both languages.

use std::path::Path;

use crate::line::{good, minsheng, run};

const PAGE: &str = include_str!("../../../../docs/policy-language.md");

/// Writes the files that the page prints.
fn write_files(folder: &Path) -> usize {
    let mut written = 0;
    for part in PAGE.split("<!-- file: ").skip(1) {
        let (path, rest) = part.split_once(" -->\n````markdown\n").unwrap();
        let (text, _) = rest.split_once("\n````").unwrap();
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, format!("{text}\n")).unwrap();
        written += 1;
    }
    written
}

fn commands(block: &str) -> Vec<&'static str> {
    let mark = format!("<!-- {block}: this block is run as a test -->\n```sh\n");
    let (_, after) = PAGE.split_once(&mark).unwrap();
    let (block, _) = after.split_once("\n```").unwrap();
    block.lines().collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn the_old_age_allowance_is_written_tested_and_published_as_the_page_says() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(write_files(folder), 2);
    let mut said = String::new();
    for line in commands("exercise") {
        said.push_str(&good(folder, line.strip_prefix("minsheng ").unwrap()));
    }
    assert!(said.contains("5 examples passed, 0 failed"), "{said}");
    assert!(said.contains("| 90 .. 99 | band_90 |"), "{said}");
    assert!(said.contains("In all 100.00 yuan a month."), "{said}");
    // A wrong figure is found by an example, at its line.
    let file = folder.join("exercise/old-age/allowance.md");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(
        &file,
        text.replace("| 90 .. 99 | band_90 |", "| 90 .. 99 | band_80 |"),
    )
    .unwrap();
    let failed = run(folder, "policy test --pack exercise");
    assert!(
        failed.contains("OA-2") && failed.contains("total: 5000, expected 10000"),
        "{failed}"
    );
    // Two rows that overlap are refused before anything runs.
    std::fs::write(
        &file,
        text.replace("| 80 .. 89 | band_80 |", "| 80 .. 90 | band_80 |"),
    )
    .unwrap();
    let refused = run(folder, "policy check --pack exercise");
    assert!(refused.contains("exit code: 1"), "{refused}");
    assert!(
        refused.contains(
            "row 2 of the table `amount` can apply together with row 1, for example when"
        ),
        "{refused}"
    );
    std::fs::write(&file, text).unwrap();

    let policies = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    copy(Path::new(policies), &folder.join("policies"));
    for line in commands("publish") {
        match line.strip_prefix("minsheng ") {
            Some(line) => drop(good(folder, line)),
            None => {
                let words: Vec<&str> = line.split(' ').collect();
                let status = std::process::Command::new(words[0])
                    .args(&words[1..])
                    .current_dir(folder)
                    .status()
                    .unwrap();
                assert!(status.success(), "{line}");
            }
        }
    }
    let shown = good(folder, "migrate --db rehearsal.db");
    assert!(shown.contains("old-age-allowance.md"), "{shown}");
}

#[test]
fn an_interview_takes_answers_from_the_line_and_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write_files(folder);
    let ask = |arguments: &[&str], input: &str| {
        let mut command = minsheng(folder);
        command
            .args(["policy", "interview", "--pack", "exercise"])
            .args([
                "--programme",
                "old-age-allowance",
                "--acceptance",
                "2021-03-01",
            ])
            .args(arguments)
            .write_stdin(input.to_owned());
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (
            output.status.code(),
            text(&output.stdout),
            text(&output.stderr),
        )
    };
    // In any order by name, or in the order of the questions.
    let (code, said, _) = ask(
        &[],
        "persons=2\nmembers.2.birth_date=1940-01-01\nmembers.1.birth_date = 1980-01-01\ntrue\n",
    );
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("In all 50.00 yuan a month."), "{said}");
    assert!(!said.contains("members.1.registered_here"), "{said}");
    let (_, said, _) = ask(&["--lang", "zh"], "1\n1980-01-01\n");
    assert!(
        said.contains("不符合条件。") && said.contains("出生日期"),
        "{said}"
    );
    // The record for another program; what nobody answered is named.
    let (_, json, _) = ask(&["--json", "--answer", "persons=1"], "");
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(record["outcome"], "open");
    assert_eq!(record["next"]["name"], "members.1.birth_date");
    let answers = [
        "persons=1",
        "members.1.birth_date=1980-01-01",
        "members.1.sex=1",
    ];
    let mut arguments = vec!["--json"];
    arguments.extend(answers.iter().flat_map(|answer| ["--answer", answer]));
    let (_, json, _) = ask(&arguments, "");
    let record: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(record["outcome"], "refused");
    assert_eq!(record["reasons"][0]["code"], "nobody_of_age");
    assert_eq!(record["asked"], serde_json::json!(["members.1.birth_date"]));
    assert_eq!(record["not_needed"], serde_json::json!(["members.1.sex"]));
    // The typed boundary, by name.
    for (answer, wanted) in [
        (
            "members.1.birth_date=1980-1-1",
            "members.1.birth_date: \"1980-1-1\" is not a date",
        ),
        (
            "members.1.registered_here=0",
            "members.1.registered_here: expected true or false",
        ),
        ("members.2.sex=1", "members.2.sex: there is no member 2"),
        (
            "members.1.income=5",
            "members.1.income: there is no such question",
        ),
        ("1980", "`1980` does not say which question it answers"),
    ] {
        let (code, _, error) = ask(&["--answer", "persons=1", "--answer", answer], "");
        assert_ne!(code, Some(0), "{answer}");
        assert!(
            error.contains(wanted) && error.contains("hint: "),
            "{answer}: {error}"
        );
    }
}
