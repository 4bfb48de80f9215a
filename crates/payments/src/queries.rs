//! What others read of payments: figures, work lists, one household's months. Every list of persons, households
//! or sums passes the area scope; nothing here is computed from a rule.

mod account;
mod figures;
mod household;
mod unreconciled;
mod work;

pub use account::{Account, Movement, StatementRow, account_of, households_of_payee};
pub use figures::{
    HouseholdMonth, PaidItem, RepaidItem, RollRow, last_run_month, paid_by_household, paid_in_year,
    repaid_in_year, roll, run_months,
};
pub use household::{EntitledRow, PaidRow, entitled_of, paid_of};
pub use unreconciled::{Gap, Unreconciled, resend_days, unreconciled};
pub use work::{
    HeldRow, LineRow, RecoveryRow, ReturnedRow, batch_lines, batches, held, recoveries, returned,
};
