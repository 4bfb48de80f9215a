//! How long a roll takes from the file to the closed books, on both engines.
//!
//! `cargo run --release -p minsheng-registry --example import_roll [ROWS] [POSTGRES-URL]` makes a synthetic workbook
//! of households of one to four persons with numbers, accounts and disabilities; without an address a private
//! PostgreSQL server is started.

use std::collections::BTreeSet;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use minsheng_core::{
    Date, Regions, Timestamp, WorkCalendar, bank_account, citizen_id, cst_timestamp,
};
use minsheng_exchange::list::{Cell, Format, List};
use minsheng_exchange::mapping::Mapping;
use minsheng_exchange::table::{self, Limits};
use minsheng_exchange::text::Encoding;
use minsheng_policy::PackSet;
use minsheng_registry::divisions::{self, NewDivision};
use minsheng_registry::rolls::{self, Intake};
use minsheng_registry::users::{self, NewUser};
use minsheng_registry::{Actor, Ctx, Desk, PackLibrary, Role};
use minsheng_store::{DbUrl, Keys, Options, Store};
use minsheng_store_testing::FreshPostgres;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let rows: usize = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    println!("{}", hardware());
    let (bytes, made) = timed(|| roll(rows))?;
    println!(
        "a workbook of {rows} rows, {} KiB, made in {}",
        bytes.len() / 1024,
        seconds(made)
    );
    let folder = tempfile::tempdir()?;
    run(
        "SQLite",
        &DbUrl::file(folder.path().join("roll.db")),
        &bytes,
        rows,
    )?;
    let (own, other);
    let url = match arguments.next() {
        Some(url) => {
            other = url;
            other.as_str()
        }
        None => {
            own = FreshPostgres::new();
            own.url()
        }
    };
    run("PostgreSQL", &url.parse()?, &bytes, rows)
}

fn run(engine: &str, url: &DbUrl, bytes: &[u8], rows: usize) -> Outcome<()> {
    let options = Options::new(Keys::Demo, ChaCha20Rng::seed_from_u64(7));
    let store = Store::create(url, &options, at(1)?)?;
    let packs = PackLibrary::new(Arc::new(PackSet::embedded("cn-513301")?));
    let desk = Desk {
        store: &store,
        packs: &packs,
        calendar: WorkCalendar::embedded(),
        regions: Regions::national(),
    };
    let ctx = Ctx {
        actor: Actor {
            username: "anna".to_owned(),
            roles: BTreeSet::from([Role::Administrator, Role::Officer]),
            division: 513_301_000_000,
        },
        at: at(2)?,
    };
    let user = NewUser {
        username: "anna".to_owned(),
        display_name: "Anna".to_owned(),
        roles: ctx.actor.roles.clone(),
        division: ctx.actor.division,
    };
    users::add_many(&desk, &ctx, &[user])?;
    divisions::load(&desk, &ctx, &villages()?)?;
    let intake = |roll| Intake {
        roll,
        file_name: "roll.xlsx",
        digest: &[],
        mapping: "",
        programme: "",
        since: ctx.today(),
        update: false,
        accept_duplicates: true,
        skip_bad: false,
    };
    let (roll, read) = timed(|| {
        let tables = table::read("roll.xlsx", bytes, &Limits::default())?;
        Ok(store.read(|q| rolls::read(&desk, q, &tables, &Mapping::default(), ctx.today()))?)
    })?;
    let (report, written) =
        timed(|| Ok(rolls::import(&desk, &ctx, &intake(&roll), &|_, _, _| {})?))?;
    if report.new_persons != rows {
        return Err(format!(
            "{} of {rows} came in: {:?}",
            report.new_persons,
            report.findings.first()
        )
        .into());
    }
    let (again, compared) =
        timed(|| Ok(rolls::import(&desk, &ctx, &intake(&roll), &|_, _, _| {})?))?;
    if again.import.is_some() {
        return Err("the same roll wrote something".into());
    }
    let total = read + written;
    println!(
        "{engine}: {} in all, {} rows/s (read and checked {}, compared and written {}); the same file again {}",
        seconds(total),
        rows as u128 * 1000 / total.as_millis().max(1),
        seconds(read),
        seconds(written),
        seconds(compared),
    );
    Ok(())
}

fn villages() -> Outcome<Vec<NewDivision>> {
    let valid_from = Date::new(2000, 1, 1)?;
    let villages = (1..=200).map(|village| NewDivision {
        code: 513_301_001_000 + village,
        level: 'V',
        name: format!("第{village}村"),
        valid_from,
        valid_to: None,
    });
    Ok(villages.collect())
}

fn roll(rows: usize) -> Outcome<Vec<u8>> {
    let header = [
        "户号",
        "姓名",
        "身份证号",
        "与户主关系",
        "区划代码",
        "类别",
        "残疾类别等级",
        "一卡通账号",
    ];
    let mut list = List::new(header.iter().map(|heading| (*heading).to_owned()).collect());
    let first = Date::new(1940, 1, 1)?;
    let (mut household, mut left) = (0_usize, 0_usize);
    for row in 0..rows {
        let head = left == 0;
        if head {
            household += 1;
            left = household % 4 + 1;
        }
        left -= 1;
        let days = i64::try_from(row / 900)?;
        let birth = first.checked_add(jiff::Span::new().days(days))?;
        let number = citizen_id::build("513301", birth, u16::try_from(row % 900 + 1)?)?;
        let account = bank_account::complete(&format!("62170{household:010}"))?;
        list.push([
            Cell::from(household.to_string()),
            Cell::from(format!("人{row}")),
            Cell::from(number.as_str()),
            Cell::from(if head { "户主" } else { "子女" }),
            Cell::from((513_301_001_001 + household % 200).to_string()),
            Cell::from(if household.is_multiple_of(3) {
                "城市"
            } else {
                "农村"
            }),
            Cell::from(if row.is_multiple_of(10) {
                "肢体二级"
            } else {
                ""
            }),
            Cell::from(account.as_str()),
        ]);
    }
    Ok(list.write(Format::Xlsx, Encoding::Utf8)?)
}

fn at(day: i8) -> Outcome<Timestamp> {
    Ok(cst_timestamp(Date::new(2021, 6, day)?, 9, 0, 0))
}

#[expect(
    clippy::disallowed_methods,
    reason = "this program measures time; nothing is decided by it"
)]
fn timed<T>(work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Duration)> {
    let start = std::time::Instant::now();
    let value = work()?;
    Ok((value, start.elapsed()))
}

fn seconds(time: Duration) -> String {
    let tenths = time.as_millis() / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

fn hardware() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let model = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
    format!("{} cores, {}", cores, model.unwrap_or_default())
}
