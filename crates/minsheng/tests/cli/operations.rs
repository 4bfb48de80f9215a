//! Keys, retention, the log and the server, as an administrator types them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command as Process, Stdio};

use crate::line::{good, logged, minsheng, run};
use crate::rehearsal::{by, decided, with_form};

/// A county's own database with a family in it; the clock is the real one.
fn real_county() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(at, "init --db r.db");
    let role = |name: &str, role: &str, division: &str| {
        let line = format!(
            "user add {name} --name 某人 --role {role} --division {division} --db r.db --as admin"
        );
        good(at, &line);
    };
    role("clerk-1", "township_clerk", "513301001");
    role("reviewer-1", "reviewer", "513301");
    let form = good(at, "register --template");
    std::fs::write(at.join("h.toml"), form).unwrap();
    good(at, "register --file h.toml --db r.db --as clerk-1");
    folder
}

fn key_files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder.join("keys"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_master_key_is_changed_and_the_old_one_let_go_once_the_new_one_is_kept_apart() {
    let folder = real_county();
    let at = folder.path();
    let old = key_files(at).remove(0);
    let old = old.trim_end_matches(".key");
    assert!(good(at, "keys make medium.key --db r.db").contains("medium.key"));
    let refused = run(
        at,
        "keys rotate --new-key medium.key --db r.db --as clerk-1",
    );
    assert!(
        refused.contains("needs the role administrator"),
        "{refused}"
    );
    let done = good(
        at,
        "keys rotate --new-key medium.key --search --db r.db --as admin",
    );
    assert!(done.contains("hash(es) computed anew"), "{done}");
    let list = good(at, "keys list --db r.db --json");
    assert!(
        list.contains("\"current\": true") || list.contains("\"current\":true"),
        "{list}"
    );
    // the same family is still found by its numbers
    let twice = run(at, "register --file h.toml --db r.db --as clerk-1");
    assert!(twice.contains("already belongs to P"), "{twice}");
    let line = format!("keys drop {old} --backup other.key --db r.db --as admin");
    assert!(
        run(at, &line).contains("kept apart from it"),
        "{}",
        run(at, &line)
    );
    good(
        at,
        &format!("keys drop {old} --backup medium.key --db r.db --as admin"),
    );
    assert!(!key_files(at).iter().any(|name| name.starts_with(old)));
    assert!(
        good(at, "verify --db r.db").contains("in order")
            || good(at, "verify --db r.db").contains("head")
    );
}

#[test]
fn what_may_be_erased_is_listed_with_what_stands_in_the_way() {
    let folder = real_county();
    let at = folder.path();
    assert_eq!(
        good(at, "retention list --due --db r.db --json --as admin").trim(),
        "[]"
    );
    let all = good(at, "retention list --db r.db --as admin");
    assert!(
        all.contains("H000001") && all.contains("the term of retention runs until"),
        "{all}"
    );
    let later = good(
        at,
        "retention list --due --on 2099-01-01 --db r.db --as admin",
    );
    assert!(later.contains("H000001"), "{later}");
    assert!(good(at, "retention terms --db r.db").contains("会计档案管理办法"));
    let refused = run(
        at,
        "retention propose --household H000001 --ground 届满 --cite 'art. 47' --db r.db --as admin",
    );
    assert!(
        refused.contains("hint: `minsheng retention list --due`"),
        "{refused}"
    );
    let nobody = run(
        at,
        "retention propose --ground 届满 --cite x --db r.db --as admin",
    );
    assert!(nobody.contains("exit code: 2"), "{nobody}");
    let missing = run(at, "retention confirm 1 --db r.db --as reviewer-1");
    assert!(
        missing.contains("there is no proposal of erasure 1"),
        "{missing}"
    );
    good(at, "retention proposals --db r.db --as admin");
}

#[test]
fn scans_have_a_term_of_their_own_and_go_by_two_people() {
    let folder = real_county();
    let at = folder.path();
    std::fs::write(at.join("card.jpg"), [0xff, 0xd8, 0xff, 0xe0, 7]).unwrap();
    good(
        at,
        "attachment add card.jpg --household H000001 --paper other --db r.db --as clerk-1",
    );
    assert!(good(at, "retention terms --db r.db").contains("24"));
    let now = good(at, "retention scans --db r.db --as admin");
    assert!(
        now.contains("H000001") && now.contains("the term of retention runs until"),
        "{now}"
    );
    let later = good(
        at,
        "retention scans --due --on 2099-01-01 --db r.db --as admin",
    );
    assert!(later.contains("H000001"), "{later}");
    let line = "retention propose --scans --ground 期满 --cite 'art. 47' --db r.db --as admin";
    assert!(good(at, line).contains("no scan is due"));
    let none = run(at, "retention confirm --scans --db r.db --as reviewer-1");
    assert!(
        none.contains("there is no proposal about a scan that waits"),
        "{none}"
    );
    let both = run(at, "retention confirm 1 --scans --db r.db --as reviewer-1");
    assert!(both.contains("exit code: 2"), "{both}");
}

#[test]
fn a_rehearsal_asks_for_its_clock() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(at, "init --db r.db --rehearsal --at 2021-07-01");
    let refused = run(
        at,
        "user add b --name b --role officer --division 513301 --db r.db --as admin",
    );
    assert!(
        refused.contains("give the day with --at") && refused.contains("2021-0"),
        "{refused}"
    );
    good(
        at,
        "user add bb --name b --role officer --division 513301 --db r.db --as admin --at 2021-07-02",
    );
}

/// From the form to money on its way, every line typed with the log on.
fn case_and_payment() {
    let folder = with_form();
    let at = folder.path();
    decided(at);
    by(at, "officer-2", "2021-07-23", "account confirm 1");
    let money = "pay appropriate --source central --amount 1000 --document 川财社〔2021〕1号";
    by(at, "cashier-1", "2021-07-26", money);
    by(at, "checker-1", "2021-07-26", "pay confirm appropriation 1");
    by(at, "cashier-1", "2021-07-30", "pay run --month 2021-08");
    let batch = "PAY-513301-2021-08-01";
    by(at, "checker-1", "2021-07-30", &format!("pay check {batch}"));
    by(
        at,
        "releaser-1",
        "2021-07-30",
        &format!("pay release {batch}"),
    );
    by(
        at,
        "cashier-1",
        "2021-08-02",
        &format!("pay export {batch} --out bank"),
    );
    good(at, "explain --household H000001 --month 2021-08 --db r.db");
    good(at, "evidence list --person P000001 --db r.db");
}

#[test]
fn the_log_of_a_whole_case_names_acts_and_nobody() {
    let log = logged("json", "debug", case_and_payment);
    let lines: Vec<serde_json::Value> = log
        .lines()
        .filter(|line| line.starts_with('{'))
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let acts: Vec<&serde_json::Value> = lines
        .iter()
        .filter(|line| line["message"] == "act")
        .collect();
    assert!(acts.len() > 20, "{} acts", acts.len());
    for act in &acts {
        for field in ["timestamp", "level", "actor", "action", "outcome", "ms"] {
            assert!(!act[field].is_null(), "{field} in {act}");
        }
        if act["outcome"] == "kept" {
            assert!(
                act["tx"].as_i64().unwrap() > 0 && act["rows"].as_i64().unwrap() > 0,
                "{act}"
            );
        }
    }
    let actions: Vec<&str> = acts
        .iter()
        .filter_map(|act| act["action"].as_str())
        .collect();
    for action in ["pay.run", "pay.release"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
    assert!(lines.iter().any(|line| line["message"] == "command"));
    let form: toml::Table = good(Path::new("."), "register --template").parse().unwrap();
    let mut personal = Vec::new();
    collect(&toml::Value::Table(form), &mut personal);
    assert!(personal.len() >= 2, "{personal:?}");
    for word in personal {
        assert!(!log.contains(&word), "`{word}` is in the log");
    }
    for word in [
        "情况属实",
        "无记录",
        "6217000000000000004",
        "500.00",
        "190.00",
    ] {
        assert!(!log.contains(word), "`{word}` is in the log");
    }
}

/// Names and numbers of the form: Chinese words of two signs and more, digits of ten and more.
fn collect(value: &toml::Value, found: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => table.values().for_each(|value| collect(value, found)),
        toml::Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
        toml::Value::String(text) => {
            let digits =
                text.len() >= 10 && text.bytes().take(10).all(|byte| byte.is_ascii_digit());
            let chinese = text.chars().count() >= 2 && !text.is_ascii();
            // the code of a village is no personal datum
            if chinese || (digits && text.len() > 12) {
                found.push(text.clone());
            }
        }
        _ => {}
    }
}

#[test]
fn the_server_answers_on_its_port_until_it_is_told_to_stop() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    good(at, "init --db r.db --rehearsal --at 2021-07-01");
    let mut child = Process::new(minsheng(at).get_program())
        .args([
            "serve",
            "--db",
            "r.db",
            "--listen",
            "127.0.0.1:0",
            "--log",
            "json",
        ])
        .current_dir(at)
        .env_clear()
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("http://") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended");
    }
    let (_, rest) = line.split_once("http://").unwrap();
    let address: String = rest.chars().take_while(|sign| *sign != ';').collect();
    let mut stream = TcpStream::connect(address.trim()).unwrap();
    write!(
        stream,
        "GET /health/ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("\"ready\":true"),
        "{answer}"
    );
    let told = Process::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(told.success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_server_does_not_start_without_its_database() {
    let folder = tempfile::tempdir().unwrap();
    let refused = run(folder.path(), "serve --db none.db");
    assert!(
        refused.contains("exit code: 1") && refused.contains("hint:"),
        "{refused}"
    );
}
