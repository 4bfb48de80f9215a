//! Synthetic names: Tibetan ones of Kham (given names only, usually two of two characters, sometimes joined by
//! `·`) and Han ones, some with characters outside of the basic plane or its first block, which must survive.
//!
//! The lists are common name elements put together at random; no person is meant.

use minsheng_core::Sex;

use crate::draw::Draw;

const TIBETAN_BOTH: &[&str] = &[
    "泽仁", "次仁", "尼玛", "达瓦", "白玛", "格桑", "益西", "仁青", "丹珍", "降央", "桑吉", "拉呷",
    "罗让", "阿呷", "洛绒", "曲扎", "青麦", "甲央", "拥青", "俄色",
];
const TIBETAN_MALE: &[&str] = &[
    "扎西", "多吉", "丹增", "罗布", "四郎", "降初", "生龙", "格勒", "曲批", "昂旺", "彭措", "土登",
    "邓珠", "泽翁", "根秋", "贡布", "郎加", "登巴", "呷玛", "布根", "旺修", "江措", "洛珠", "阿布",
    "热登", "巴登",
];
const TIBETAN_FEMALE: &[&str] = &[
    "卓玛", "拉姆", "曲珍", "翁姆", "志玛", "拥忠", "央金", "巴姆", "措姆", "德吉", "仁珍", "色珍",
    "曲措", "拥措", "斯郎", "泽拉", "呷姆", "玉珍", "普珍", "其麦", "娜姆", "嘎绒",
];
const SURNAMES: &[(&str, i64)] = &[
    ("王", 9),
    ("李", 10),
    ("张", 9),
    ("杨", 10),
    ("刘", 8),
    ("陈", 8),
    ("高", 6),
    ("周", 5),
    ("罗", 6),
    ("何", 4),
    ("邓", 4),
    ("冯", 3),
    ("徐", 3),
    ("唐", 4),
    ("袁", 3),
    ("龚", 3),
    ("苟", 2),
    ("余", 3),
    ("彭", 3),
    ("姜", 3),
    ("叶", 2),
    ("任", 2),
    ("甲", 1),
    ("木", 1),
    ("包", 2),
    ("安", 2),
    ("欧阳", 1),
    ("毛", 2),
    ("丁", 2),
    ("贾", 2),
    ("雍", 1),
    ("税", 1),
];
const HAN_MALE: &[&str] = &[
    "国华", "建明", "志强", "永贵", "文军", "正清", "德安", "洪", "勇", "平", "世荣", "天福",
    "学忠", "开云", "康", "泽林", "家骏", "俊杰", "浩", "子轩", "光明", "兴发", "万全", "绍武",
    "成龙", "小东", "伟", "松柏", "远", "宇航",
];
const HAN_FEMALE: &[&str] = &[
    "秀英", "桂芳", "玉兰", "晓燕", "丽", "敏", "素珍", "明秀", "康英", "红", "淑华", "雪梅",
    "春蓉", "子涵", "雨欣", "佳怡", "艳", "正芬", "光琼", "碧", "群", "忠秀", "婷", "月", "小凤",
    "兴容", "国珍", "思琪", "梦瑶", "静",
];
/// Given names with characters that an old code page loses (GB 18030-2022).
const RARE: &[&str] = &["㐀", "䶮", "𠮷", "𠮷祥", "䶮生", "文㐀"];

/// Whether a person carries a Tibetan name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    /// Given names only.
    Tibetan,
    /// Family name first; children have the father's.
    Han(&'static str),
}

/// The naming of a family; `tibetan` of 100 families are Tibetan.
pub(crate) fn family(draw: &mut Draw, tibetan: i64) -> Naming {
    if draw.chance(tibetan, 100) {
        Naming::Tibetan
    } else {
        Naming::Han(draw.weighted(SURNAMES))
    }
}

/// Another family name, for a spouse.
pub(crate) fn spouse(draw: &mut Draw, naming: Naming) -> Naming {
    match naming {
        Naming::Tibetan => Naming::Tibetan,
        Naming::Han(_) => Naming::Han(draw.weighted(SURNAMES)),
    }
}

/// A name.
pub(crate) fn name(draw: &mut Draw, naming: Naming, sex: Sex) -> String {
    let male = sex == Sex::Male;
    match naming {
        Naming::Tibetan => {
            let second = draw.pick(if male { TIBETAN_MALE } else { TIBETAN_FEMALE });
            if draw.chance(1, 12) {
                return (*second).to_owned();
            }
            let first = if draw.chance(2, 3) {
                draw.pick(TIBETAN_BOTH)
            } else {
                draw.pick(if male { TIBETAN_MALE } else { TIBETAN_FEMALE })
            };
            let joint = if draw.chance(1, 60) { "·" } else { "" };
            format!("{first}{joint}{second}")
        }
        Naming::Han(surname) => {
            let given = if draw.chance(1, 120) {
                draw.pick(RARE)
            } else {
                draw.pick(if male { HAN_MALE } else { HAN_FEMALE })
            };
            format!("{surname}{given}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_normal_and_some_hold_rare_characters() {
        let mut draw = Draw::new(1, 9);
        let mut rare = 0;
        for place in 0..4000 {
            let naming = family(&mut draw, 60);
            let sex = if place % 2 == 0 {
                Sex::Male
            } else {
                Sex::Female
            };
            let name = name(&mut draw, naming, sex);
            assert_eq!(minsheng_core::normalise_name(&name), name);
            assert!((2..=9).contains(&name.chars().count()), "{name}");
            rare += usize::from(name.contains(['㐀', '䶮', '𠮷']));
        }
        assert!(rare >= 5, "{rare}");
    }
}
