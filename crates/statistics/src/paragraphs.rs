//! The sentences of the chapter as a template over the figures, in Chinese and in English.
//!
//! Must not know: the records. A figure without a value is written as missing, never as zero.

use std::cmp::Ordering;

use minsheng_policy::{Bilingual, Lang};
use serde::Deserialize;

use crate::decimal::compare_whole;
use crate::{Figure, StatisticsError};

const FILE: &str = "data/paragraphs.toml";
const TEXT: &str = include_str!("../data/paragraphs.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    paragraph: Vec<Paragraph>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Paragraph {
    #[expect(dead_code, reason = "names the paragraph for the reader of the file")]
    code: String,
    zh: String,
    en: String,
}

/// The paragraphs of the year, filled with the figures as printed.
///
/// # Errors
/// [`StatisticsError::Definition`] for a template that names an unknown figure, which a test excludes.
pub fn paragraphs(figures: &[Figure], lang: Lang) -> Result<Vec<String>, StatisticsError> {
    let wrong = |reason: String| StatisticsError::Definition { file: FILE, reason };
    let file: File = toml::from_str(TEXT).map_err(|error| wrong(error.to_string()))?;
    file.paragraph
        .into_iter()
        .map(|paragraph| {
            let template = Bilingual {
                zh: paragraph.zh,
                en: paragraph.en,
            };
            fill(template.get(lang), figures, lang).map_err(wrong)
        })
        .collect()
}

fn fill(template: &str, figures: &[Figure], lang: Lang) -> Result<String, String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| format!("`{{` without `}}` near `{after}`"))?;
        text.push_str(before);
        match name.split_once('>') {
            None => text.push_str(printed(name, figures)?.unwrap_or(unknown(lang))),
            Some((from, to)) => {
                text.push_str(trend(printed(from, figures)?, printed(to, figures)?, lang));
            }
        }
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

fn printed<'a>(id: &str, figures: &'a [Figure]) -> Result<Option<&'a str>, String> {
    let figure = figures.iter().find(|figure| figure.id == id);
    figure
        .map(|figure| figure.value.as_deref())
        .ok_or_else(|| format!("`{id}` is not a figure"))
}

const fn unknown(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "（缺）",
        Lang::En => "(missing)",
    }
}

fn trend(from: Option<&str>, to: Option<&str>, lang: Lang) -> &'static str {
    let way = from.zip(to).and_then(|(from, to)| compare_whole(from, to));
    match (way, lang) {
        (Some(Ordering::Greater), Lang::Zh) => "降为",
        (Some(Ordering::Less), Lang::Zh) => "升为",
        (Some(Ordering::Equal), Lang::Zh) => "仍为",
        (None, Lang::Zh) => "变为",
        (Some(Ordering::Greater), Lang::En) => "fell",
        (Some(Ordering::Less), Lang::En) => "rose",
        (Some(Ordering::Equal), Lang::En) => "stayed",
        (None, Lang::En) => "went",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Published, indicators};

    fn as_published() -> Vec<Figure> {
        let chapter = Published::embedded().unwrap();
        let figure = |indicator: &crate::Indicator| Figure {
            id: indicator.id.clone(),
            name: indicator.name.clone(),
            value: Some(chapter.get(&indicator.id).unwrap().value.clone()),
            unit: indicator.unit.clone(),
            unit_name: indicator.unit_name.clone(),
            kind: indicator.kind,
            published: None,
            published_unit: None,
            agrees: None,
            records: 1,
            missing: None,
        };
        indicators().unwrap().iter().map(figure).collect()
    }

    #[test]
    fn the_chinese_paragraphs_with_the_published_figures_are_the_sentences_of_the_chapter() {
        let texts = paragraphs(&as_published(), Lang::Zh).unwrap();
        assert_eq!(
            texts[0],
            "【城乡低保救助】 开展城乡低保专项治理，对全市低保进行全面重新申报、审核，做到动态管理下的应保尽保、应退尽退，\
             最大限度地减少“人情保”“政策保”现象。通过低保专项治理，农村低保从 2019 年的 2526 户 5497 人降为 2489 户 5014 人；\
             城市低保从 2019 年的 1509 户 2465 人降为 1329 户 2067 人。城市低保救助标准为 590 元/月，590 元以下给予补差补助。\
             农村低保救助标准为 4680 元/年，4680 元以下的给予分类补助，救助标准低保户 265 元/月，残疾人、僧人低保 280 元/月，\
             低保兜底 295 元/月。全年共发放救助金 2655.03 万元。"
        );
        assert!(texts[1].contains(
            "继续对符合条件的建档立卡贫困户，按照每人每月 295 元的救助标准实施低保兜底政策。"
        ));
        assert!(texts[1].contains(
            "目前农村低保 2489 户 5014 人，其中低保兜底户 444 户 1300 人，发放兜底资金 539.73 万元"
        ));
    }

    #[test]
    fn every_figure_stands_in_a_sentence_in_both_languages() {
        for lang in [Lang::Zh, Lang::En] {
            for indicator in indicators().unwrap() {
                let mut figures = as_published();
                let figure = figures
                    .iter_mut()
                    .find(|figure| figure.id == indicator.id)
                    .unwrap();
                figure.value = Some("123456789".to_owned());
                let text = paragraphs(&figures, lang).unwrap().concat();
                assert!(text.contains("123456789"), "{} {lang:?}", indicator.id);
            }
        }
    }

    #[test]
    fn a_figure_without_value_is_written_as_missing_and_a_rise_is_not_called_a_fall() {
        let mut figures = as_published();
        figures
            .iter_mut()
            .find(|figure| figure.id == "A18")
            .unwrap()
            .value = None;
        figures
            .iter_mut()
            .find(|figure| figure.id == "A08")
            .unwrap()
            .value = Some("6000".to_owned());
        figures
            .iter_mut()
            .find(|figure| figure.id == "A12")
            .unwrap()
            .value = Some("2465".to_owned());
        let zh = paragraphs(&figures, Lang::Zh).unwrap();
        assert!(zh[0].contains("全年共发放救助金 （缺） 万元"));
        assert!(zh[0].contains("5497 人升为") && zh[0].contains("2465 人仍为"));
        let en = paragraphs(&figures, Lang::En).unwrap();
        assert!(
            en[0].contains("rural dibao rose from")
                && en[0].contains("(missing) ten-thousand yuan")
        );
    }

    #[test]
    fn a_template_with_an_unknown_figure_is_refused() {
        assert!(fill("{Z9}", &as_published(), Lang::Zh).is_err());
        assert!(fill("{A05", &as_published(), Lang::Zh).is_err());
    }
}
