//! Plays a story in a county, killed now and then, beside what every person is entitled to by the story alone.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minsheng_benefits::assistance::{self, Cause};
use minsheng_core::{Date, Fen, Month};
use minsheng_payments::queries::{batch_lines, batches, held, recoveries};
use minsheng_payments::recovery::{self, NewSettlement};
use minsheng_payments::{
    BatchId, BatchState, ClosingId, HoldCause, LineState, RecoveryEventId, closing, export, results,
};
use minsheng_registry::accounts::{self, NewAccount};
use minsheng_registry::evidence;
use minsheng_store::{Query, Scope, statement};

use crate::killed::{Killed, Killer};
use crate::story::{
    Act, Chance, Course, Kind, MONTHS, Member, Pending, Point, Slot, Story, day_of,
};
use crate::support::books::Sums;
use crate::support::casework::{self, Home, card};
use crate::support::granted::{DISABLED, GENERAL};
use crate::support::{County, bank_answers, month};

statement! {
    LAST_EVIDENCE, internal "test",
    "SELECT MAX(id) FROM evidence"
}
statement! {
    LAST_ACCOUNT, internal "test",
    "SELECT MAX(id) FROM payment_account"
}
statement! {
    LAST_CLOSING, internal "test",
    "SELECT MAX(id) FROM repayment_closing"
}
statement! {
    LAST_EVENT, internal "test",
    "SELECT MAX(id) FROM recovery_event"
}

/// Something that one course of a story has beside the other.
pub struct Aside<'s> {
    pub fact: &'s Pending,
    /// When it becomes known and its review is opened.
    pub learnt: Point,
    /// Whether the review is decided.
    pub decided: bool,
}

pub struct Play<'s> {
    pub county: County,
    homes: Vec<Home>,
    story: &'s Story,
    course: &'s Course,
    aside: &'s [Aside<'s>],
    killer: Arc<Killer>,
    chance: Option<Chance>,
    pub kills: usize,
    folder: PathBuf,
    /// Rows of evidence that say who died.
    rows: BTreeMap<Member, i64>,
    believed: BTreeMap<i64, Date>,
    /// From which month which member has which amount, per household.
    decisions: Vec<Vec<(Month, BTreeMap<i64, i64>)>>,
    closed: BTreeSet<String>,
    cards: usize,
    /// Repayments that nobody confirmed yet.
    entered: Vec<RecoveryEventId>,
    /// Latest month that a run looked at.
    run_to: Month,
    /// The books after each turn, without the numbers of transactions.
    pub kept: Vec<String>,
}

impl<'s> Play<'s> {
    /// Goes on in a county that lies in a folder and was left on a day.
    pub fn new(
        folder: &Path,
        left: Date,
        homes: &[Home],
        story: &'s Story,
        course: &'s Course,
        aside: &'s [Aside<'s>],
    ) -> Play<'s> {
        let killer = Arc::new(Killer::new());
        let start = folder.join("killed-0");
        std::fs::rename(folder.join("county"), &start).unwrap();
        let county = County::open(&start, left, Some(Arc::<Killer>::clone(&killer)));
        let shares = |home: &Home| home.members.iter().map(|p| (p.0, GENERAL)).collect();
        let mut play = Play {
            county,
            homes: homes.to_vec(),
            story,
            course,
            aside,
            killer,
            chance: course.kills.map(Chance::new),
            kills: 0,
            folder: folder.to_owned(),
            rows: BTreeMap::new(),
            believed: BTreeMap::new(),
            decisions: homes
                .iter()
                .map(|home| vec![(month(MONTHS[0]), shares(home))])
                .collect(),
            closed: BTreeSet::new(),
            cards: 9_000,
            entered: Vec::new(),
            run_to: month(MONTHS[0]).prev(),
            kept: Vec::new(),
        };
        play.arm();
        play
    }

    fn place(&self, kill: usize) -> PathBuf {
        self.folder.join(format!("killed-{kill}"))
    }

    fn arm(&mut self) {
        let (from, to) = (self.place(self.kills), self.place(self.kills + 1));
        if let Some(chance) = &mut self.chance {
            self.killer.arm(chance.below(150), &from, &to);
        }
    }

    /// One act of one transaction, however often it is killed. Killed before its commit it is done again; after it,
    /// what it made is looked up.
    fn act<T>(&mut self, act: impl Fn(&County) -> T, found: impl Fn(&County) -> T) -> T {
        let last = |county: &County| county.store.read(|q| q.last_tx()).unwrap();
        let before = last(&self.county);
        loop {
            match catch_unwind(AssertUnwindSafe(|| act(&self.county))) {
                Ok(made) => return made,
                Err(cause) if cause.is::<Killed>() => self.start_again(),
                Err(other) => resume_unwind(other),
            }
            if last(&self.county) != before {
                return found(&self.county);
            }
        }
    }

    fn start_again(&mut self) {
        self.kills += 1;
        let killer = Arc::<Killer>::clone(&self.killer);
        self.county = self.county.again(&self.place(self.kills), Some(killer));
        self.arm();
    }

    fn row(county: &County, statement: &'static minsheng_store::Statement) -> i64 {
        let rows = county.store.read(|q| q.rows(statement, &[])).unwrap();
        rows[0].int(0).unwrap()
    }

    fn run(&mut self, paid: Month) {
        self.act(
            |county| {
                county.run(paid).unwrap();
            },
            |_| (),
        );
        self.run_to = self.run_to.max(paid);
        self.nothing_due_is_out_of_sight(None);
    }

    fn person(&self, (home, member): Member) -> minsheng_registry::PersonId {
        self.homes[home].members[member]
    }

    /// Everything that the story and the course have for a point.
    fn happen(&mut self, at: Point) {
        let (story, course, aside) = (self.story, self.course, self.aside);
        for (who, beliefs) in &course.beliefs {
            for (_, day) in beliefs.iter().filter(|(when, _)| *when == at) {
                self.believe(*who, *day);
            }
        }
        for act in story.acts.get(&at).into_iter().flatten() {
            self.do_(act);
        }
        for aside in aside {
            if aside.learnt == at {
                self.learn(aside.fact);
            }
            if aside.decided && aside.fact.decided == at {
                self.decide_pending(aside.fact);
            }
        }
        if course.runs.contains(&at) {
            self.run(month(MONTHS[at.0]));
        }
    }

    fn believe(&mut self, who: Member, on: Option<Date>) {
        let person = self.person(who);
        let made = |county: &County| Self::row(county, &LAST_EVIDENCE);
        match (self.rows.get(&who).copied(), on) {
            (None, Some(on)) => {
                let row = self.act(|county| county.dies(person, on), made);
                self.rows.insert(who, row);
            }
            (Some(wrong), Some(on)) => {
                let row = self.act(|county| county.died_otherwise(wrong, person, on), made);
                self.rows.insert(who, row);
            }
            (Some(wrong), None) => {
                self.act(
                    |county| {
                        evidence::withdraw(&county.desk(), &county.by("clerk-1"), wrong).unwrap();
                    },
                    |_| (),
                );
                self.rows.remove(&who);
            }
            (None, None) => {}
        }
        match on {
            Some(on) => self.believed.insert(person.0, on),
            None => self.believed.remove(&person.0),
        };
    }

    fn do_(&mut self, act: &Act) {
        match act {
            Act::Close { home } => {
                self.closed.insert(self.homes[*home].number.clone());
            }
            Act::Card { home } => self.new_card(*home),
            Act::Settle { repaid, whole } => {
                if let Some(event) = self.enter(*repaid, *whole) {
                    self.confirm(event);
                }
            }
            Act::Enter => {
                let event = self.enter(true, true);
                self.entered.extend(event);
            }
            Act::Conclude => {
                for event in std::mem::take(&mut self.entered) {
                    self.conclude(event);
                }
            }
            Act::Stop { home } if !self.shares(*home).is_empty() => {
                self.review(*home, Cause::Renounced);
                self.decide(*home, BTreeMap::new());
            }
            Act::Raise { who } => {
                let person = self.person(*who).0;
                let mut shares = self.shares(who.0);
                if shares.get(&person) == Some(&GENERAL) {
                    let from = Month::from_date(self.county.today()).first_day();
                    self.record(*who, Kind::Disability, from);
                    self.review(who.0, Cause::Person);
                    shares.insert(person, DISABLED);
                    self.decide(who.0, shares);
                }
            }
            Act::Stop { .. } => {}
        }
    }

    fn new_card(&mut self, home: usize) {
        self.cards += 1;
        let head = self.homes[home].head();
        let card = NewAccount {
            person: head,
            holder: head,
            number: card(self.cards),
            valid_from: self.county.today(),
        };
        let row = self.act(
            |county| accounts::enter(&county.desk(), &county.by("clerk-1"), &card).unwrap(),
            |county| Self::row(county, &LAST_ACCOUNT),
        );
        self.act(
            |county| {
                accounts::confirm_many(&county.desk(), &county.by("officer-1"), &[row]).unwrap();
            },
            |_| (),
        );
        (self.homes[home].account, self.homes[home].number) = (row, card.number);
    }

    fn enter(&mut self, repaid: bool, whole: bool) -> Option<RecoveryEventId> {
        let all = self.county.store.read(|q| recoveries(q, &Scope::county()));
        let all = all.unwrap();
        let open = all.iter().find(|recovery| !recovery.open.is_zero())?;
        let third = Fen::new((open.open.get() / 3).max(1));
        let before = self
            .county
            .store
            .read(|q| q.rows(&LAST_EVENT, &[]))
            .unwrap();
        let before = before
            .first()
            .map_or(0, |row| row.opt_int(0).unwrap().unwrap_or(0));
        let new = NewSettlement {
            recovery: open.id,
            amount: (!whole).then_some(third),
            document: format!("收据 {}", before + 1),
            happened_on: self.county.today(),
        };
        let enter = if repaid {
            recovery::repay
        } else {
            recovery::write_off
        };
        Some(self.act(
            |county| enter(&county.desk(), &county.by("cashier-1"), &new).unwrap(),
            |county| RecoveryEventId(Self::row(county, &LAST_EVENT)),
        ))
    }

    fn confirm(&mut self, event: RecoveryEventId) {
        self.act(
            |county| recovery::confirm(&county.desk(), &county.by("checker-1"), event).unwrap(),
            |_| (),
        );
    }

    fn conclude(&mut self, event: RecoveryEventId) {
        // Who asks the office to close what can be confirmed is told so.
        let closed = self.act(
            |county| {
                let ctx = county.by("cashier-1");
                closing::close(&county.desk(), &ctx, event, "退款单").ok()
            },
            |county| Some(ClosingId(Self::row(county, &LAST_CLOSING))),
        );
        match closed {
            None => self.confirm(event),
            Some(id) => {
                self.act(
                    |county| {
                        closing::confirm(&county.desk(), &county.by("checker-1"), id).unwrap();
                    },
                    |_| (),
                );
            }
        }
    }

    fn record(&mut self, who: Member, kind: Kind, from: Date) {
        let person = self.person(who);
        let new = match kind {
            Kind::Disability => casework::disability(person, from),
            Kind::Wage => casework::wage(person, 5_000_000, from),
        };
        self.act(
            |county| {
                county.record(&new);
            },
            |_| (),
        );
    }

    fn review(&mut self, home: usize, cause: Cause) {
        let case = self.homes[home].case.unwrap();
        self.act(
            |county| {
                let ctx = county.by("clerk-1");
                assistance::open_review(&county.desk(), &ctx, case, cause, "test").unwrap();
            },
            |_| (),
        );
    }

    /// Decides a review, after which the members have these shares.
    fn decide(&mut self, home: usize, shares: BTreeMap<i64, i64>) {
        let case = self.homes[home].case.unwrap();
        self.act(
            |county| {
                let ctx = county.by("reviewer-1");
                assistance::decide_review(&county.desk(), &ctx, case).unwrap();
            },
            |_| (),
        );
        let from = Month::from_date(self.county.today()).next();
        self.decisions[home].push((from, shares));
    }

    fn learn(&mut self, fact: &Pending) {
        self.record(fact.who, fact.kind, fact.from);
        let cause = match fact.kind {
            Kind::Wage => Cause::Income,
            Kind::Disability => Cause::Person,
        };
        self.review(fact.who.0, cause);
    }

    fn decide_pending(&mut self, fact: &Pending) {
        let mut shares = self.shares(fact.who.0);
        match fact.kind {
            Kind::Wage => shares.clear(),
            Kind::Disability => {
                shares.insert(self.person(fact.who).0, DISABLED);
            }
        }
        self.decide(fact.who.0, shares);
    }

    /// What the members have by the last decision.
    fn shares(&self, home: usize) -> BTreeMap<i64, i64> {
        let last = self.decisions[home].last();
        last.map(|(_, shares)| shares.clone()).unwrap_or_default()
    }

    fn open_batches(&self) -> Vec<(BatchId, BatchState)> {
        let all = self.county.store.read(|q| batches(q)).unwrap();
        all.into_iter()
            .filter(|batch| !matches!(batch.state, BatchState::Settled | BatchState::Rejected))
            .map(|batch| (batch.id, batch.state))
            .collect()
    }

    /// Households whose line was taken out of a batch.
    fn taken_out(&self, batch: BatchId) -> BTreeSet<i64> {
        let lines = |q: &mut dyn Query| batch_lines(q, &Scope::county(), batch);
        let lines = self.county.store.read(|q| lines(q)).unwrap();
        let out = lines
            .iter()
            .filter(|line| line.state == LineState::Withdrawn);
        out.map(|line| line.household).collect()
    }

    /// Takes every batch that stands at a stage on to the next.
    fn advance(&mut self, stage: BatchState) {
        for (batch, state) in self.open_batches() {
            if state != stage {
                continue;
            }
            let before = self.taken_out(batch);
            match stage {
                BatchState::Frozen => self.act(
                    |county| {
                        let ctx = county.by("checker-1");
                        county.office.check(&county.desk(), &ctx, batch).unwrap();
                    },
                    |_| (),
                ),
                BatchState::Checked => self.act(
                    |county| {
                        let ctx = county.by("releaser-1");
                        county.office.release(&county.desk(), &ctx, batch).unwrap();
                    },
                    |_| (),
                ),
                BatchState::Released => self.act(
                    |county| {
                        let ctx = county.by("releaser-1");
                        export(&county.desk(), &ctx, batch, &county.folder).unwrap();
                    },
                    |_| (),
                ),
                _ => {
                    let closed = self.closed.clone();
                    self.act(
                        |county| {
                            let (desk, folder) = (county.desk(), &county.folder);
                            let file = export(&desk, &county.by("releaser-1"), batch, folder);
                            let answer =
                                bank_answers(&file.unwrap(), county.today(), &closed).unwrap();
                            results(&desk, &county.by("checker-1"), batch, &answer).unwrap();
                        },
                        |_| (),
                    );
                }
            }
            let now = self.taken_out(batch);
            let now: BTreeSet<i64> = now.difference(&before).copied().collect();
            if matches!(stage, BatchState::Frozen | BatchState::Checked) {
                self.nothing_due_is_out_of_sight(Some(&now));
            }
        }
    }

    fn come_to(&mut self, at: Point) {
        self.county.day(day_of(at));
        self.kept.push(self.county.plain_books());
        self.happen(at);
    }

    fn turn(&mut self, turn: usize) {
        let paid = month(MONTHS[turn]);
        self.come_to((turn, Slot::BeforeRun));
        self.run(paid);
        self.come_to((turn, Slot::Frozen));
        self.advance(BatchState::Frozen);
        self.come_to((turn, Slot::Checked));
        // A run of its own may have frozen another batch.
        self.advance(BatchState::Frozen);
        self.advance(BatchState::Checked);
        self.advance(BatchState::Released);
        self.come_to((turn, Slot::AtBank));
        self.advance(BatchState::Exported);
        self.come_to((turn, Slot::Answered));
    }

    /// Plays all months, and runs until nothing moves any more.
    pub fn play(&mut self) {
        for turn in 0..MONTHS.len() {
            self.turn(turn);
        }
        let last = month(MONTHS[MONTHS.len() - 1]);
        self.county.day(last.first_day());
        for _ in 0..3 {
            self.run(last);
            for stage in [
                BatchState::Frozen,
                BatchState::Checked,
                BatchState::Released,
                BatchState::Exported,
            ] {
                self.advance(stage);
            }
        }
        assert_eq!(self.open_batches(), []);
        self.kept.push(self.county.plain_books());
        self.county.assert_proved();
    }

    /// What a person is entitled to for a month, by the story and by deaths.
    fn entitled(&self, home: usize, person: i64, month: Month, died: Option<Date>) -> i64 {
        // Of equal months the last decision counts: max_by_key gives the last of equals.
        let decision = self.decisions[home]
            .iter()
            .filter(|(from, _)| *from <= month)
            .max_by_key(|(from, _)| *from);
        let dead = died.is_some_and(|day| Month::from_date(day) < month);
        let share = decision.and_then(|(_, shares)| shares.get(&person));
        share.filter(|_| !dead).copied().unwrap_or(0)
    }

    /// Every key with what it is entitled to by the truth of the story.
    pub fn truth(&self) -> BTreeMap<(i64, Month), i64> {
        let mut found = BTreeMap::new();
        for (at, home) in self.homes.iter().enumerate() {
            for (member, person) in home.members.iter().enumerate() {
                let died = self.story.deaths.get(&(at, member)).copied().flatten();
                for paid in MONTHS.map(month) {
                    found.insert((person.0, paid), self.entitled(at, person.0, paid, died));
                }
            }
        }
        found
    }

    /// What is due to the members of a household as known now and not on its way is held, to the fen.
    fn nothing_due_is_out_of_sight(&self, only: Option<&BTreeSet<i64>>) {
        let sums = self.county.sums();
        let all = self.county.store.read(|q| held(q, &Scope::county()));
        let mut holds: BTreeMap<i64, i64> = BTreeMap::new();
        for hold in all.unwrap() {
            assert_ne!(hold.cause, HoldCause::DoubleBenefit);
            *holds.entry(hold.household).or_default() += hold.amount.get();
        }
        for (at, home) in self.homes.iter().enumerate() {
            if only.is_some_and(|only| !only.contains(&home.household.0)) {
                continue;
            }
            let mut due = 0;
            for person in &home.members {
                let died = self.believed.get(&person.0).copied();
                for paid in month(MONTHS[0]).through(self.run_to) {
                    let sums = sums.get(&(person.0, paid)).copied().unwrap_or_default();
                    let entitled = self.entitled(at, person.0, paid, died);
                    due += (entitled - sums.credited + sums.repaid - sums.in_flight).max(0);
                }
            }
            let found = holds.get(&home.household.0).copied().unwrap_or(0);
            let (day, what) = (self.county.today(), "due and not on its way, held");
            assert_eq!(due, found, "household {}, {day}: {what}", home.household.0);
        }
    }

    /// Per key: credited, less what was returned, paid back, given up or is still claimed, and what is due.
    pub fn settled(&self) -> BTreeMap<(i64, Month), i64> {
        self.county
            .sums()
            .into_iter()
            .map(|(key, sums)| {
                let Sums {
                    entitled,
                    credited,
                    repaid,
                    written_off,
                    ..
                } = sums;
                let open = sums.claimed - repaid - written_off - sums.withdrawn;
                let due = (entitled - credited + repaid).max(0);
                (key, credited - repaid - written_off - open + due)
            })
            .collect()
    }
}
