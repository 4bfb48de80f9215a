//! The command that takes a step, for hints: a clerk types commands, not steps.
//!
//! Must not know how a command reads its arguments; the binary proves that each of these is one.

/// Steps and the commands that take them, with the arguments that every use needs.
pub const COMMANDS: [(&str, &str, &str); 26] = [
    ("accept", "case accept", ""),
    ("appraise", "case appraise", " --participant NAME,…"),
    ("county_opinion", "case county-opinion", ""),
    (
        "county_visit",
        "case visit",
        " --investigator NAME,NAME --member-present yes --finding TEXT",
    ),
    (
        "cross_check_answer",
        "case cross-check answer",
        " --source REGISTER --finding TEXT",
    ),
    (
        "cross_check_start",
        "case cross-check start",
        " --source REGISTER,…",
    ),
    ("decide", "case decide", ""),
    ("decide_review", "case review decide", ""),
    ("extend", "case extend", " --reason TEXT --approved-by USER"),
    ("first_opinion", "case first-opinion", ""),
    ("forward", "case forward", ""),
    (
        "investigate",
        "case investigate",
        " --investigator NAME,NAME --member-present yes --finding TEXT",
    ),
    ("notify_refusal", "case notify-refusal", " --proof TEXT"),
    ("object", "case object", " --objector NAME --statement TEXT"),
    (
        "open_review",
        "case review open",
        " --cause CAUSE --reason TEXT",
    ),
    (
        "post_county_notice",
        "case county-notice",
        " --division CODE",
    ),
    ("post_notice", "case notice post", " --division CODE"),
    (
        "register_relative",
        "case relatives add",
        " --member PERSON --kinship WORD --staff USER",
    ),
    (
        "reinvestigate",
        "case reinvestigate",
        " --investigator NAME,NAME --member-present yes --finding TEXT",
    ),
    (
        "request_papers",
        "case request-papers",
        " --missing PAPER,…",
    ),
    (
        "resolve_objection",
        "case resolve",
        " --rejected --answer TEXT",
    ),
    (
        "serve",
        "case serve",
        " --way WAY --received-by NAME --proof TEXT",
    ),
    ("supplement", "case supplement", " --paper CODE,…"),
    ("correct_service", "case correct-service", ""),
    ("correct_visit", "case correct-visit", ""),
    ("withdraw", "case withdraw", " --reason TEXT"),
];

/// The line that takes a step in a case (`C000123`; `CASE` where it has no key yet); nothing for a step without a
/// command.
#[must_use]
pub fn line(step: &str, case: Option<&str>) -> Option<String> {
    let (_, command, arguments) = COMMANDS.iter().find(|(code, _, _)| *code == step)?;
    let case = case.unwrap_or("CASE");
    Some(format!("`minsheng {command} {case}{arguments}`"))
}
