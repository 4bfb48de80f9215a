//! A child process that backs up, restores or migrates is killed (SIGKILL) at its write points and started again:
//! before, there is nothing or all; after, all. On both engines.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Read as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use minsheng_core::Timestamp;
use minsheng_store::{Archive, BackUp, DbUrl, Keys, Observer, Options, Restore, Store};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

const FOLDER: &str = "MINSHENG_KILL_FOLDER";
const DO: &str = "MINSHENG_KILL_DO";
const URL: &str = "MINSHENG_KILL_URL";
const KILL_AT: &str = "MINSHENG_KILL_AT";

/// Counts write points, keeps their names, and dies at one of them.
#[derive(Default)]
struct Killer {
    passed: AtomicUsize,
    kill_at: usize,
    names: Mutex<Vec<String>>,
}

impl Observer for Killer {
    fn point(&self, name: &str) {
        if self.passed.fetch_add(1, Ordering::SeqCst) + 1 == self.kill_at {
            rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL)
                .unwrap();
        }
        self.names.lock().unwrap().push(name.to_owned());
    }
}

fn options() -> Options {
    Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(1))
}

fn at(day: &str) -> Timestamp {
    format!("{day}T09:00:00+08:00").parse().unwrap()
}

fn back_up(store: &Store, to: &Path) {
    let by = BackUp {
        program: "minsheng test",
        at: at("2021-12-31"),
    };
    store.back_up(to, by, &|_, _, _| {}).unwrap();
}

fn restore(file: &Path, url: &DbUrl, options: &Options) {
    let archive = Archive::open(file).unwrap();
    Store::restore(&archive, url, options, Restore::default(), &|_, _, _| {}).unwrap();
}

/// The child process. In an ordinary test run it has nothing to do.
#[test]
fn child() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let url = DbUrl::parse(&std::env::var(URL).unwrap()).unwrap();
    let killer = Arc::new(Killer {
        kill_at: std::env::var(KILL_AT).unwrap().parse().unwrap(),
        ..Killer::default()
    });
    let options = options().observer(Arc::<Killer>::clone(&killer));
    match std::env::var(DO).unwrap().as_str() {
        "backup" => back_up(
            &Store::inspect(&url, &options).unwrap(),
            &folder.join("copy.ms"),
        ),
        "restore" => restore(&folder.join("0001.ms"), &url, &options),
        _ => drop(Store::migrate(&url, &options, at("2022-01-01")).unwrap()),
    }
    let names = killer.names.lock().unwrap().join("\n");
    fs::write(folder.join("points.txt"), names).unwrap();
}

fn start_child(folder: &Path, what: &str, url: &DbUrl, text: &str, kill_at: usize) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(DO, what)
        .env(URL, text)
        .env(KILL_AT, kill_at.to_string())
        .output()
        .unwrap();
    let killed = output.status.signal() == Some(9);
    assert!(
        killed || output.status.success(),
        "{url} {kill_at}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    killed
}

/// A database for one kill: empty, or with the county of the first release.
struct Ground {
    folder: tempfile::TempDir,
    text: String,
    _server: Option<FreshPostgres>,
}

impl Ground {
    fn new(postgres: bool) -> Ground {
        let folder = tempfile::tempdir().unwrap();
        let server = postgres.then(FreshPostgres::new);
        let text = match &server {
            Some(server) => server.url().to_owned(),
            None => folder.path().join("county.db").display().to_string(),
        };
        let mut bytes = Vec::new();
        let released = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/released/0001/county.db.gz"
        );
        flate2::read::GzDecoder::new(fs::File::open(released).unwrap())
            .read_to_end(&mut bytes)
            .unwrap();
        let old = folder.path().join("0001.db");
        fs::write(&old, bytes).unwrap();
        let store = Store::inspect(&DbUrl::file(&old), &options()).unwrap();
        back_up(&store, &folder.path().join("0001.ms"));
        Ground {
            folder,
            text,
            _server: server,
        }
    }

    fn url(&self) -> DbUrl {
        DbUrl::parse(&self.text).unwrap()
    }

    fn settle(&self) {
        restore(&self.folder.path().join("0001.ms"), &self.url(), &options());
    }

    fn run(&self, what: &str, kill_at: usize) -> bool {
        start_child(self.folder.path(), what, &self.url(), &self.text, kill_at)
    }

    fn clean(&self) {
        let store = Store::inspect(&self.url(), &options()).unwrap();
        let proof = store.verify().unwrap();
        assert!(proof.is_clean(), "{:#?}", proof.findings);
    }
}

/// Numbers of the points to die at: the first and the last ones, and some of those between.
fn deaths(ground: &Ground) -> Vec<usize> {
    let names = fs::read_to_string(ground.folder.path().join("points.txt")).unwrap();
    let count = names.lines().count();
    assert!(count > 8, "{names}");
    (1..=count)
        .filter(|number| *number <= 4 || *number + 9 > count || number % 11 == 0)
        .collect()
}

fn killed_while(what: &str, postgres: bool, before: fn(&Ground), after: fn(&Ground)) {
    let rehearsal = Ground::new(postgres);
    before(&rehearsal);
    assert!(!rehearsal.run(what, 0));
    after(&rehearsal);
    for death in deaths(&rehearsal) {
        let ground = Ground::new(postgres);
        before(&ground);
        assert!(ground.run(what, death), "{what} does not die at {death}");
        after(&ground);
    }
}

/// Nothing or a whole copy; and the next one is whole.
fn a_copy_is_whole_or_not_there(ground: &Ground) {
    let copy = ground.folder.path().join("copy.ms");
    if copy.exists() {
        Archive::open(&copy).unwrap().check(&|_, _, _| {}).unwrap();
        fs::remove_file(&copy).unwrap();
    }
    ground.clean();
    assert!(!ground.run("backup", 0));
    Archive::open(&copy).unwrap().check(&|_, _, _| {}).unwrap();
    let names = fs::read_dir(ground.folder.path()).unwrap();
    let part = |entry: fs::DirEntry| entry.path().extension().is_some_and(|end| end == "part");
    assert!(!names.map(Result::unwrap).any(part));
}

fn a_county_is_whole_or_not_there(ground: &Ground) {
    if !Store::exists(&ground.url(), &options()).unwrap() {
        assert!(!ground.run("restore", 0));
    }
    ground.clean();
}

fn a_step_has_happened_or_not(ground: &Ground) {
    ground.clean();
    Store::migrate(&ground.url(), &options(), at("2022-01-02")).unwrap();
    let store = Store::open(&ground.url(), &options()).unwrap();
    assert!(store.verify().unwrap().is_clean());
    assert_eq!(
        Store::migrations_due(&ground.url(), &options())
            .unwrap()
            .steps,
        [""; 0]
    );
}

#[test]
fn a_backup_killed_anywhere_leaves_no_half_copy_sqlite() {
    killed_while(
        "backup",
        false,
        Ground::settle,
        a_copy_is_whole_or_not_there,
    );
}

#[test]
fn a_backup_killed_anywhere_leaves_no_half_copy_postgres() {
    killed_while("backup", true, Ground::settle, a_copy_is_whole_or_not_there);
}

#[test]
fn a_restore_killed_anywhere_leaves_no_half_county_sqlite() {
    killed_while("restore", false, |_| {}, a_county_is_whole_or_not_there);
}

#[test]
fn a_restore_killed_anywhere_leaves_no_half_county_postgres() {
    killed_while("restore", true, |_| {}, a_county_is_whole_or_not_there);
}

#[test]
fn a_migration_killed_anywhere_has_happened_or_not_sqlite() {
    killed_while("migrate", false, Ground::settle, a_step_has_happened_or_not);
}

#[test]
fn a_migration_killed_anywhere_has_happened_or_not_postgres() {
    killed_while("migrate", true, Ground::settle, a_step_has_happened_or_not);
}
