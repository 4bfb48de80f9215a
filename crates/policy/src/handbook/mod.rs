//! The handbook page of a programme: its files as an official wrote them, with each block laid out for reading at
//! its own place, in one language.

pub(crate) mod tables;

use std::fmt::Write;
use std::ops::Range;

use crate::ir::{Piece as TextPiece, Rule};
use crate::model::{AbsentValue, EvidenceDecl, Parameter};
use crate::pack::chain::Folder;
use crate::pack::file::{Item, Owner, PackFile};
use crate::pack::markdown::{Piece, heading_in, unquote};
use crate::programme::Programme;
use crate::source::Source;
use crate::text::Lang;

/// Renders the page as Markdown.
pub(crate) fn page(
    programme: &Programme,
    chain: &[Folder],
    sources: &[Source],
    lang: Lang,
) -> String {
    let mut page = Page {
        out: String::new(),
        programme,
        lang,
    };
    for folder in chain {
        let mut files: Vec<&PackFile> = folder
            .files
            .iter()
            .filter(|file| programme.files.contains(&file.source))
            .collect();
        // A page begins with the programme; of a module the file that names it comes first.
        files.sort_by_key(|file| match &file.owner {
            Some((Owner::Programme(_), _)) => 0,
            Some((Owner::Module(module), _)) if module.name.is_some() => 1,
            _ => 2,
        });
        if !files.is_empty() {
            let _ = writeln!(page.out, "---\n\n**{}**\n", folder.name.get(lang));
        }
        for file in files {
            page.file(file, &sources[file.source]);
        }
    }
    tables::closing(&mut page.out, programme, lang);
    page.out
}

struct Page<'p> {
    out: String,
    programme: &'p Programme,
    lang: Lang,
}

impl<'p> Page<'p> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.lang == Lang::Zh { zh } else { en }
    }

    fn file(&mut self, file: &PackFile, source: &Source) {
        let text = |range: &Range<usize>| &source.text[range.clone()];
        for piece in &file.pieces {
            // Writing into a String cannot fail.
            let _ = match piece {
                Piece::Heading { level, text } => {
                    let marks = "#".repeat(usize::from(*level));
                    writeln!(
                        self.out,
                        "{marks} {}\n",
                        heading_in(text, self.lang == Lang::Zh)
                    )
                }
                Piece::Chinese(range) if self.lang == Lang::Zh => {
                    writeln!(self.out, "{}\n", text(range).trim_end())
                }
                Piece::English(range) if self.lang == Lang::En => {
                    writeln!(self.out, "{}", unquote(text(range)))
                }
                Piece::Block(block) => {
                    if let Some((item, _)) = file.items.iter().find(|(_, at)| at == block) {
                        self.item(item);
                    }
                    Ok(())
                }
                Piece::Chinese(_) | Piece::English(_) => Ok(()),
            };
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Law(law) => {
                let to = law.to.map(|to| to.0.to_string()).unwrap_or_default();
                let line = format!(
                    "**{}** {}：{} – {to}",
                    law.id.get_ref(),
                    law.title.get(self.lang),
                    law.from.0
                );
                self.line(&line);
            }
            Item::Parameter(parameter) => {
                let found = self
                    .programme
                    .parameters
                    .iter()
                    .find(|known| known.name == *parameter.name.get_ref());
                if let Some(found) = found {
                    self.parameter(found);
                }
            }
            Item::Open(open) => {
                let name = open
                    .name
                    .as_ref()
                    .or(open.rule.as_ref())
                    .map(|word| word.get_ref().as_str());
                let to: Vec<&str> = open.to.iter().map(|layer| layer.as_str()).collect();
                let (name, to) = (name.unwrap_or_default(), to.join(", "));
                let line = format!(
                    "{} `{name}`：{to}（{}）",
                    self.say("留给下级", "Left open"),
                    open.cite
                );
                self.line(&line);
            }
            Item::Evidence(evidence) => {
                let found = self
                    .programme
                    .evidence
                    .iter()
                    .find(|known| known.name == *evidence.name.get_ref());
                if let Some(found) = found {
                    self.evidence(found);
                }
            }
            Item::Codes(codes) => {
                let named: Vec<String> = codes
                    .code
                    .iter()
                    .map(|code| format!("`{}` {}", code.code, code.label.get(self.lang)))
                    .collect();
                self.line(&named.join(", "));
            }
            // Not of a programme: a campaign has a file of its own, a population stands in that of the pack.
            Item::CampaignStep(_) | Item::Outcomes(_) | Item::Ground(_) | Item::Population(_) => {}
            Item::Rule(rule) => self.rule(&rule.signature.name.text, Some(&rule.source())),
            Item::Exception(exception) => self.exception(
                &exception.signature.name.text,
                exception
                    .signature
                    .colon
                    .as_ref()
                    .map_or("", |label| &label.text),
            ),
            Item::Reason(reason) => {
                let known = self
                    .programme
                    .program
                    .reasons
                    .iter()
                    .find(|known| known.code == reason.signature.name.text);
                if let Some(known) = known {
                    let line = format!(
                        "{} `{}`：{}（{}）",
                        self.say("不符合的理由", "Reason of refusal"),
                        known.code,
                        self.words(if self.lang == Lang::Zh {
                            &known.text.zh
                        } else {
                            &known.text.en
                        }),
                        known.cite.general
                    );
                    self.line(&line);
                    self.code(&reason.source());
                }
            }
            Item::Combination(combination) => {
                let relation = match combination.relation {
                    crate::model::CombinationRelation::Both => {
                        self.say("可以同时享受", "both are paid")
                    }
                    crate::model::CombinationRelation::Never => {
                        self.say("不能同时享受", "never both")
                    }
                    crate::model::CombinationRelation::Difference => {
                        self.say("只补差额", "the difference only")
                    }
                };
                let mark = combination.mark.as_str();
                let line = format!(
                    "`{}`：{relation}（{} [{mark}]）",
                    combination.with, combination.cite
                );
                self.line(&line);
            }
            Item::Example(example) => {
                let line = format!(
                    "**{}** {}",
                    example.id.get_ref(),
                    example.title.get(self.lang)
                );
                self.line(&line);
            }
            Item::Procedure(_)
            | Item::States(_)
            | Item::Clock(_)
            | Item::Step(_)
            | Item::Papers(_)
            | Item::Sources(_)
            | Item::Payment(_)
            | Item::Figures(_) => {}
        }
    }

    fn line(&mut self, text: &str) {
        let mut text = text.to_owned();
        if self.lang == Lang::En {
            for (chinese, english) in [
                ("：", ": "),
                ("（", " ("),
                ("）", ")"),
                ("，", ", "),
                ("；", "; "),
            ] {
                text = text.replace(chinese, english);
            }
        }
        let _ = writeln!(self.out, "- {text}\n");
    }

    fn code(&mut self, text: &str) {
        let _ = writeln!(self.out, "  `{text}`\n");
    }

    fn parameter(&mut self, parameter: &Parameter) {
        for value in &parameter.values {
            let line = format!(
                "`{}` {}：{}，{} {}（{} [{}]）",
                parameter.name,
                parameter.label.get(self.lang),
                tables::constant(&value.value, &parameter.unit, self.lang),
                self.say("自", "from"),
                value.from,
                value.cite,
                value.mark.as_str()
            );
            self.line(&line);
        }
    }

    fn evidence(&mut self, evidence: &EvidenceDecl) {
        let silence = match (&evidence.absent, &evidence.closed_by) {
            (Some(absent), _) => {
                let value = match &absent.value {
                    AbsentValue::None => self.say("视为没有", "there is none").to_owned(),
                    AbsentValue::Flag(value) => value.to_string(),
                    AbsentValue::Code(code) => format!("`{code}`"),
                    AbsentValue::Quantity(number) => number.to_string(),
                };
                format!("{value} [{}]", absent.mark.as_str())
            }
            (None, Some(closer)) => format!("`{closer}`"),
            (None, None) => self.say("必须补充", "it must be asked for").to_owned(),
        };
        let line = format!(
            "{} `{}` {}：{}；{}：{silence}（{}）",
            self.say("证据", "Evidence"),
            evidence.name,
            evidence.label.get(self.lang),
            evidence.source.get(self.lang),
            self.say("没有记录时", "when nothing is recorded"),
            evidence.cite
        );
        self.line(&line);
    }

    /// A rule, or the version of it with this expression.
    fn rule(&mut self, name: &str, source: Option<&str>) {
        let Some(rule) = self.find(name) else { return };
        let version = rule
            .versions
            .iter()
            .find(|version| source.is_none_or(|source| version.source == source));
        let Some(version) = version else { return };
        let subject = if rule.subject { "(m)" } else { "" };
        let words = self.words(if self.lang == Lang::Zh {
            &version.text.zh
        } else {
            &version.text.en
        });
        let line = format!("**`{name}{subject}`** {words}（{}）", version.cite.general);
        self.line(&line);
        if version.source.starts_with('|') {
            let _ = writeln!(self.out, "{}\n", version.source);
        } else {
            self.code(&version.source);
        }
    }

    fn exception(&mut self, name: &str, label: &str) {
        let exception = self
            .find(name)
            .and_then(|rule| rule.exceptions.iter().find(|known| *known.label == *label));
        let Some(exception) = exception else { return };
        let words = self.words(if self.lang == Lang::Zh {
            &exception.text.zh
        } else {
            &exception.text.en
        });
        let line = format!(
            "{} **`{}`** {words}（{}）",
            self.say("例外", "Exception"),
            exception.name,
            exception.cite.general
        );
        self.line(&line);
        self.code(&exception.source);
    }

    fn find(&self, name: &str) -> Option<&'p Rule> {
        let programme: &'p Programme = self.programme;
        programme
            .program
            .rules
            .iter()
            .find(|rule| *rule.name == *name)
    }

    /// A text with the names of its values where the values would stand.
    fn words(&self, pieces: &[TextPiece]) -> String {
        let program = &self.programme.program;
        let mut out = String::new();
        for piece in pieces {
            match piece {
                TextPiece::Words(words) => out.push_str(words),
                TextPiece::Rule(index) => {
                    let _ = write!(out, "〔{}〕", program.rules[*index as usize].name);
                }
                TextPiece::Parameter(index) => {
                    let _ = write!(out, "〔{}〕", program.parameters[*index as usize].name);
                }
            }
        }
        out
    }
}
