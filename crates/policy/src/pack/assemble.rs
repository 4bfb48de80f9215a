//! Puts the definitions of one programme together, layer by layer: what a higher pack leaves open must be filled,
//! and what it does not leave open must not be touched.

use std::collections::BTreeMap;

use super::blocks::{
    CodesBlock, CombinationBlock, EvidenceBlock, LawBlock, Layer, OpenMode, OwnerBlock,
    ParameterBlock, PaymentBlock, ValueRow, place_in, place_of,
};
use super::chain::Folder;
use super::file::{Item, Owner, PackFile};
use super::markdown::Block;
use super::procedure::ProcedureParts;
use super::report::{Place, Report, suggestion};
use super::rule_text::{ExceptionText, RuleText, Signature, signature};
use crate::examples::ExampleBlock;
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

/// What a pack leaves open.
#[derive(Debug)]
struct Open {
    place: Place,
    layer: Layer,
    to: Vec<Layer>,
    mode: OpenMode,
    head: Option<(Signature, usize)>,
    cite: String,
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
    payment_parts: Vec<(PaymentBlock, Block, Layer)>,
    pub payment: Option<Payment>,
    pub combinations: Vec<Combination>,
    pub figures: Vec<String>,
    pub examples: Vec<(ExampleBlock, Place)>,
    /// Indices of the sources it is made of, in reading order.
    pub files: Vec<usize>,
    opens: BTreeMap<String, Open>,
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
    heads
        .into_iter()
        .map(|(head, place)| assemble_one(chain, &head, place, report))
        .collect()
}

fn check_owners(
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
            Owner::Pack(_) => continue,
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
            Item::Procedure(_) | Item::States(_) | Item::Clock(_) | Item::Step(_) => {
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

    fn open(
        &mut self,
        open: &super::blocks::OpenBlock,
        block: &Block,
        layer: Layer,
        report: &mut Report<'_>,
    ) {
        let (word, is_rule) = match (&open.name, &open.rule) {
            (Some(name), None) => (name, false),
            (None, Some(rule)) => (rule, true),
            _ => {
                report.error(
                    block.place,
                    "an `open` block names one definition",
                    "give either `name` or `rule`",
                );
                return;
            }
        };
        let place = place_of(block, word);
        let mut key = word.get_ref().clone();
        let mut head = None;
        if is_rule {
            // The span of a TOML text includes its quote.
            match signature(&key, place.span.start + 1) {
                Ok(signature) => {
                    key = signature.name.text.clone();
                    head = Some((signature, place.file));
                }
                Err(error) => return report.syntax(place.file, error),
            }
        }
        if open.to.iter().any(|to| *to <= layer) {
            report.error(
                place,
                format!("`{key}` is left open to an authority that is not below"),
                "",
            );
        }
        if let Some(first) = self.opens.get(&key) {
            let message = format!(
                "`{key}` is left open at {} already",
                report.describe(first.place)
            );
            return report.error(place, message, "");
        }
        let open = Open {
            place,
            layer,
            to: open.to.clone(),
            mode: open.mode,
            head,
            cite: open.cite.clone(),
        };
        self.opens.insert(key, open);
    }

    /// Whether a layer may give a value to something that a higher layer declares.
    fn permit(
        &self,
        key: &str,
        layer: Layer,
        has_value: bool,
        place: Place,
        report: &mut Report<'_>,
    ) -> bool {
        let hint = |open: &Open| {
            let to: Vec<&str> = open.to.iter().map(|layer| layer.as_str()).collect();
            format!(
                "{} leaves it open to: {} ({})",
                report.describe(open.place),
                to.join(", "),
                open.cite
            )
        };
        let (message, hint) = match self.opens.get(key) {
            None => (
                format!("`{key}` departs from the higher law, which does not allow it"),
                "only what a higher pack declares in an `open` block may be given here".to_owned(),
            ),
            Some(open) if !open.to.contains(&layer) => (
                format!("`{key}` is not open to a {}", layer.as_str()),
                hint(open),
            ),
            Some(open) if open.mode == OpenMode::Fill && has_value => (
                format!("`{key}` is filled by a higher authority already"),
                hint(open),
            ),
            Some(_) => return true,
        };
        report.error(place, message, hint);
        false
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

    fn close_payment(&mut self, report: &mut Report<'_>) {
        let parts = std::mem::take(&mut self.payment_parts);
        let Some((_, first_block, _)) = parts.first() else {
            return report.error(
                self.place,
                format!("`{}` does not say how it is paid", self.code),
                "add a `toml payment` block",
            );
        };
        let mut merged = Merged {
            assembly: self,
            parts: &parts,
            report,
        };
        let (payee, fund) = (
            merged.take("payee", |p| p.payee.clone()),
            merged.take("fund", |p| p.fund.clone()),
        );
        let draw_order = merged.take("draw_order", |p| p.draw_order.clone());
        let (first_month, last_month) = (
            merged.take("first_month", |p| p.first_month),
            merged.take("last_month", |p| p.last_month),
        );
        let self_executing = merged.take("self_executing", |p| p.self_executing.clone());
        let pay_day = merged.take("pay_day", |p| p.pay_day);
        let correct = merged.take("correct_within_working_days", |p| {
            p.correct_within_working_days
        });
        let cites: Vec<String> = parts
            .iter()
            .map(|(part, _, _)| match part.mark {
                Some(mark) => format!("{} [{}]", part.cite, mark.as_str()),
                None => part.cite.clone(),
            })
            .collect();
        if pay_day.is_some_and(|day| !(1..=28).contains(&day)) {
            report.error(
                first_block.place,
                "the pay day is a day of every month, 1 to 28",
                "",
            );
        }
        let all = (
            payee,
            fund,
            draw_order,
            first_month,
            last_month,
            self_executing,
            pay_day,
            correct,
        );
        if let (
            Some(payee),
            Some(fund),
            Some(draw_order),
            Some(first_month),
            Some(last_month),
            Some(self_executing),
            Some(pay_day),
            Some(correct),
        ) = all
        {
            self.payment = Some(Payment {
                payee,
                fund,
                draw_order,
                first_month,
                last_month,
                self_executing,
                pay_day,
                correct_within_working_days: correct,
                cite: cites.join("; "),
            });
        }
    }
}

/// Takes the fields of the payment blocks, one by one, from the layer that may say them.
struct Merged<'m, 's> {
    assembly: &'m Assembly,
    parts: &'m [(PaymentBlock, Block, Layer)],
    report: &'m mut Report<'s>,
}

impl Merged<'_, '_> {
    fn take<T>(&mut self, field: &str, of: impl Fn(&PaymentBlock) -> Option<T>) -> Option<T> {
        let key = format!("payment.{field}");
        let first_layer = self.parts[0].2;
        let mut value = None;
        let mut given_by = None;
        for (part, block, layer) in self.parts {
            let Some(new) = of(part) else { continue };
            if given_by == Some(*layer) {
                self.report
                    .error(block.place, format!("`{key}` is given twice"), "");
            } else if *layer == first_layer
                || self
                    .assembly
                    .permit(&key, *layer, value.is_some(), block.place, self.report)
            {
                value = Some(new);
                given_by = Some(*layer);
            }
        }
        if value.is_none() {
            match self.assembly.opens.get(&key) {
                Some(open) => unfilled(&key, open, self.report),
                None => self.report.error(
                    self.parts[0].1.place,
                    format!("the payment does not say `{field}`"),
                    "",
                ),
            }
        }
        value
    }
}

fn unfilled(key: &str, open: &Open, report: &mut Report<'_>) {
    let to: Vec<&str> = open.to.iter().map(|layer| layer.as_str()).collect();
    report.error(
        open.place,
        format!(
            "`{key}` is left open to {} and nobody fills it",
            to.join(", ")
        ),
        format!("add it to the pack of a {}", to.join(" or ")),
    );
}
