//! Puts the definitions of one programme together, layer by layer: what a higher pack leaves open must be filled,
//! and what it does not leave open must not be touched.

use std::collections::BTreeMap;

use super::blocks::{
    CodesBlock, CombinationBlock, EvidenceBlock, LawBlock, Layer, OwnerBlock, ParameterBlock,
    PaymentBlock, ValueRow, place_in, place_of,
};
use super::chain::Folder;
use super::file::{Item, Owner, PackFile};
use super::markdown::Block;
use super::opens::{Open, unfilled};
use super::owners::check_owners;
use super::procedure::ProcedureParts;
use super::report::{Place, Report, suggestion};
use super::rule_text::{ExceptionText, RuleText};
use crate::examples::block::ExampleBlock;
use crate::model::{Combination, Law, Payment};
use crate::syntax::Name;
use crate::text::Bilingual;

/// A parameter with the values of the layer that decides it.
#[derive(Debug)]
pub(crate) struct ParameterSource {
    pub name: Name,
    pub place: Place,
    pub label: Bilingual,
    pub unit: Name,
    pub rows: Vec<(ValueRow, Place, Place)>,
    layer: Layer,
    values_layer: Option<Layer>,
}

/// A rule head without body, for the checker.
#[derive(Debug)]
pub(crate) struct LayeredRule {
    pub text: RuleText,
    layer: Layer,
}

/// Everything that belongs to one programme.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    pub code: String,
    pub place: Place,
    pub name: Option<Bilingual>,
    pub unit: String,
    pub laws: Vec<(Law, Place)>,
    pub parameters: Vec<ParameterSource>,
    pub codes: Vec<(CodesBlock, Block)>,
    pub evidence: Vec<(EvidenceBlock, Block)>,
    pub rules: Vec<LayeredRule>,
    pub exceptions: Vec<ExceptionText>,
    pub reasons: Vec<RuleText>,
    pub procedures: ProcedureParts,
    pub(super) payment_parts: Vec<(PaymentBlock, Block, Layer)>,
    pub payment: Option<Payment>,
    pub combinations: Vec<Combination>,
    pub figures: Vec<String>,
    pub examples: Vec<(ExampleBlock, Place)>,
    /// Indices of the sources it is made of, in reading order.
    pub files: Vec<usize>,
    pub(super) opens: BTreeMap<String, Open>,
}

/// All programmes of a chain.
pub(crate) fn assemble(chain: &[Folder], report: &mut Report<'_>) -> Vec<Assembly> {
    let mut heads: Vec<(OwnerBlock, Place)> = Vec::new();
    let mut modules: Vec<String> = Vec::new();
    for file in chain.iter().flat_map(|folder| &folder.files) {
        match &file.owner {
            Some((Owner::Programme(owner), at)) if owner.name.is_some() => {
                heads.push((owner.clone(), place_of(&file.blocks[*at], &owner.code)));
            }
            Some((Owner::Module(owner), _)) if owner.name.is_some() => {
                modules.push(owner.code.get_ref().clone())
            }
            _ => {}
        }
    }
    check_owners(chain, &heads, &modules, report);
    if !report.is_clean() {
        return Vec::new();
    }
    heads
        .into_iter()
        .map(|(head, place)| assemble_one(chain, &head, place, report))
        .collect()
}

fn assemble_one(
    chain: &[Folder],
    head: &OwnerBlock,
    place: Place,
    report: &mut Report<'_>,
) -> Assembly {
    let code = head.code.get_ref().clone();
    let mut assembly = Assembly {
        code,
        place,
        name: head.name.clone(),
        ..Assembly::default()
    };
    match &head.unit {
        Some(unit) if unit == "household" => assembly.unit = unit.clone(),
        Some(unit) => report.error(
            place,
            format!("unknown unit of assistance `{unit}`"),
            "write `household`",
        ),
        None => report.error(
            place,
            "the programme does not say its unit of assistance",
            "write `unit = \"household\"`",
        ),
    }
    for folder in chain {
        let uses = |file: &&PackFile| match &file.owner {
            Some((Owner::Module(owner), _)) => head
                .uses
                .iter()
                .any(|used| used.get_ref() == owner.code.get_ref()),
            _ => false,
        };
        let own = |file: &&PackFile| match &file.owner {
            Some((Owner::Programme(owner), _)) => *owner.code.get_ref() == assembly.code,
            _ => false,
        };
        let files: Vec<&PackFile> = folder
            .files
            .iter()
            .filter(uses)
            .chain(folder.files.iter().filter(own))
            .collect();
        for file in &files {
            assembly.files.push(file.source);
            // What is left open is known before anything in the same layer fills or departs.
            for (item, at) in &file.items {
                if let Item::Open(open) = item {
                    assembly.open(open, &file.blocks[*at], folder.layer, report);
                }
            }
        }
        for file in &files {
            for (item, at) in &file.items {
                assembly.add(item, &file.blocks[*at], folder.layer, report);
            }
        }
    }
    assembly.close(report);
    assembly
}

impl Assembly {
    fn add(&mut self, item: &Item, block: &Block, layer: Layer, report: &mut Report<'_>) {
        match item {
            Item::Open(_) => {}
            Item::Law(law) => self.law(law, block, report),
            Item::Parameter(parameter) => self.parameter(parameter, block, layer, report),
            Item::Codes(codes) => self.codes.push((codes.clone(), block.clone())),
            Item::Evidence(evidence) => self.evidence.push(((**evidence).clone(), block.clone())),
            Item::Procedure(_)
            | Item::States(_)
            | Item::Clock(_)
            | Item::Step(_)
            | Item::Papers(_)
            | Item::Sources(_) => {
                self.procedures.add(item, block, layer, report);
            }
            Item::Payment(payment) => {
                self.payment_parts
                    .push((payment.clone(), block.clone(), layer))
            }
            Item::Combination(CombinationBlock {
                with,
                relation,
                cite,
                mark,
            }) => self.combinations.push(Combination {
                with: with.clone(),
                relation: *relation,
                cite: cite.clone(),
                mark: *mark,
            }),
            Item::Figures(figures) => self.figures.extend(figures.ids.iter().cloned()),
            Item::Example(example) => self
                .examples
                .push(((**example).clone(), place_of(block, &example.id))),
            Item::Rule(rule) => self.rule(rule, layer, report),
            Item::Exception(exception) => {
                let rule_layer = self
                    .rules
                    .iter()
                    .find(|r| r.text.signature.name.text == exception.signature.name.text);
                if rule_layer.is_some_and(|rule| rule.layer < layer) {
                    let key = exception.signature.name.text.clone();
                    self.permit(&key, layer, true, exception.place, report);
                }
                self.exceptions.push((**exception).clone());
            }
            Item::Reason(reason) => self.reasons.push(reason.clone()),
            // Refused where the campaigns are read: such a block has a file of its own.
            Item::CampaignStep(_) | Item::Outcomes(_) | Item::Ground(_) | Item::Population(_) => {}
        }
    }

    fn law(&mut self, block_law: &LawBlock, block: &Block, report: &mut Report<'_>) {
        let place = place_of(block, &block_law.id);
        if let Some((_, first)) = self
            .laws
            .iter()
            .find(|(law, _)| law.id == *block_law.id.get_ref())
        {
            let message = format!(
                "the law `{}` is declared at {} already",
                block_law.id.get_ref(),
                report.describe(*first)
            );
            report.error(place, message, "");
            return;
        }
        let law = Law {
            id: block_law.id.get_ref().clone(),
            title: block_law.title.clone(),
            from: block_law.from.0,
            to: block_law.to.map(|day| day.0),
            applies_by: block_law.applies_by,
        };
        self.laws.push((law, place));
    }

    fn parameter(
        &mut self,
        new: &ParameterBlock,
        block: &Block,
        layer: Layer,
        report: &mut Report<'_>,
    ) {
        let place = place_of(block, &new.name);
        let rows: Vec<(ValueRow, Place, Place)> = new
            .value
            .iter()
            .map(|row| {
                let value = row.get_ref().value.span();
                // A table header begins a row; its line is the place that a reader is sent to.
                (
                    row.get_ref().clone(),
                    place_of(block, row),
                    place_in(block, value.start, value.end),
                )
            })
            .collect();
        let known = self
            .parameters
            .iter()
            .position(|known| known.name.text == *new.name.get_ref());
        let Some(index) = known else {
            let (Some(label), Some(unit)) = (&new.label, &new.unit) else {
                let hint = suggestion(
                    new.name.get_ref(),
                    self.parameters.iter().map(|p| p.name.text.as_str()),
                );
                let message = format!(
                    "the parameter `{}` is not declared above and lacks `label` or `unit` here",
                    new.name.get_ref()
                );
                return report.error(place, message, hint);
            };
            self.parameters.push(ParameterSource {
                name: super::blocks::name_of(block, &new.name),
                place,
                label: label.clone(),
                unit: super::blocks::name_of(block, unit),
                values_layer: (!rows.is_empty()).then_some(layer),
                rows,
                layer,
            });
            return;
        };
        let first = &self.parameters[index];
        if first.layer == layer {
            let message = format!(
                "the parameter `{}` is declared at {} already",
                first.name.text,
                report.describe(first.place)
            );
            return report.error(place, message, "");
        }
        if new.unit.is_some() {
            report.error(
                place,
                "the unit is the higher pack's to say",
                "leave `unit` out",
            );
        }
        if self.permit(
            new.name.get_ref(),
            layer,
            first.values_layer.is_some(),
            place,
            report,
        ) {
            let parameter = &mut self.parameters[index];
            parameter.rows = rows;
            parameter.values_layer = Some(layer);
        }
    }

    fn rule(&mut self, rule: &RuleText, layer: Layer, report: &mut Report<'_>) {
        let name = &rule.signature.name.text;
        let place = Place {
            file: rule.place.file,
            span: rule.signature.name.span,
        };
        let above = self
            .rules
            .iter()
            .any(|known| known.text.signature.name.text == *name && known.layer < layer);
        let open_above = self.opens.get(name).is_some_and(|open| open.layer < layer);
        if (above || open_above) && !self.permit(name, layer, above, place, report) {
            return;
        }
        if above {
            self.rules
                .retain(|known| known.text.signature.name.text != *name || known.layer == layer);
            self.exceptions
                .retain(|exception| exception.signature.name.text != *name);
        }
        self.rules.push(LayeredRule {
            text: rule.clone(),
            layer,
        });
    }

    /// After the last layer: nothing may be left open that was to be filled.
    fn close(&mut self, report: &mut Report<'_>) {
        self.close_payment(report);
        for (key, open) in &self.opens {
            let filled = match (&open.head, key.strip_prefix("payment.")) {
                (Some(_), _) => self
                    .rules
                    .iter()
                    .any(|rule| rule.text.signature.name.text == *key),
                (None, Some(_)) => continue,
                (None, None) => match self
                    .parameters
                    .iter()
                    .find(|parameter| parameter.name.text == *key)
                {
                    Some(parameter) => !parameter.rows.is_empty(),
                    None if self
                        .rules
                        .iter()
                        .any(|rule| rule.text.signature.name.text == *key) =>
                    {
                        true
                    }
                    None => {
                        let hint =
                            suggestion(key, self.parameters.iter().map(|p| p.name.text.as_str()));
                        report.error(
                            open.place,
                            format!("`{key}` is left open but declared nowhere"),
                            hint,
                        );
                        continue;
                    }
                },
            };
            if !filled {
                unfilled(key, open, report);
            }
        }
        for parameter in &self.parameters {
            if parameter.rows.is_empty() && !self.opens.contains_key(&parameter.name.text) {
                let message = format!("the parameter `{}` has no value", parameter.name.text);
                report.error(
                    parameter.place,
                    message,
                    "give a [[value]], or leave it `open` to a lower authority",
                );
            }
        }
    }
}
