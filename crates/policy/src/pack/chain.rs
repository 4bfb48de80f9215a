//! The chain of authorities: which folders belong to an authority, from the nation down, and their files.

use super::blocks::{Layer, PackBlock, place_of};
use super::file::{Owner, PackFile, read_file};
use super::report::{Place, Report};
use crate::source::Source;
use crate::text::Bilingual;

/// A folder of the chain.
#[derive(Debug)]
pub(crate) struct Folder {
    pub layer: Layer,
    /// Name of the authority.
    pub name: Bilingual,
    /// Files sorted by path.
    pub files: Vec<PackFile>,
}

/// Keeps the sources of the chain of `authority` only, sorted by place. The chain is read from the `pack` blocks.
pub(crate) fn sources_of_chain(authority: &str, sources: Vec<Source>) -> Vec<Source> {
    let mut wanted = vec![authority.to_owned()];
    let mut at = 0;
    while at < wanted.len() {
        for source in &sources {
            let parent = source
                .place()
                .filter(|(folder, _)| *folder == wanted[at])
                .and_then(|_| parent_of(source));
            if let Some(parent) = parent.filter(|parent| !wanted.contains(parent)) {
                wanted.push(parent);
            }
        }
        at += 1;
    }
    let mut kept: Vec<Source> = sources
        .into_iter()
        .filter(|source| {
            source.place().is_some_and(|(folder, file)| {
                file.ends_with(".md") && wanted.iter().any(|w| w == folder)
            })
        })
        .collect();
    kept.sort_by(|a, b| a.place().cmp(&b.place()));
    kept
}

fn parent_of(source: &Source) -> Option<String> {
    if !source.text.contains("toml pack") {
        return None;
    }
    let alone = std::slice::from_ref(source);
    let file = read_file(0, source, &mut Report::new(alone));
    match file.owner {
        Some((Owner::Pack(pack), _)) => pack.parent.map(|parent| parent.into_inner()),
        _ => None,
    }
}

/// Reads the folders from the nation down to `authority`.
pub(crate) fn read_chain(
    authority: &str,
    sources: &[Source],
    report: &mut Report<'_>,
) -> Vec<Folder> {
    let mut files: Vec<PackFile> = sources
        .iter()
        .enumerate()
        .map(|(index, source)| read_file(index, source, report))
        .collect();
    let mut chain = Vec::new();
    let mut next = Some((authority.to_owned(), None::<Place>));
    let mut below: Option<Layer> = None;
    while let Some((folder, asked_at)) = next.take() {
        let in_folder = |file: &PackFile| {
            sources[file.source]
                .place()
                .is_some_and(|(name, _)| name == folder)
        };
        let (own, rest): (Vec<PackFile>, Vec<PackFile>) = files.into_iter().partition(in_folder);
        files = rest;
        let Some((pack, place, parent)) = pack_block(&own) else {
            missing_pack(&folder, asked_at, sources, report);
            break;
        };
        if *pack.authority.get_ref() != folder {
            let message = format!(
                "the pack of `{}` stands in the folder `{folder}`",
                pack.authority.get_ref()
            );
            report.error(place, message, "folder and authority bear the same name");
        }
        if below.is_some_and(|below| pack.layer >= below) {
            report.error(
                place,
                format!("a {} cannot stand above this", pack.layer.as_str()),
                "layers go nation, province, prefecture, county",
            );
        }
        below = Some(pack.layer);
        next = parent;
        chain.push(Folder {
            layer: pack.layer,
            name: pack.name,
            files: own,
        });
    }
    chain.reverse();
    chain
}

type Parent = Option<(String, Option<Place>)>;

/// The `pack` block of a folder, the place of its authority, and its parent with its place.
fn pack_block(files: &[PackFile]) -> Option<(PackBlock, Place, Parent)> {
    files.iter().find_map(|file| match &file.owner {
        Some((Owner::Pack(pack), at)) => {
            let block = &file.blocks[*at];
            let parent = pack.parent.as_ref();
            let parent =
                parent.map(|parent| (parent.get_ref().clone(), Some(place_of(block, parent))));
            Some((pack.clone(), place_of(block, &pack.authority), parent))
        }
        _ => None,
    })
}

fn missing_pack(
    folder: &str,
    asked_at: Option<Place>,
    sources: &[Source],
    report: &mut Report<'_>,
) {
    let hint = "a folder named like the authority holds a file with a `toml pack` block";
    if let Some(place) = asked_at {
        report.error(
            place,
            format!("there is no pack of the parent `{folder}`"),
            hint,
        );
    } else if !sources.is_empty() {
        report.error(
            Place::default(),
            format!("there is no pack of `{folder}`"),
            hint,
        );
    }
}
