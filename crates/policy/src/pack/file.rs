//! One file of a pack: its owner and its definitions.

use super::blocks::{self, OwnerBlock, PackBlock, place_of, read};
use super::campaign::{CampaignBlock, CampaignStepBlock, GroundBlock, OutcomesBlock};
use super::markdown::{Block, Piece, split};
use super::population::PopulationBlock;
use super::report::Report;
use super::rule_text::{ExceptionText, RuleText, parse_exception, parse_rule};
use crate::examples::block::ExampleBlock;
use crate::source::Source;

/// Whose definitions a file holds.
#[derive(Debug, Clone)]
pub(crate) enum Owner {
    /// The folder itself.
    Pack(PackBlock),
    /// Definitions shared by programmes.
    Module(OwnerBlock),
    /// A programme.
    Programme(OwnerBlock),
    /// A campaign.
    Campaign(Box<CampaignBlock>),
}

/// A definition as written.
#[derive(Debug, Clone)]
pub(crate) enum Item {
    Law(blocks::LawBlock),
    Parameter(blocks::ParameterBlock),
    Open(blocks::OpenBlock),
    Codes(blocks::CodesBlock),
    Evidence(Box<blocks::EvidenceBlock>),
    Procedure(blocks::ProcedureBlock),
    States(blocks::StatesBlock),
    Clock(blocks::ClockBlock),
    Step(Box<blocks::StepBlock>),
    Papers(blocks::PapersBlock),
    Sources(blocks::SourcesBlock),
    Payment(blocks::PaymentBlock),
    Combination(blocks::CombinationBlock),
    Figures(blocks::FiguresBlock),
    Example(Box<ExampleBlock>),
    Rule(RuleText),
    Exception(Box<ExceptionText>),
    Reason(RuleText),
    CampaignStep(Box<CampaignStepBlock>),
    Outcomes(OutcomesBlock),
    Ground(Box<GroundBlock>),
    Population(Box<PopulationBlock>),
}

impl Item {
    /// Whether it belongs into the file of a campaign.
    pub(crate) fn is_of_campaign(&self) -> bool {
        matches!(
            self,
            Item::CampaignStep(_) | Item::Outcomes(_) | Item::Ground(_)
        )
    }
}

/// A file, split and read.
#[derive(Debug, Clone)]
pub(crate) struct PackFile {
    /// Index of the source.
    pub source: usize,
    /// Prose and blocks in order.
    pub pieces: Vec<Piece>,
    /// The program blocks.
    pub blocks: Vec<Block>,
    /// Whose definitions these are; `None` for a file of prose only.
    pub owner: Option<(Owner, usize)>,
    /// The definitions, each with the index of its block.
    pub items: Vec<(Item, usize)>,
}

/// Reads a file.
pub(crate) fn read_file(index: usize, source: &Source, report: &mut Report<'_>) -> PackFile {
    let (pieces, blocks) = split(index, &source.text, report);
    let mut file = PackFile {
        source: index,
        pieces,
        blocks,
        owner: None,
        items: Vec::new(),
    };
    for at in 0..file.blocks.len() {
        let block = file.blocks[at].clone();
        let is_owner = block.kind == "toml"
            && ["pack", "module", "programme", "campaign"].contains(&block.header.as_str());
        match (is_owner, &file.owner) {
            (true, None) => match read_owner(&block, report) {
                Some(owner) => file.owner = Some((owner, at)),
                None => return file,
            },
            (true, Some(_)) => report.error(
                block.place,
                "a second owner in one file",
                "one file belongs to one pack, module, programme or campaign",
            ),
            (false, None) => {
                report.error(
                    block.place,
                    "a definition before the file says whose it is",
                    "begin with a `toml programme`, `toml module`, `toml campaign` or `toml pack` block",
                );
                return file;
            }
            (false, Some(_)) => {
                if let Some(item) = read_item(&block, report) {
                    file.items.push((item, at));
                }
            }
        }
    }
    let mut foreign = file
        .items
        .iter()
        .filter(|(item, _)| !matches!(item, Item::Population(_)));
    if let (Some((Owner::Pack(_), _)), Some((_, at))) = (&file.owner, foreign.next()) {
        report.error(
            file.blocks[*at].place,
            "a definition in the file of the pack itself",
            "put it into the file of a programme or a module",
        );
    }
    file
}

fn read_owner(block: &Block, report: &mut Report<'_>) -> Option<Owner> {
    match block.header.as_str() {
        "pack" => {
            let pack: PackBlock = read(block, report)?;
            let known = crate::LANGUAGE_VERSION;
            if *pack.language.get_ref() == 0 || *pack.language.get_ref() > known {
                let message = format!(
                    "language version {} is not known here",
                    pack.language.get_ref()
                );
                report.error(
                    place_of(block, &pack.language),
                    message,
                    format!("this program knows versions 1 to {known}"),
                );
            }
            Some(Owner::Pack(pack))
        }
        "module" => Some(Owner::Module(read(block, report)?)),
        "campaign" => Some(Owner::Campaign(Box::new(read(block, report)?))),
        _ => Some(Owner::Programme(read(block, report)?)),
    }
}

fn read_item(block: &Block, report: &mut Report<'_>) -> Option<Item> {
    Some(match (block.kind.as_str(), block.header.as_str()) {
        ("rule", _) => Item::Rule(parse_rule(block, report)?),
        ("reason", _) => Item::Reason(parse_rule(block, report)?),
        ("exception", _) => Item::Exception(Box::new(parse_exception(block, report)?)),
        (_, "law") => Item::Law(read(block, report)?),
        (_, "parameter") => Item::Parameter(read(block, report)?),
        (_, "open") => Item::Open(read(block, report)?),
        (_, "codes") => Item::Codes(read(block, report)?),
        (_, "evidence") => Item::Evidence(Box::new(read(block, report)?)),
        (_, "procedure") => Item::Procedure(read(block, report)?),
        (_, "states") => Item::States(read(block, report)?),
        (_, "clock") => Item::Clock(read(block, report)?),
        (_, "step") => Item::Step(Box::new(read(block, report)?)),
        (_, "papers") => Item::Papers(read(block, report)?),
        (_, "sources") => Item::Sources(read(block, report)?),
        (_, "payment") => Item::Payment(read(block, report)?),
        (_, "combination") => Item::Combination(read(block, report)?),
        (_, "figures") => Item::Figures(read(block, report)?),
        (_, "campaign_step") => Item::CampaignStep(Box::new(read(block, report)?)),
        (_, "outcomes") => Item::Outcomes(read(block, report)?),
        (_, "ground") => Item::Ground(Box::new(read(block, report)?)),
        (_, "population") => Item::Population(Box::new(read(block, report)?)),
        (_, "example") => Item::Example(Box::new(read(block, report)?)),
        (_, other) => {
            report.error(
                block.place,
                format!("unknown kind of block `toml {other}`"),
                "known: pack, module, programme, law, parameter, open, codes, evidence, procedure, states, clock, step, papers, sources, payment, combination, figures, example, campaign, campaign_step, outcomes, ground, population",
            );
            return None;
        }
    })
}
