//! Scans by the hash of their content, and documents behind parameters.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use minsheng_registry::attachments::{self, MAX_BYTES, NewAttachment};
use minsheng_registry::documents::{self, NewDocument};
use minsheng_registry::evidence::About;
use minsheng_registry::{PersonId, RegistryError, persons};
use minsheng_store::{Query, Scope};
use support::{County, LUCHENG, YALA, at, day_of, person};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR a page of a household register";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF a photograph";

fn someone(county: &County, sequence: u16) -> PersonId {
    let new = person("张伟", day_of(1970, 5, 4), sequence, LUCHENG);
    let ctx = county.ctx("clerk-lucheng", at(2020, 9, 2));
    persons::register(&county.desk(), &ctx, &new).unwrap()
}

fn scan(person: PersonId, bytes: &[u8]) -> NewAttachment {
    NewAttachment {
        about: About::Person(person),
        paper: "identity_card".to_owned(),
        dated_on: None,
        file_name: "张伟 身份证.png".to_owned(),
        bytes: bytes.to_vec(),
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, RegistryError>, part: &str) {
    let text = result.unwrap_err().to_string();
    assert!(text.contains(part), "`{part}` is not in: {text}");
}

#[test]
fn a_scan_is_kept_once_by_its_content_and_opened_with_a_reason() {
    County::on_both(|county| {
        let who = someone(county, 1);
        let desk = county.desk();
        let ctx = |day| county.ctx("clerk-lucheng", at(2020, 9, day));
        let first = attachments::attach(&desk, &ctx(3), &scan(who, PNG)).unwrap();
        let again = attachments::attach(&desk, &ctx(4), &scan(who, PNG)).unwrap();
        assert!(!first.already && again.already);
        assert_eq!(first.id, again.id);
        let other = NewAttachment {
            paper: "household_register".to_owned(),
            ..scan(who, PNG)
        };
        let other = attachments::attach(&desk, &ctx(5), &other).unwrap();
        assert_ne!(first.id, other.id, "the same file as another paper");

        let list = |scope: &Scope| {
            county
                .store
                .read(|q| {
                    let known = q.last_tx()?;
                    attachments::of_subject(q, scope, About::Person(who), known)
                })
                .unwrap()
        };
        let found = list(&Scope::county());
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].content, found[1].content);
        assert_eq!(found[0].media_type, "image/png");
        assert_eq!(list(&Scope::of(YALA)), []);

        let opened = attachments::open(&desk, &ctx(6), first.id, "核对身份").unwrap();
        assert_eq!(opened.bytes, PNG);
        assert_eq!(opened.file_name, "张伟 身份证.png");
        refused(attachments::open(&desk, &ctx(6), first.id, "  "), "say why");
        refused(
            attachments::open(
                &desk,
                &county.ctx("clerk-yala", at(2020, 9, 7)),
                first.id,
                "看看",
            ),
            "works in area",
        );
        let same = |bytes: &[u8]| {
            county
                .store
                .read(|q| attachments::with_content(q, &Scope::county(), bytes))
                .unwrap()
                .len()
        };
        assert_eq!((same(PNG), same(JPEG)), (2, 0));
        assert_eq!(county.store.verify().unwrap().findings, []);
    });
}

#[test]
fn what_is_withdrawn_stays_and_was_not_withdrawn_before() {
    let county = County::new();
    let who = someone(&county, 1);
    let desk = county.desk();
    let clerk = |day| county.ctx("clerk-lucheng", at(2020, 9, day));
    let id = attachments::attach(&desk, &clerk(3), &scan(who, JPEG))
        .unwrap()
        .id;
    let before = county.store.read(|q| q.last_tx()).unwrap();
    refused(attachments::withdraw(&desk, &clerk(4), id, ""), "say why");
    attachments::withdraw(&desk, &clerk(4), id, "别人的身份证").unwrap();
    refused(
        attachments::withdraw(&desk, &clerk(5), id, "再来一次"),
        "withdrawn already",
    );
    refused(
        attachments::withdraw(&desk, &clerk(5), 99, "x"),
        "there is no attachment 99",
    );
    let reason = |known| {
        county
            .store
            .read(|q| attachments::of_subject(q, &Scope::county(), About::Person(who), known))
            .unwrap()[0]
            .withdrawn_reason
            .clone()
    };
    assert_eq!(reason(before), None);
    let now = county.store.read(|q| q.last_tx()).unwrap();
    assert_eq!(reason(now).as_deref(), Some("别人的身份证"));
    let again = attachments::attach(&desk, &clerk(6), &scan(who, JPEG)).unwrap();
    assert!(!again.already, "what was withdrawn can be handed in again");
}

#[test]
fn files_that_are_no_scans_are_refused_with_what_to_do() {
    let county = County::new();
    let who = someone(&county, 1);
    let attach = |new: &NewAttachment| {
        attachments::attach(
            &county.desk(),
            &county.ctx("clerk-lucheng", at(2020, 9, 3)),
            new,
        )
    };
    refused(attach(&scan(who, b"")), "it is empty");
    refused(
        attach(&scan(who, b"MZ\x90\0 a program named .png")),
        "save the scan as PDF or JPEG",
    );
    refused(
        attach(&scan(who, b"<html><script>")),
        "save the scan as PDF or JPEG",
    );
    let mut large = PNG.to_vec();
    large.resize(MAX_BYTES + 1, 0);
    refused(attach(&scan(who, &large)), "split the pages");
    large.truncate(MAX_BYTES);
    attach(&scan(who, &large)).unwrap();
    let mut wrong = scan(who, PNG);
    wrong.paper = "selfie".to_owned();
    refused(
        attach(&wrong),
        "`selfie` is no paper; one of application, declaration",
    );
    let mut late = scan(who, PNG);
    late.dated_on = Some(day_of(2020, 9, 4));
    refused(attach(&late), "2020-09-04 lies after today");
}

fn rule(number: &str, content: &str, replaces: Option<i64>) -> NewDocument {
    NewDocument {
        number: number.to_owned(),
        kind: "rule".to_owned(),
        title: "乡镇临时救助备用金制度".to_owned(),
        issuer: "康定市民政局".to_owned(),
        issued_on: day_of(2020, 8, 1),
        valid_from: day_of(2020, 9, 1),
        valid_to: None,
        content: content.to_owned(),
        replaces,
    }
}

#[test]
fn a_new_edition_replaces_a_document_and_values_of_parameters_rest_on_it() {
    County::on_both(|county| {
        let desk = county.desk();
        let officer = |day| county.ctx("officer-1", at(2020, 9, day));
        let first = documents::enter(
            &desk,
            &officer(1),
            &rule("康民发〔2020〕1号", "一、专款专用。", None),
        )
        .unwrap();
        refused(
            documents::enter(
                &desk,
                &officer(2),
                &rule("康民发〔2020〕1号", "又一份", None),
            ),
            "is there already as document",
        );
        let between = county.store.read(|q| q.last_tx()).unwrap();
        let second = documents::enter(
            &desk,
            &officer(2),
            &rule(
                "康民发〔2020〕1号",
                "一、专款专用。二、建立台账。",
                Some(first),
            ),
        )
        .unwrap();
        refused(
            documents::enter(
                &desk,
                &officer(2),
                &rule("康民发〔2020〕2号", "x", Some(first)),
            ),
            "was replaced already",
        );
        let now = county.store.read(|q| q.last_tx()).unwrap();
        let replaced = |known| -> Vec<bool> {
            let list = county.store.read(|q| documents::list(q, known)).unwrap();
            list.iter().map(|one| one.replaced).collect()
        };
        assert_eq!(replaced(between), [false]);
        assert_eq!(replaced(now), [true, false]);
        let (_, text) = county.store.read(|q| documents::by_id(q, second)).unwrap();
        assert_eq!(text, "一、专款专用。二、建立台账。");

        let grounds = |known| {
            county
                .store
                .read(|q| documents::grounds(q, county.packs.current(), known))
                .unwrap()
        };
        let before = grounds(now);
        assert!(before.len() > 10 && before.iter().all(|one| one.document.is_none()));
        let standard = before
            .iter()
            .find(|one| one.parameter == "standard")
            .unwrap();
        let value = (
            standard.programme.clone(),
            standard.parameter.clone(),
            standard.from,
        );
        documents::link(&desk, &officer(3), first, std::slice::from_ref(&value)).unwrap();
        documents::link(&desk, &officer(3), second, std::slice::from_ref(&value)).unwrap();
        let known = county.store.read(|q| q.last_tx()).unwrap();
        let linked: Vec<_> = grounds(known)
            .into_iter()
            .filter(|one| one.document.is_some())
            .collect();
        assert_eq!(linked.len(), 1);
        assert_eq!(linked[0].document, Some(second), "the later link stands");
        assert_eq!(grounds(now), before, "what was known then does not change");

        let wrong = |name: &str, from| vec![(value.0.clone(), name.to_owned(), from)];
        refused(
            documents::link(&desk, &officer(4), second, &wrong("nothing", value.2)),
            "the packs have no parameter",
        );
        refused(
            documents::link(
                &desk,
                &officer(4),
                second,
                &wrong(&value.1, day_of(1999, 1, 1)),
            ),
            "its values begin on",
        );
        refused(
            documents::link(&desk, &officer(4), 77, &[value]),
            "there is no document 77",
        );
    });
}

#[test]
fn a_document_with_a_part_missing_is_refused_by_its_field() {
    let county = County::new();
    let enter = |new: &NewDocument| {
        documents::enter(
            &county.desk(),
            &county.ctx("officer-1", at(2020, 9, 1)),
            new,
        )
    };
    let whole = rule("康民发〔2020〕1号", "正文", None);
    let with = |change: &dyn Fn(&mut NewDocument)| {
        let mut new = whole.clone();
        change(&mut new);
        new
    };
    refused(
        enter(&with(&|new| new.number.clear())),
        "number: it is empty",
    );
    refused(
        enter(&with(&|new| new.content = " \n".to_owned())),
        "text: it is empty",
    );
    refused(
        enter(&with(&|new| new.kind = "law".to_owned())),
        "`law` is no kind",
    );
    refused(
        enter(&with(&|new| new.valid_to = Some(new.valid_from))),
        "is not after its first day",
    );
    refused(
        documents::enter(
            &county.desk(),
            &county.ctx("clerk-yala", at(2020, 9, 1)),
            &whole,
        ),
        "needs the role",
    );
}
