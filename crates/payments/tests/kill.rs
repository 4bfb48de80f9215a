//! A child process that runs the payment month is killed (SIGKILL) at its write points, the bank file included,
//! and started again: it ends in the same books, to the last byte of the audit chain.
//!
//! Ten kills by default, spread over all points of one county; `MINSHENG_KILLS` asks for more in all,
//! `MINSHENG_SEEDS=2..5` for the counties to spread them over.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test fails where it cannot go on")]

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use minsheng_core::Date;
use minsheng_store::Observer;
use support::{County, day, month, november, seeds};

const FOLDER: &str = "MINSHENG_KILL_FOLDER";
const KILL_AT: &str = "MINSHENG_KILL_AT";
/// The account that the bank closes in the month that is killed.
const CLOSED_IN_NOVEMBER: &str = "closed.txt";

/// Counts write points, keeps their names, and dies at one of them.
#[derive(Default)]
struct Killer {
    passed: AtomicUsize,
    kill_at: usize,
    names: Mutex<Vec<String>>,
}

impl Observer for Killer {
    fn point(&self, name: &str) {
        let number = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        if number == self.kill_at {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)
                .unwrap();
        }
        self.names.lock().unwrap().push(name.to_owned());
    }
}

/// What the child does: two rounds of November and one of December, on a fixed day, whatever was done before.
fn pay_two_months(folder: &Path, observer: Arc<dyn Observer>) {
    let closed: BTreeSet<String> = fs::read_to_string(folder.join(CLOSED_IN_NOVEMBER))
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let county = County::open(folder, day("2021-11-03"), Some(observer));
    county.pay(month("2021-11"), 1, &closed).unwrap();
    county.pay(month("2021-11"), 2, &closed).unwrap();
    county.day(day("2021-11-30"));
    county.pay(month("2021-12"), 1, &BTreeSet::new()).unwrap();
}

/// The child process. In an ordinary test run it has nothing to do.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let kill_at = std::env::var(KILL_AT).unwrap().parse().unwrap();
    let killer = Arc::new(Killer {
        kill_at,
        ..Killer::default()
    });
    pay_two_months(Path::new(&folder), Arc::<Killer>::clone(&killer));
    fs::write(
        Path::new(&folder).join("points.txt"),
        killer.names.lock().unwrap().join("\n"),
    )
    .unwrap();
}

fn start_child(folder: &Path, kill_at: usize) -> ExitStatus {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(KILL_AT, kill_at.to_string())
        .output()
        .unwrap();
    if output.status.signal() != Some(9) {
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    output.status
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The books, the end of the audit chain, and every file of the bank with its bytes.
fn end_of(folder: &Path) -> (String, String, Vec<(String, Vec<u8>)>) {
    let county = County::open(folder, Date::constant(2021, 12, 1), None);
    county.assert_proved();
    let mut files: Vec<_> = fs::read_dir(folder.join("bank"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (
                entry.file_name().into_string().unwrap(),
                fs::read(entry.path()).unwrap(),
            )
        })
        .collect();
    files.sort();
    (
        county.books_and_runs(),
        county.store.head().unwrap().hash,
        files,
    )
}

/// The points to die at: the first of every name that a bank file or a transaction has, then evenly spread.
fn chosen(points: &[String], kills: usize) -> BTreeSet<usize> {
    if kills >= points.len() {
        return (1..=points.len()).collect();
    }
    let mut chosen = BTreeSet::new();
    for name in [
        "bank_file.write",
        "bank_file.half",
        "bank_file.rename",
        "bank_file.done",
    ] {
        chosen.insert(1 + points.iter().position(|point| point == name).expect(name));
    }
    let rest = kills.saturating_sub(chosen.len());
    for step in 0..rest {
        let mut at = 1 + step * points.len() / rest.max(1);
        while at <= points.len() && !chosen.insert(at) {
            at += 1;
        }
    }
    chosen
}

/// Kills in each county, and the counties: ten in one, or what a long run asks for.
fn asked() -> (usize, Vec<usize>) {
    let seeds: Vec<usize> = seeds(&[0])
        .into_iter()
        .map(|seed| usize::try_from(seed).unwrap())
        .collect();
    let kills: usize =
        std::env::var("MINSHENG_KILLS").map_or(10, |text| text.trim().parse().unwrap());
    (kills.div_ceil(seeds.len()), seeds)
}

#[test]
fn a_payment_month_killed_at_any_write_point_ends_in_the_same_books() {
    let (kills, seeds) = asked();
    for seed in seeds {
        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join("template");
        fs::create_dir(&template).unwrap();
        let closed = november::county(County::create(&template, day("2021-07-05")), seed);
        fs::write(template.join(CLOSED_IN_NOVEMBER), closed).unwrap();

        let undisturbed = folder.path().join("undisturbed");
        copy(&template, &undisturbed);
        assert!(start_child(&undisturbed, 0).success());
        let expected = end_of(&undisturbed);
        let points = fs::read_to_string(undisturbed.join("points.txt")).unwrap();
        let points: Vec<String> = points.lines().map(str::to_owned).collect();
        println!("county {seed}: {} write points", points.len());
        assert!(
            expected.0.contains("late_death"),
            "the month must open a recovery"
        );

        for (count, kill_at) in chosen(&points, kills).into_iter().enumerate() {
            let name = &points[kill_at - 1];
            let disturbed = folder.path().join(format!("killed-{kill_at}"));
            copy(&template, &disturbed);
            assert_eq!(
                start_child(&disturbed, kill_at).signal(),
                Some(9),
                "point {kill_at}, {name}"
            );
            if count % 3 == 2 {
                // once more, some way into what is left
                let again = start_child(&disturbed, 1 + (points.len() - kill_at) / 2);
                assert!(again.success() || again.signal() == Some(9));
            }
            assert!(
                start_child(&disturbed, 0).success(),
                "resumed after point {kill_at}, {name}"
            );
            let found = end_of(&disturbed);
            assert_eq!(found.0, expected.0, "killed at point {kill_at}, {name}");
            assert_eq!(
                found.1, expected.1,
                "killed at point {kill_at}, {name}: the audit chain"
            );
            assert_eq!(
                found.2, expected.2,
                "killed at point {kill_at}, {name}: files of the bank"
            );
            fs::remove_dir_all(&disturbed).unwrap();
        }
    }
}
