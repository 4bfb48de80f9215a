//! Counties of earlier releases are brought forward, on both engines, whatever happens on the way.

use std::io::Read as _;

use minsheng_store::{Archive, DbUrl, Restore, Store, StoreError};

use crate::archive::{QUIET, back_up};
use crate::bed::{Bed, at, clean, some_settings, write};

/// The county of a release, as a file for SQLite.
pub fn county(release: &str) -> Vec<u8> {
    let path = format!(
        "{}/tests/released/{release}/county.db.gz",
        env!("CARGO_MANIFEST_DIR")
    );
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

/// End of the chain of the county of the first release.
const HEAD_0001: &str = "635bbe3d6980d3b35373c017646806d0ef3c1edafff7f714855667acce0eb260";

/// Puts the county of the first release into an empty database of either engine.
pub fn settle(bed: &Bed) {
    let old = Bed::sqlite();
    let file = bed.folder.path().join("0001.ms");
    std::fs::write(old.url.path().unwrap(), county("0001")).unwrap();
    let store = Store::inspect(&old.url, &old.options()).unwrap();
    let manifest = back_up(&store, &file).unwrap();
    assert_eq!(
        (manifest.schema, manifest.head.hash.as_str()),
        (1, HEAD_0001)
    );
    Store::restore(
        &Archive::open(&file).unwrap(),
        &bed.url,
        &bed.options(),
        Restore::default(),
        QUIET,
    )
    .unwrap();
}

contract! {
    fn the_county_of_the_first_release_is_proved_brought_forward_and_proved_again(bed) {
        settle(bed);
        let refused = Store::open(&bed.url, &bed.options()).unwrap_err();
        assert!(matches!(&refused, StoreError::Version { found: 1, hint, .. } if hint.contains("minsheng migrate")), "{refused}");
        // this program proves it by the schema of then
        assert_eq!(clean(&Store::inspect(&bed.url, &bed.options()).unwrap()).head.hash, HEAD_0001);

        let due = Store::migrations_due(&bed.url, &bed.options()).unwrap();
        assert_eq!(due.from, 1);
        assert!(due.steps.iter().all(|step| !step.starts_with("0001")));
        let done = Store::migrate(&bed.url, &bed.options(), at(86_400 * 365)).unwrap();
        assert_eq!(done, due);
        assert!(Store::migrate(&bed.url, &bed.options(), at(86_400 * 365)).unwrap().steps.is_empty());

        let store = Store::open(&bed.url, &bed.options()).unwrap();
        clean(&store);
        // no digest of a row of then has changed
        let proof = store.verify_against(Some(HEAD_0001)).unwrap();
        assert!(proof.is_clean() && proof.kept.is_some(), "{:?}", proof.findings);
        assert_eq!(proof.head.tx.0, 36 + i64::try_from(due.steps.len()).unwrap());
        write(&store, 86_400 * 366, some_settings).unwrap();
        clean(&store);
    }

    fn what_is_newer_than_this_program_is_refused_in_its_words(bed) {
        drop(bed.create());
        bed.raw(&format!("INSERT INTO schema_migration (id, name, digest, tx) VALUES (999, 'later', {}, 1)", if bed.is_postgres() { "'\\x00'" } else { "X'00'" }));
        for refused in [Store::open(&bed.url, &bed.options()).map(|_| ()), Store::migrate(&bed.url, &bed.options(), at(1)).map(|_| ())] {
            let words = refused.unwrap_err().to_string();
            assert!(words.contains("too old"), "{words}");
        }
    }

    fn a_database_of_a_build_between_two_releases_is_not_touched(bed) {
        settle(bed);
        let digest = if bed.is_postgres() { "'\\x00'" } else { "X'00'" };
        bed.tamper("schema_migration", &format!("UPDATE schema_migration SET digest = {digest} WHERE id = 1"));
        let refused = Store::migrate(&bed.url, &bed.options(), at(86_400 * 365));
        assert!(matches!(&refused, Err(StoreError::ForeignSchema { step, .. }) if step == "0001_dibao"), "{refused:?}");
    }
}

#[test]
fn the_county_of_a_newer_release_is_not_restored() {
    let bed = Bed::sqlite();
    settle(&bed);
    let file = bed.folder.path().join("0001.ms");
    // the manifest of a program that knows one migration more
    let bytes = std::fs::read(&file).unwrap();
    let newer = crate::archive::with_manifest(&bytes, "\"schema\":1,", "\"schema\":999,");
    std::fs::write(&file, newer).unwrap();
    let other = Bed::sqlite();
    let url = DbUrl::file(other.url.path().unwrap());
    let refused = crate::archive::restore(&file, &url, &other.options());
    assert!(
        matches!(refused, Err(StoreError::Version { found: 999, .. })),
        "{refused:?}"
    );
    let newer = crate::archive::with_manifest(&bytes, "\"format\":1,", "\"format\":2,");
    std::fs::write(&file, newer).unwrap();
    let words = Archive::open(&file).unwrap_err().to_string();
    assert!(
        words.contains("format 2") && words.contains("too old"),
        "{words}"
    );
}
