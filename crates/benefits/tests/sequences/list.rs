//! Reads the lists.

/// An act, and who takes it if not the user whose step it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub name: String,
    pub user: Option<String>,
}

impl Act {
    pub fn named(text: &str) -> Self {
        match text.split_once('@') {
            Some((name, user)) => Act {
                name: name.to_owned(),
                user: Some(user.to_owned()),
            },
            None => Act {
                name: text.to_owned(),
                user: None,
            },
        }
    }

    pub fn text(&self) -> String {
        match &self.user {
            Some(user) => format!("{}@{user}", self.name),
            None => self.name.clone(),
        }
    }
}

#[derive(Debug, Clone)]
pub enum Line {
    Day(String),
    Act(Act),
    Refused { act: Act, words: String },
    State(String),
}

#[derive(Debug, Clone)]
pub enum Block {
    Case {
        id: String,
        family: String,
        lines: Vec<Line>,
    },
    At {
        state: String,
        family: String,
        way: Vec<Line>,
        allowed: Vec<(String, String)>,
    },
}

/// The blocks of a list. A line that cannot be read is an error of the list.
pub fn read(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        let place = format!("line {}: {line}", at + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(id) = line.strip_prefix("case ") {
            blocks.push(Block::Case {
                id: id.to_owned(),
                family: String::new(),
                lines: Vec::new(),
            });
            continue;
        }
        if let Some(state) = line.strip_prefix("at ") {
            blocks.push(Block::At {
                state: state.to_owned(),
                family: String::new(),
                way: Vec::new(),
                allowed: Vec::new(),
            });
            continue;
        }
        let block = blocks.last_mut().expect("a list begins with a block");
        let (family, lines, allowed) = match block {
            Block::Case { family, lines, .. } => (family, lines, None),
            Block::At {
                family,
                way,
                allowed,
                ..
            } => (family, way, Some(allowed)),
        };
        if let Some(kind) = line.strip_prefix("family: ") {
            kind.clone_into(family);
        } else if let Some(state) = line.strip_prefix("= ") {
            lines.push(Line::State(state.to_owned()));
        } else if let Some(rest) = line.strip_prefix("! ") {
            let (act, words) = rest
                .split_once(" :")
                .unwrap_or_else(|| panic!("{place}: `! act : words`"));
            lines.push(Line::Refused {
                act: Act::named(act.trim()),
                words: words.trim().to_owned(),
            });
        } else if let Some(rest) = line.strip_prefix("> ") {
            let (act, next) = rest
                .split_once(' ')
                .unwrap_or_else(|| panic!("{place}: `> act state`"));
            allowed
                .unwrap_or_else(|| panic!("{place}: only `at` lists acts"))
                .push((act.to_owned(), next.trim().to_owned()));
        } else {
            let mut words = line.split_whitespace();
            let day = words.next().unwrap_or_default();
            assert!(day.starts_with("20"), "{place}: a line begins with its day");
            lines.push(Line::Day(day.to_owned()));
            lines.extend(words.map(|word| Line::Act(Act::named(word))));
        }
    }
    blocks
}
