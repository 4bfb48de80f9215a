//! The log on standard error: as text, as JSON, or none. The level comes from MINSHENG_LOG, the time from the clock
//! of the program. Which fields there are stands in `docs/LOGGING.md`; none is personal.

use clap::ValueEnum;
use minsheng_core::Clock;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;

use crate::wiring::SystemClock;

/// Form of the log, as typed: one JSON object or one line of text per event, or nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum LogForm {
    Json,
    Text,
    #[default]
    Off,
}

struct ProgramTime;

impl FormatTime for ProgramTime {
    fn format_time(&self, to: &mut Writer<'_>) -> std::fmt::Result {
        write!(to, "{}", SystemClock.now())
    }
}

/// Starts the log. `level` is the value of MINSHENG_LOG; what is no level is `info`.
pub fn start(form: LogForm, level: Option<&str>) {
    let level = level
        .and_then(|text| text.trim().parse::<LevelFilter>().ok())
        .unwrap_or(LevelFilter::INFO);
    let common = || {
        tracing_subscriber::fmt()
            .with_max_level(level)
            .with_timer(ProgramTime)
            .with_target(false)
            .with_writer(std::io::stderr)
    };
    // a second log in one process is not started
    match form {
        LogForm::Off => {}
        LogForm::Text => {
            let _ = tracing::subscriber::set_global_default(common().with_ansi(false).finish());
        }
        LogForm::Json => {
            let _ = tracing::subscriber::set_global_default(
                common().json().flatten_event(true).finish(),
            );
        }
    }
}
