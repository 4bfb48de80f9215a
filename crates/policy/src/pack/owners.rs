//! Owners of files: every programme and module is declared once, and used only where it is.

use super::blocks::{OwnerBlock, place_of};
use super::chain::Folder;
use super::file::Owner;
use super::report::{Place, Report, suggestion};

pub(super) fn check_owners(
    chain: &[Folder],
    heads: &[(OwnerBlock, Place)],
    modules: &[String],
    report: &mut Report<'_>,
) {
    let programmes: Vec<&str> = heads
        .iter()
        .map(|(head, _)| head.code.get_ref().as_str())
        .collect();
    for file in chain.iter().flat_map(|folder| &folder.files) {
        let Some((owner, at)) = &file.owner else {
            continue;
        };
        let block = &file.blocks[*at];
        let (owner, known, what): (_, Vec<&str>, _) = match owner {
            Owner::Programme(owner) => (owner, programmes.clone(), "programme"),
            Owner::Module(owner) => (
                owner,
                modules.iter().map(String::as_str).collect(),
                "module",
            ),
            Owner::Pack(_) | Owner::Campaign(_) => continue,
        };
        let code = owner.code.get_ref().as_str();
        let hint = || suggestion(code, known.iter().copied());
        match known.iter().filter(|known| **known == code).count() {
            0 => report.error(
                place_of(block, &owner.code),
                format!("no {what} `{code}` is declared above this pack"),
                hint(),
            ),
            1 => {}
            _ if owner.name.is_some() => report.error(
                place_of(block, &owner.code),
                format!("the {what} `{code}` is declared more than once"),
                "`name` stands in one file only; other files of it give the code alone",
            ),
            _ => {}
        }
        for used in &owner.uses {
            if !modules.contains(used.get_ref()) {
                let hint = suggestion(used.get_ref(), modules.iter().map(String::as_str));
                report.error(
                    place_of(block, used),
                    format!("unknown module `{}`", used.get_ref()),
                    hint,
                );
            }
        }
    }
}
