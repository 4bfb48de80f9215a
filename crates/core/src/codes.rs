//! Small code tables of persons. A record stores the code; the Chinese name is shown; no code row is ever deleted.
//!
//! Sources: GB/T 2261.1-2003 (sex); 残疾人证管理办法 art. 5 (class and level of disability). Relations are a code of our
//! own, narrow enough for the household tests of the assistance programmes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A code that its table does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{code}` is no code of {table}\nhint: one of {known}")]
pub struct CodeError {
    /// The table, in the words of its users.
    pub table: &'static str,
    /// The code that was given.
    pub code: String,
    /// The codes there are.
    pub known: String,
}

/// Defines an enum with its codes and names, reading and printing the code.
macro_rules! code_table {
    (
        $(#[$meta:meta])*
        $name:ident, $table:literal, { $($(#[$variant_meta:meta])* $variant:ident = $code:literal, $zh:literal, $en:literal;)+ }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// Every code, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code that records store.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The Chinese name that is shown.
            #[must_use]
            pub const fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh,)+ }
            }

            /// The English name.
            #[must_use]
            pub const fn en(self) -> &'static str {
                match self { $(Self::$variant => $en,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = CodeError;

            fn from_str(code: &str) -> Result<Self, CodeError> {
                Self::ALL.iter().copied().find(|entry| entry.as_str() == code).ok_or_else(|| {
                    let known: Vec<_> = Self::ALL.iter().map(|entry| entry.as_str()).collect();
                    CodeError { table: $table, code: code.to_owned(), known: known.join(", ") }
                })
            }
        }
    };
}

code_table! {
    /// Sex, GB/T 2261.1-2003. A citizen with an ID number is 1 or 2, as its 17th digit says.
    Sex, "sex", {
        /// 未知的性别.
        Unknown = "0", "未知的性别", "unknown";
        /// 男.
        Male = "1", "男", "male";
        /// 女.
        Female = "2", "女", "female";
        /// 未说明的性别.
        NotStated = "9", "未说明的性别", "not stated";
    }
}

code_table! {
    /// The relation of a member to the head of the household.
    Relation, "relation to the head", {
        /// 户主.
        Head = "head", "户主", "head";
        /// 配偶.
        Spouse = "spouse", "配偶", "spouse";
        /// 子女.
        Child = "child", "子女", "child";
        /// 父母.
        Parent = "parent", "父母", "parent";
        /// 祖父母、外祖父母.
        Grandparent = "grandparent", "祖父母、外祖父母", "grandparent";
        /// 孙子女、外孙子女.
        Grandchild = "grandchild", "孙子女、外孙子女", "grandchild";
        /// 兄弟姐妹.
        Sibling = "sibling", "兄弟姐妹", "sibling";
        /// 其他.
        Other = "other", "其他", "other";
    }
}

code_table! {
    /// Class of disability on the certificate.
    DisabilityClass, "disability class", {
        /// 视力.
        Vision = "1", "视力", "vision";
        /// 听力.
        Hearing = "2", "听力", "hearing";
        /// 言语.
        Speech = "3", "言语", "speech";
        /// 肢体.
        Physical = "4", "肢体", "physical";
        /// 智力.
        Intellectual = "5", "智力", "intellectual";
        /// 精神.
        Mental = "6", "精神", "mental";
        /// 多重.
        Multiple = "7", "多重", "multiple";
    }
}

code_table! {
    /// Level of disability on the certificate, 1 the most severe. Not the scale of veterans, which runs to 10.
    DisabilityLevel, "disability level", {
        /// 一级.
        One = "1", "一级", "level 1";
        /// 二级.
        Two = "2", "二级", "level 2";
        /// 三级.
        Three = "3", "三级", "level 3";
        /// 四级.
        Four = "4", "四级", "level 4";
    }
}

impl Sex {
    /// The sex that a sequence number of a citizen ID states: odd male, even female (GB 11643-1999).
    #[must_use]
    pub const fn of_sequence(sequence: u16) -> Self {
        if sequence % 2 == 1 {
            Self::Male
        } else {
            Self::Female
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_read_back_and_another_is_refused() {
        for sex in Sex::ALL {
            assert_eq!(sex.as_str().parse(), Ok(*sex));
        }
        for relation in Relation::ALL {
            assert_eq!(relation.as_str().parse(), Ok(*relation));
        }
        for class in DisabilityClass::ALL {
            assert_eq!(class.as_str().parse(), Ok(*class));
        }
        for level in DisabilityLevel::ALL {
            assert_eq!(level.as_str().parse(), Ok(*level));
        }
        let refused = "3".parse::<Sex>().unwrap_err();
        assert_eq!(
            refused.to_string(),
            "`3` is no code of sex\nhint: one of 0, 1, 2, 9"
        );
        assert!("8".parse::<DisabilityClass>().is_err());
        assert!("5".parse::<DisabilityLevel>().is_err());
        assert!("".parse::<Relation>().is_err());
    }

    #[test]
    fn a_code_shows_its_names() {
        assert_eq!((Sex::Female.zh(), Sex::Female.en()), ("女", "female"));
        assert_eq!(DisabilityClass::Physical.zh(), "肢体");
        assert_eq!(DisabilityLevel::One.zh(), "一级");
        assert_eq!(format!("{:>6}", Relation::Head), "  head");
    }
}
