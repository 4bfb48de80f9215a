//! Reads the text form of protocol buffers, as far as the conformance files use it: names, texts, words, nested
//! messages, lists of them, comments.

/// A field of a message, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: String,
    pub value: Value,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A text in quotes, its escapes resolved.
    Text(String),
    /// A number, a word, `true`.
    Word(String),
    /// Fields in braces.
    Message(Vec<Field>),
}

impl Value {
    /// The fields of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Value> {
        let fields: &[Field] = match self {
            Value::Message(fields) => fields,
            _ => &[],
        };
        fields
            .iter()
            .filter(move |field| field.name == name)
            .map(|field| &field.value)
    }

    /// The first field of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Value::Message(fields) => fields
                .iter()
                .find(|field| field.name == name)
                .map(|field| &field.value),
            _ => None,
        }
    }

    /// The text or word itself.
    pub fn text(&self) -> &str {
        match self {
            Value::Text(text) | Value::Word(text) => text,
            Value::Message(_) => "",
        }
    }
}

/// Reads a whole file; panics with the place where it is not understood.
pub fn read(text: &str) -> Value {
    let mut reader = Reader {
        rest: text,
        whole: text,
    };
    let fields = reader.fields();
    reader.skip();
    assert!(reader.rest.is_empty(), "{}", reader.place());
    Value::Message(fields)
}

struct Reader<'a> {
    rest: &'a str,
    whole: &'a str,
}

impl Reader<'_> {
    fn place(&self) -> String {
        let at = self.whole.len() - self.rest.len();
        let line = self.whole[..at].lines().count();
        format!(
            "line {line}: {:?}",
            self.rest.lines().next().unwrap_or_default()
        )
    }

    fn skip(&mut self) {
        loop {
            self.rest = self
                .rest
                .trim_start_matches([' ', '\t', '\r', '\n', ',', ';']);
            match self.rest.strip_prefix('#') {
                Some(comment) => {
                    self.rest = &comment[comment.find('\n').unwrap_or(comment.len())..];
                }
                None => return,
            }
        }
    }

    fn take(&mut self, sign: char) -> bool {
        self.skip();
        let found = self.rest.strip_prefix(sign);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    fn word(&mut self) -> String {
        self.skip();
        if self.take('[') {
            // The name of an extension or of a packed message.
            let end = self.rest.find(']').expect("a closed name");
            let name = self.rest[..end].to_owned();
            self.rest = &self.rest[end + 1..];
            return name;
        }
        let end = self
            .rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || "_.+-".contains(c)))
            .unwrap_or(self.rest.len());
        assert!(end > 0, "{}", self.place());
        let word = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        word
    }

    fn fields(&mut self) -> Vec<Field> {
        let mut fields = Vec::new();
        loop {
            self.skip();
            if self.rest.is_empty() || self.rest.starts_with(['}', '>']) {
                return fields;
            }
            let name = self.word();
            self.take(':');
            if self.take('[') {
                while !self.take(']') {
                    let value = self.value();
                    fields.push(Field {
                        name: name.clone(),
                        value,
                    });
                }
                continue;
            }
            let value = self.value();
            fields.push(Field { name, value });
        }
    }

    fn value(&mut self) -> Value {
        self.skip();
        if self.take('{') {
            let fields = self.fields();
            assert!(self.take('}'), "{}", self.place());
            return Value::Message(fields);
        }
        let mut text = None;
        while self.rest.starts_with(['"', '\'']) {
            let part = self.quoted();
            text.get_or_insert_with(Vec::new).extend(part);
            self.skip();
        }
        match text {
            Some(bytes) => Value::Text(String::from_utf8_lossy(&bytes).into_owned()),
            None => Value::Word(self.word()),
        }
    }

    fn quoted(&mut self) -> Vec<u8> {
        let mut chars = self.rest.char_indices();
        let quote = chars.next().map(|(_, c)| c);
        let mut bytes = Vec::new();
        while let Some((at, c)) = chars.next() {
            if Some(c) == quote {
                self.rest = &self.rest[at + 1..];
                return bytes;
            }
            if c != '\\' {
                bytes.extend(c.to_string().as_bytes());
                continue;
            }
            let (start, escaped) = chars.next().expect("an escape");
            let mut number = |radix: u32, from: usize, longest: usize| {
                let digits: String = self.rest[from..]
                    .chars()
                    .take(longest)
                    .take_while(|c| c.is_digit(radix))
                    .collect();
                for _ in 0..(from + digits.len()).saturating_sub(start + 1) {
                    chars.next();
                }
                u8::from_str_radix(&digits, radix).expect("a byte")
            };
            match escaped {
                'n' => bytes.push(b'\n'),
                't' => bytes.push(b'\t'),
                'r' => bytes.push(b'\r'),
                'a' => bytes.push(7),
                'b' => bytes.push(8),
                'v' => bytes.push(11),
                'f' => bytes.push(12),
                '0'..='7' => bytes.push(number(8, start, 3)),
                'x' => bytes.push(number(16, start + 1, 2)),
                '\\' | '\'' | '"' => bytes.push(escaped as u8),
                other => panic!("unknown escape {other}: {}", self.place()),
            }
        }
        panic!("a text is not closed: {}", self.place())
    }
}
