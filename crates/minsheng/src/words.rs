//! The words of the program in Chinese and English, from the Fluent bundles of `locales/`, embedded.
//!
//! Must not know: any command. A message is found by its key; a test keeps both languages at the same keys.

use clap::ValueEnum;
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use include_dir::{Dir, include_dir};
use minsheng_policy::Lang;

static LOCALES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../locales");

/// Language of the output, as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    Zh,
    En,
}

impl Language {
    /// What the environment asks for: the first of the three values that is set decides, as in POSIX.
    pub fn of_environment(
        lc_all: Option<&str>,
        lc_messages: Option<&str>,
        lang: Option<&str>,
    ) -> Self {
        let set = [lc_all, lc_messages, lang]
            .into_iter()
            .flatten()
            .find(|value| !value.is_empty());
        if set.is_some_and(|value| value.to_ascii_lowercase().starts_with("zh")) {
            Self::Zh
        } else {
            Self::En
        }
    }

    /// The language of explanations.
    pub const fn lang(self) -> Lang {
        match self {
            Self::Zh => Lang::Zh,
            Self::En => Lang::En,
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// The messages of one language.
pub struct Words {
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// Reads the embedded messages.
    pub fn new(language: Language) -> Self {
        let mut bundle = FluentBundle::default();
        bundle.set_use_isolating(false);
        for text in texts(language) {
            // A damaged file still gives the messages that could be read; a test refuses damaged files.
            let resource =
                FluentResource::try_new(text.to_owned()).unwrap_or_else(|(read, _)| read);
            bundle.add_resource_overriding(resource);
        }
        Self { bundle }
    }

    /// The message of a key; the key itself where there is none.
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// The message of a key with its variables.
    pub fn tell(&self, key: &str, with: &[(&str, &dyn std::fmt::Display)]) -> String {
        self.find(key, None, with).unwrap_or_else(|| key.to_owned())
    }

    /// The message of a key, if there is one.
    pub fn maybe(&self, key: &str) -> Option<String> {
        self.find(key, None, &[])
    }

    /// An attribute of a message, if there is one.
    pub fn attribute(&self, key: &str, attribute: &str) -> Option<String> {
        self.find(key, Some(attribute), &[])
    }

    /// An attribute of a message with its variables, if there is one.
    pub fn told_attribute(
        &self,
        key: &str,
        attribute: &str,
        with: &[(&str, &dyn std::fmt::Display)],
    ) -> Option<String> {
        self.find(key, Some(attribute), with)
    }

    fn find(
        &self,
        key: &str,
        attribute: Option<&str>,
        with: &[(&str, &dyn std::fmt::Display)],
    ) -> Option<String> {
        let message = self.bundle.get_message(key)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let mut arguments = FluentArgs::new();
        for (name, value) in with {
            arguments.set((*name).to_owned(), value.to_string());
        }
        let mut problems = Vec::new();
        Some(
            self.bundle
                .format_pattern(pattern, Some(&arguments), &mut problems)
                .into_owned(),
        )
    }
}

fn texts(language: Language) -> impl Iterator<Item = &'static str> {
    let folder = LOCALES.get_dir(language.folder());
    folder
        .into_iter()
        .flat_map(Dir::files)
        .filter_map(|file| file.contents_utf8())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};

    use super::*;

    /// Every message and attribute (`message.attribute`) with the variables in it.
    fn read(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let mut found = BTreeMap::new();
        for text in texts(language) {
            let resource =
                FluentResource::try_new(text.to_owned()).expect("a locale file that parses");
            for entry in resource.entries() {
                let Entry::Message(message) = entry else {
                    continue;
                };
                let key = message.id.name.to_owned();
                for attribute in &message.attributes {
                    let name = format!("{key}.{}", attribute.id.name);
                    found.insert(name, variables(&attribute.value));
                }
                let words = message.value.as_ref().map(variables).unwrap_or_default();
                assert!(
                    found.insert(key.clone(), words).is_none(),
                    "{key} stands twice"
                );
            }
        }
        found
    }

    fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
        let variable = |element: &PatternElement<&str>| match element {
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => Some(id.name.to_owned()),
            _ => None,
        };
        pattern.elements.iter().filter_map(variable).collect()
    }

    #[test]
    fn both_languages_have_the_same_messages_with_the_same_variables() {
        let (zh, en) = (read(Language::Zh), read(Language::En));
        assert!(!zh.is_empty());
        assert_eq!(zh, en);
    }

    /// All sources of the binary as one text.
    fn sources() -> String {
        let mut text = String::new();
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let source = std::fs::read_to_string(&path).unwrap();
                    text.push_str(source.split("#[cfg(test)]").next().unwrap_or_default());
                }
            }
        }
        text
    }

    /// The key that follows each `opener` directly.
    fn first_after(text: &str, opener: &str) -> BTreeSet<String> {
        let key = |rest: &str| {
            rest.trim_start()
                .strip_prefix('"')?
                .split('"')
                .next()
                .map(str::to_owned)
        };
        text.split(opener).skip(1).filter_map(key).collect()
    }

    /// All columns that are asked for.
    fn columns(text: &str) -> BTreeSet<String> {
        let list = |rest: &str| rest.split(']').next().unwrap_or_default().to_owned();
        let lists: Vec<String> = text.split("columns(&[").skip(1).map(list).collect();
        lists
            .iter()
            .flat_map(|list| list.split('"').skip(1).step_by(2))
            .map(|key| format!("column-{key}"))
            .collect()
    }

    #[test]
    fn every_message_named_in_the_code_exists_and_every_message_is_used() {
        let text = sources();
        let known: BTreeSet<String> = read(Language::En)
            .into_keys()
            .filter(|key| !key.contains('.'))
            .collect();
        let mut named = BTreeSet::new();
        for opener in ["words.say(", "words.tell("] {
            named.extend(first_after(&text, opener));
        }
        named.extend(columns(&text));
        let unknown: Vec<_> = named.difference(&known).collect();
        assert!(
            unknown.is_empty(),
            "messages that do not exist: {unknown:?}"
        );
        // Found by a key made at run time: help of commands, sentences of identifier errors, words of states.
        // And the words of kinds, ways and flags.
        let made = [
            "help",
            "check-",
            "problem-",
            "state-",
            "kinship-",
            "visit-",
            "flag-",
            "way-",
            "decision-",
            "drift-",
            "effect-",
            "fund-",
            "household-type-",
            "obstacle-",
            "movement-",
            "gap-",
            "denied-no-",
            "usage-like-",
            "verify-exempt-",
        ];
        let unused: Vec<_> = known
            .iter()
            .filter(|key| !made.iter().any(|prefix| key.starts_with(prefix)))
            .filter(|key| !named.contains(*key) && !text.contains(&format!("\"{key}\"")))
            .collect();
        assert!(unused.is_empty(), "messages that nothing says: {unused:?}");
    }

    #[test]
    fn the_language_follows_the_environment_in_the_order_of_posix() {
        let of = Language::of_environment;
        assert_eq!(of(None, None, Some("zh_CN.UTF-8")), Language::Zh);
        assert_eq!(
            of(Some("en_US.UTF-8"), None, Some("zh_CN.UTF-8")),
            Language::En
        );
        assert_eq!(of(Some(""), Some("zh_TW"), Some("C")), Language::Zh);
        assert_eq!(of(None, None, None), Language::En);
    }

    #[test]
    fn variables_stand_where_the_message_puts_them_without_marks_around_them() {
        let words = Words::new(Language::En);
        assert_eq!(words.tell("error-unknown", &[]), "error-unknown");
        let said = words.tell("database-missing", &[("url", &"x.db")]);
        assert!(
            said.contains("x.db") && !said.contains('\u{2068}'),
            "{said}"
        );
    }
}
