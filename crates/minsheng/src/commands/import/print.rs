//! What an import says: what was read, what is wrong and what to do about it, what became of it.

use std::path::Path;

use minsheng_exchange::roll::Finding;
use minsheng_registry::rolls::{ChangeKind, Intake, Report};

use crate::app::App;
use crate::failure::Failure;

/// Lines of one kind shown to a person; `--json` and the file of bad rows hold them all.
const SHOWN: usize = 50;

pub(super) fn report(
    app: &mut App,
    intake: &Intake<'_>,
    report: &Report,
    dry_run: bool,
    bad_file: Option<&Path>,
) -> anyhow::Result<()> {
    let roll = intake.roll;
    let mut lines = vec![app.words.tell(
        "import-read",
        &[
            ("file", &intake.file_name),
            ("rows", &roll.rows),
            ("line", &roll.header_line),
        ],
    )];
    for skipped in &roll.skipped {
        let with: [(&str, &dyn std::fmt::Display); 2] =
            [("line", &skipped.line), ("text", &skipped.text)];
        lines.push(app.words.tell("import-skipped", &with));
    }
    if !roll.unread.is_empty() {
        let columns = roll.unread.join(", ");
        lines.push(app.words.tell("import-unread", &[("columns", &columns)]));
        if roll.unread.iter().any(|heading| heading.contains("收入")) {
            lines.push(app.words.say("import-unread-income"));
        }
    }
    for finding in report.findings.iter().take(SHOWN) {
        let place = if finding.column.is_empty() {
            app.words.tell(
                "import-place-row",
                &[("file", &intake.file_name), ("line", &finding.line)],
            )
        } else {
            app.words.tell(
                "import-place",
                &[
                    ("file", &intake.file_name),
                    ("line", &finding.line),
                    ("column", &finding.column),
                ],
            )
        };
        let found = if finding.shown.is_empty() {
            String::new()
        } else {
            format!("`{}`: ", finding.shown)
        };
        lines.push(format!("{place}: {found}{}", problem(app, finding)));
    }
    more(app, &mut lines, report.findings.len());
    for suspect in report.suspects.iter().take(SHOWN) {
        let twin = match (suspect.existing, suspect.earlier_line) {
            (Some(person), _) => person.to_string(),
            (None, Some(line)) => app.words.tell("import-line", &[("line", &line)]),
            (None, None) => app.words.say("import-elsewhere"),
        };
        lines.push(app.words.tell(
            "import-suspect",
            &[
                ("line", &suspect.line),
                ("name", &suspect.name),
                ("birth", &suspect.birth),
                ("twin", &twin),
            ],
        ));
    }
    more(app, &mut lines, report.suspects.len());
    for change in report.changes.iter().take(SHOWN) {
        let kind = match &change.kind {
            ChangeKind::NewMember => app.words.say("change-new-member"),
            ChangeKind::MemberGone => app.words.say("change-member-gone"),
            ChangeKind::Relation => app.words.say("change-relation"),
            ChangeKind::Account => app.words.say("change-account"),
            ChangeKind::Division => app.words.say("change-division"),
            ChangeKind::Evidence(kind) => app.words.tell("change-evidence", &[("kind", kind)]),
        };
        let household = change
            .household
            .map_or_else(|| "—".to_owned(), |household| household.to_string());
        lines.push(app.words.tell(
            "import-change",
            &[
                ("line", &change.line),
                ("household", &household),
                ("name", &change.name),
                ("kind", &kind),
                ("old", &change.old),
                ("new", &change.new),
            ],
        ));
    }
    more(app, &mut lines, report.changes.len());
    let key = match (dry_run, report.import) {
        (true, _) => "import-would",
        (false, Some(_)) => "import-done",
        (false, None) => "import-nothing",
    };
    lines.push(app.words.tell(
        key,
        &[
            ("households", &report.new_households),
            ("persons", &report.new_persons),
            ("unchanged", &report.unchanged),
            ("changes", &report.changes.len()),
            ("bad", &report.bad_lines.len()),
        ],
    ));
    if report.import.is_some() {
        lines.push(app.words.tell(
            "import-also",
            &[
                ("accounts", &report.accounts),
                ("evidence", &report.evidence),
            ],
        ));
        lines.push(app.words.say("import-no-decision"));
    }
    let moves = report.moves();
    if report.changes.len() > moves && !report.updated {
        lines.push(app.words.say("import-update-hint"));
    }
    if moves > 0 {
        lines.push(app.words.tell("import-moves", &[("count", &moves)]));
    }
    if let Some(file) = bad_file {
        lines.push(app.words.tell(
            "import-bad-file",
            &[("rows", &report.bad_lines.len()), ("file", &file.display())],
        ));
    }
    for line in lines {
        app.out.line(&line)?;
    }
    Ok(())
}

fn more(app: &App, lines: &mut Vec<String>, count: usize) {
    let left = count.saturating_sub(SHOWN);
    if left > 0 {
        lines.push(app.words.tell("import-more", &[("count", &left)]));
    }
}

/// What is wrong, and what to do.
pub(super) fn problem(app: &App, finding: &Finding) -> String {
    let with: Vec<(&str, &dyn std::fmt::Display)> = finding
        .with
        .iter()
        .map(|(name, value)| (*name, value as &dyn std::fmt::Display))
        .collect();
    app.words
        .tell(&format!("problem-{}", finding.problem), &with)
}

pub(super) fn refusal(app: &App, intake: &Intake<'_>, report: &Report) -> Failure {
    if !intake.skip_bad && !report.findings.is_empty() {
        return Failure::new(
            app.words
                .tell("import-refused", &[("count", &report.bad_lines.len())]),
            app.words.say("import-refused-hint"),
        );
    }
    Failure::new(
        app.words
            .tell("import-suspects", &[("count", &report.suspects.len())]),
        app.words.say("import-suspects-hint"),
    )
}
