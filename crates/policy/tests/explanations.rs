//! Explanations and handbook pages as people see them.

#![allow(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use minsheng_policy::{Lang, PackSet};

fn explained(programme: &str, example: &str, lang: Lang) -> String {
    let set = PackSet::embedded("cn-513301").unwrap();
    let programme = set.programme(programme).unwrap();
    let (facts, key) = programme.example(example).unwrap();
    let facts = programme.facts(facts).unwrap();
    let determination = programme.determine(&facts, &key).unwrap();
    determination.render(lang)
}

#[test]
fn trace_of_db_1_in_chinese() {
    insta::assert_snapshot!(explained("urban-dibao", "DB-1", Lang::Zh));
}

#[test]
fn trace_of_db_1_in_english() {
    insta::assert_snapshot!(explained("urban-dibao", "DB-1", Lang::En));
}

#[test]
fn trace_of_db_3_in_chinese() {
    insta::assert_snapshot!(explained("rural-dibao", "DB-3", Lang::Zh));
}

#[test]
fn trace_of_db_3_in_english() {
    insta::assert_snapshot!(explained("rural-dibao", "DB-3", Lang::En));
}

#[test]
fn a_refusal_says_the_figures_in_both_languages() {
    let set = PackSet::embedded("cn-513301").unwrap();
    let programme = set.programme("urban-dibao").unwrap();
    let (facts, key) = programme.example("DB-2").unwrap();
    let facts = programme.facts(facts).unwrap();
    let determination = programme.determine(&facts, &key).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&determination.reasons).unwrap());
}

#[test]
fn handbook_page_of_urban_dibao_in_chinese() {
    let set = PackSet::embedded("cn-513301").unwrap();
    insta::assert_snapshot!(set.handbook("urban-dibao", Lang::Zh).unwrap());
}

#[test]
fn handbook_page_of_rural_dibao_in_english() {
    let set = PackSet::embedded("cn-513301").unwrap();
    insta::assert_snapshot!(set.handbook("rural-dibao", Lang::En).unwrap());
}
