//! Why a memory was found: the parts of its relevance, as a bar and in words.

use maud::{Markup, html};
use serde::Deserialize;

/// A part as `homer_explain_relevance` gives it.
#[derive(Deserialize)]
pub struct Part {
    part: String,
    word: Option<String>,
    lent_by: Option<i32>,
    amount: Option<f64>,
    counts: Option<f64>,
}

impl Part {
    fn counts(&self) -> f64 {
        self.counts.unwrap_or(0.0)
    }

    /// Whether it is drawn: the total is the sum of the others, and the factor is what importance and age make together.
    fn is_drawn(&self) -> bool {
        !["total", "factor"].contains(&self.part.as_str())
    }

    fn class(&self) -> &'static str {
        match self.part.as_str() {
            "word" if self.lent_by.is_some() => "lent",
            "word" => "word",
            "cosine" => "meaning",
            "importance" => "importance",
            _ => "age",
        }
    }
}

/// How long the longest bar of a page is, in the unit of the relevance: all that adds, before age takes from it.
pub fn longest<'a>(all: impl IntoIterator<Item = &'a [Part]>) -> f64 {
    all.into_iter().map(added).fold(0.0, f64::max)
}

fn added(parts: &[Part]) -> f64 {
    parts.iter().filter(|part| part.is_drawn()).map(|part| part.counts().max(0.0)).sum()
}

/// The bar, as a share of the longest, and what it says in words.
pub fn explained(parts: &[Part], longest: f64) -> Markup {
    let total = parts.iter().find(|part| part.part == "total").map_or(0.0, Part::counts);
    html! {
        div.relevance {
            (bar(parts, longest))
            ul.parts {
                li.total { "relevance " b { (number(total)) } }
                @for part in parts.iter().filter(|part| part.is_drawn()) { (in_words(part)) }
            }
        }
    }
}

/// A segment for each part that adds, from the left; the end of them, which age takes away again, is drawn over.
fn bar(parts: &[Part], longest: f64) -> Markup {
    let share = |counts: f64| if longest > 0.0 { counts / longest * 100.0 } else { 0.0 };
    let mut end = 0.0;
    let mut segments = Vec::new();
    for part in parts.iter().filter(|part| part.is_drawn() && part.counts() > 0.0) {
        segments.push((part.class(), end, share(part.counts())));
        end += share(part.counts());
    }
    let lost: f64 = parts.iter().filter(|part| part.is_drawn()).map(|part| share(-part.counts()).max(0.0)).sum();
    html! {
        // What it shows stands beside it in words.
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            @for (class, from, width) in segments { (segment(class, from, width)) }
            @if lost > 0.0 { (segment("age", end - lost, lost)) }
        }
    }
}

fn segment(class: &str, from: f64, width: f64) -> Markup {
    // A gap of a quarter of a percent between neighbours, unless there is no room for it.
    let drawn = if width > 1.0 { width - 0.25 } else { width };
    html! { rect class=(class) x=(format!("{from:.2}")) y="0" width=(format!("{drawn:.2}")) height="8" {} }
}

fn in_words(part: &Part) -> Markup {
    html! {
        li class=(part.class()) {
            @match (part.part.as_str(), &part.word) {
                ("word", Some(word)) => { "“" (word) "”" }
                ("cosine", _) => "meaning",
                ("age", _) => { (age(part.amount.unwrap_or(0.0))) }
                (other, _) => (other),
            }
            " " (signed(part.counts()))
            @if let Some(lender) = part.lent_by { " lent by " a href=(format!("/memories/{lender}")) { "#" (lender) } }
        }
    }
}

/// How old something is, in the largest unit of which it has one.
fn age(days: f64) -> String {
    match days {
        days if days >= 1.0 => format!("{days:.0} {} old", if days < 1.5 { "day" } else { "days" }),
        days => format!("{:.0} hours old", days * 24.0),
    }
}

fn number(value: f64) -> String {
    format!("{value:.2}")
}

fn signed(value: f64) -> String {
    if value < 0.0 { format!("−{:.2}", -value) } else { format!("+{value:.2}") }
}

#[cfg(test)]
mod tests {
    use super::{Part, age, bar, longest};

    fn parts(of: &str) -> Vec<Part> {
        serde_json::from_str(of).unwrap()
    }

    #[test]
    fn age_takes_the_end_of_what_the_others_add() {
        let parts = parts(
            r#"[{"part": "word", "counts": 6.0}, {"part": "importance", "counts": 2.0}, {"part": "age", "counts": -1.0},
                {"part": "factor", "counts": null}, {"part": "total", "counts": 7.0}]"#,
        );
        let longest = longest([parts.as_slice()]);
        assert_eq!(longest, 8.0);
        let drawn = bar(&parts, longest).into_string();
        assert!(drawn.contains(r#"<rect class="word" x="0.00" y="0" width="74.75""#), "{drawn}");
        assert!(drawn.contains(r#"<rect class="importance" x="75.00" y="0" width="24.75""#), "{drawn}");
        assert!(drawn.contains(r#"<rect class="age" x="87.50" y="0" width="12.25""#), "{drawn}");
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        assert_eq!(longest([]), 0.0);
        assert!(!bar(&parts(r#"[{"part": "importance", "counts": 0.0}]"#), 0.0).into_string().contains("NaN"));
    }

    #[test]
    fn an_age_is_said_in_days_or_hours() {
        assert_eq!((age(0.5), age(1.2), age(30.4)), ("12 hours old".into(), "1 day old".into(), "30 days old".into()));
    }
}
