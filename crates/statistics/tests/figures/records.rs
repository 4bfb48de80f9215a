//! Records entered row by row, as the offices would leave them.

use std::sync::Arc;

use minsheng_core::{Date, Month, Regions, Timestamp, WorkCalendar};
use minsheng_policy::PackSet;
use minsheng_registry::{Desk, PackLibrary};
use minsheng_store::{Act, DbUrl, Keys, Options, Store, StoreError, Tx, Value};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

pub const LUCHENG: i64 = 513_301_001_001;
pub const XINDUQIAO: i64 = 513_301_102_201;

/// A store in a folder of its own, with the embedded packs.
pub struct Records {
    store: Store,
    packs: PackLibrary,
    run: i64,
    lines: i64,
    _folder: tempfile::TempDir,
}

/// A payment that was entered.
#[derive(Clone, Copy)]
pub struct Payment {
    item: i64,
    right: Right,
}

/// An entitlement that was entered.
#[derive(Clone, Copy)]
pub struct Right {
    id: i64,
    household: i64,
    person: i64,
    case: i64,
    programme: &'static str,
    class: &'static str,
    month: Month,
    fen: i64,
    division: i64,
}

impl Records {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DbUrl::file(folder.path().join("t.db"));
        let options = Options::new(Keys::Demo, ChaCha20Rng::from_seed([7; 32]));
        let store = Store::create(&url, &options, at()).unwrap();
        let packs = PackLibrary::new(Arc::new(PackSet::embedded("cn-513301").unwrap()));
        Self {
            store,
            packs,
            run: 0,
            lines: 0,
            _folder: folder,
        }
    }

    pub fn desk(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            packs: &self.packs,
            calendar: WorkCalendar::embedded(),
            regions: Regions::with_demo(),
        }
    }

    fn write<T>(&self, f: impl FnOnce(&mut Tx<'_>) -> Result<T, StoreError>) -> T {
        self.store
            .write(
                &Act {
                    actor: "test",
                    action: "test",
                    at: at(),
                },
                f,
            )
            .unwrap()
    }

    fn insert(&self, table: &str, values: &[(&str, Value)]) -> i64 {
        self.write(|tx| tx.insert(table, values))
    }

    pub fn household(&self, division: i64) -> i64 {
        self.insert("household", &[("division", division.into())])
    }

    pub fn person(&self) -> i64 {
        self.insert(
            "person",
            &[
                ("name", "某人".into()),
                ("sex", "1".into()),
                ("birth_date", Date::constant(1980, 1, 1).into()),
                ("division", LUCHENG.into()),
            ],
        )
    }

    /// A payment run of a month.
    pub fn run(&mut self, month: &str) {
        self.run = self.insert(
            "payment_run",
            &[
                ("month", month.parse::<Month>().unwrap().into()),
                ("known_tx", 1_i64.into()),
                ("ran_on", Date::constant(2021, 1, 1).into()),
                ("pack_hash", "h".into()),
                ("made_by", "cashier".into()),
            ],
        );
    }

    pub fn entitlement(
        &mut self,
        programme: &'static str,
        household: i64,
        person: i64,
        month: &str,
        class: &str,
        fen: i64,
    ) -> Right {
        let class = ["BACKSTOP", "GENERAL", "STANDARD"]
            .into_iter()
            .find(|known| *known == class)
            .unwrap();
        let month: Month = month.parse().unwrap();
        let division = self.division_of(household);
        let number = format!("assistance-513301-2021-{:06}", self.count());
        let case = self.insert(
            "case_file",
            &[
                ("number", number.into()),
                ("programme", programme.into()),
                ("household_id", household.into()),
                ("applicant_id", person.into()),
                ("single", false.into()),
                ("division", division.into()),
                ("state", "granted".into()),
                ("applied_on", Date::constant(2020, 11, 3).into()),
                ("filed_by", "applicant".into()),
                ("pack_hash", "h".into()),
            ],
        );
        let id = self.insert(
            "entitlement",
            &[
                ("programme", programme.into()),
                ("person_id", person.into()),
                ("month", month.into()),
                ("household_id", household.into()),
                ("division", division.into()),
                ("case_id", case.into()),
                ("decision_id", 1_i64.into()),
                ("class", class.into()),
                ("amount_fen", fen.into()),
                ("run_id", self.run.into()),
            ],
        );
        Right {
            id,
            household,
            person,
            case,
            programme,
            class,
            month,
            fen,
            division,
        }
    }

    fn count(&mut self) -> i64 {
        self.lines += 1;
        self.lines
    }

    fn division_of(&self, household: i64) -> i64 {
        self.store
            .read(|q| {
                minsheng_registry::households::division_of(
                    q,
                    minsheng_registry::HouseholdId(household),
                )
            })
            .unwrap()
    }

    pub fn supersede(&self, right: Right) {
        self.write(|tx| {
            let now = Value::from(tx.number());
            tx.update("entitlement", right.id, &[("superseded_tx", now)])
        });
    }

    /// A batch of one line and one item for an entitlement.
    pub fn payment(&mut self, right: Right, state: &str, settled_on: Option<Date>) -> Payment {
        let number = self.count();
        let account = self.insert(
            "payment_account",
            &[
                ("person_id", self.person().into()),
                ("purpose", "assistance".into()),
                ("holder_id", right.person.into()),
                ("number_sealed", vec![0_u8].into()),
                ("number_hash", vec![0_u8].into()),
                ("entered_by", "clerk".into()),
                ("valid_from", Date::constant(2020, 1, 1).into()),
            ],
        );
        let batch = self.insert(
            "payment_batch",
            &[
                ("run_id", self.run.into()),
                ("number", format!("PAY-{number}").into()),
                ("month", right.month.into()),
                ("state", "settled".into()),
                ("frozen_on", Date::constant(2021, 1, 1).into()),
                ("made_by", "cashier".into()),
                ("line_count", 1_i64.into()),
                ("total_fen", right.fen.into()),
                ("lines_digest", vec![0_u8].into()),
            ],
        );
        let line = self.insert(
            "payment_line",
            &[
                ("batch_id", batch.into()),
                ("line_no", 1_i64.into()),
                ("programme", right.programme.into()),
                ("household_id", right.household.into()),
                ("payee_id", right.person.into()),
                ("account_id", account.into()),
                ("holder_id", right.person.into()),
                ("division", right.division.into()),
                ("amount_fen", right.fen.into()),
                ("state", state.into()),
                ("settled_on", settled_on.into()),
                ("settled_tx", settled_on.map(|_| 2_i64).into()),
            ],
        );
        let item = self.insert(
            "payment_item",
            &[
                ("line_id", line.into()),
                ("batch_id", batch.into()),
                ("programme", right.programme.into()),
                ("person_id", right.person.into()),
                ("month", right.month.into()),
                ("case_id", right.case.into()),
                ("entitlement_id", right.id.into()),
                ("class", right.class.into()),
                ("amount_fen", right.fen.into()),
            ],
        );
        Payment { item, right }
    }

    /// A recovery with one event; without a day the event is entered and not confirmed, so nothing was spread.
    pub fn recovery(&mut self, payment: Payment, fen: i64, kind: &str, confirmed: Option<Date>) {
        let right = payment.right;
        let recovery = self.insert(
            "recovery",
            &[
                ("case_id", right.case.into()),
                ("programme", right.programme.into()),
                ("household_id", right.household.into()),
                ("division", right.division.into()),
                ("cause", "death".into()),
                ("amount_fen", fen.into()),
                ("opened_on", Date::constant(2021, 7, 1).into()),
                ("state", "open".into()),
            ],
        );
        let item = self.insert(
            "recovery_item",
            &[
                ("recovery_id", recovery.into()),
                ("payment_item_id", payment.item.into()),
                ("programme", right.programme.into()),
                ("person_id", right.person.into()),
                ("month", right.month.into()),
                ("class", right.class.into()),
                ("fund_source", "central".into()),
                ("amount_fen", fen.into()),
            ],
        );
        let happened_on = confirmed.unwrap_or(Date::constant(2021, 10, 1));
        let event = self.insert(
            "recovery_event",
            &[
                ("recovery_id", recovery.into()),
                ("kind", kind.into()),
                ("amount_fen", fen.into()),
                ("happened_on", happened_on.into()),
                ("document", "slip".into()),
                ("entered_by", "cashier".into()),
            ],
        );
        if confirmed.is_some() {
            self.insert(
                "recovery_event_item",
                &[
                    ("event_id", event.into()),
                    ("recovery_item_id", item.into()),
                    ("amount_fen", fen.into()),
                ],
            );
        }
    }

    /// An earlier roll: per household its division and number of persons.
    pub fn snapshot(&self, programme: &str, taken_on: Date, households: &[(i64, i64)]) {
        let snapshot = self.insert(
            "roll_snapshot",
            &[
                ("label", taken_on.year().to_string().into()),
                ("programme", programme.into()),
                ("taken_on", taken_on.into()),
                ("source", "test".into()),
            ],
        );
        for (number, (division, persons)) in (1..).zip(households) {
            let household = self.insert(
                "roll_snapshot_household",
                &[
                    ("snapshot_id", snapshot.into()),
                    ("household_no", format!("{number}").into()),
                    ("division", (*division).into()),
                ],
            );
            for _ in 0..*persons {
                self.insert(
                    "roll_snapshot_person",
                    &[
                        ("snapshot_household_id", household.into()),
                        ("name", "某人".into()),
                        ("relation", "head".into()),
                    ],
                );
            }
        }
    }
}

fn at() -> Timestamp {
    "2022-01-04T01:00:00Z".parse().unwrap()
}
