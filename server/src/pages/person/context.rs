//! What the model would be told before it answers a question: the very text, and what each of its sections costs.

use axum::extract::State as Shared;
use maud::{Markup, html};
use serde::Deserialize;

use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::Asked;
use crate::pages::form::filled;
use crate::pages::shell::{Here, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

/// How many tokens the text may take where nothing else is said, and at most: the work grows with them.
const USUAL: i32 = 1500;
const MOST: i32 = 20_000;

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
    #[serde(default)]
    budget: String,
}

/// A part of the text under one heading, and how many tokens it takes at most.
struct Section<'a> {
    title: &'a str,
    tokens: i32,
}

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Asked(asked): Asked<Question>,
) -> Result<Markup, Trouble> {
    let budget = asked.budget.trim().parse().unwrap_or(USUAL).clamp(0, MOST);
    let told = told(&pages, &visitor, filled(&asked.q), budget).await?;
    let sections = counted(&pages, &visitor, &told).await?;
    let body = html! {
        form.search method="get" action="/prompt" {
            label for="q" { "A question, as you would ask the assistant" }
            input #q name="q" value=(asked.q) maxlength="2000";
            label for="budget" { "Tokens it may take, " (MOST) " at most" }
            div.row {
                input #budget type="number" name="budget" min="0" max=(MOST) value=(budget);
                button.primary type="submit" { "Show" }
            }
        }
        (costs(&sections, budget))
        h2 { "The text" }
        @if told.is_empty() { p.empty { "Nothing: there is nothing to say, or no room to say it." } }
        @else { pre.told tabindex="0" aria-label="What the model is told" { (told) } }
    };
    Ok(page(&visitor, Here::Prompt, "What the model is told", &body))
}

async fn told(pages: &Pages, visitor: &Visitor, question: Option<&str>, budget: i32) -> Result<String, Trouble> {
    let statement = "SELECT @homer@.homer_context($1, $2, $3)";
    let row = pages.ask_one(visitor, statement, &[&visitor.id(), &question, &budget]).await?;
    Ok(row.try_get(0).map_err(Error::from)?)
}

/// The sections of the text, counted as homer counts for its budget: for the tokenizer that needs most.
async fn counted<'a>(pages: &Pages, visitor: &Visitor, told: &'a str) -> Result<Vec<Section<'a>>, Trouble> {
    let sections = sections(told);
    let texts: Vec<_> = sections.iter().map(|(_, text)| *text).collect();
    let statement = "SELECT homer.token_bound(t.text) FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS t (text, place) ORDER BY t.place";
    let rows = pages.ask(visitor, statement, &[&texts]).await?;
    let tokens = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<i32>, _>>().map_err(Error::from)?;
    Ok(sections.into_iter().zip(tokens).map(|((title, _), tokens)| Section { title, tokens }).collect())
}

/// The text in pieces, each with its heading.
fn sections(told: &str) -> Vec<(&str, &str)> {
    let starts: Vec<_> = std::iter::once(0)
        .chain(told.match_indices("\n## ").map(|(place, _)| place + 1))
        .filter(|start| *start < told.len())
        .collect();
    let ends = starts.iter().skip(1).copied().chain([told.len()]);
    starts.iter().zip(ends).map(|(start, end)| &told[*start..end]).map(|text| (title(text), text)).collect()
}

fn title(section: &str) -> &str {
    section.strip_prefix("## ").and_then(|text| text.lines().next()).unwrap_or("What frames it")
}

fn costs(sections: &[Section<'_>], budget: i32) -> Markup {
    let total: i32 = sections.iter().map(|section| section.tokens).sum();
    html! {
        table.costs {
            caption { "At most " (total) " of " (budget) " tokens, for any of today's tokenizers" }
            thead { tr { th scope="col" { "Section" } th.number scope="col" { "Tokens" } th scope="col" { span.unseen { "Share of the budget" } } } }
            tbody {
                @for section in sections {
                    tr { th scope="row" { (section.title) } td.number { (section.tokens) } td { (share(section.tokens, budget)) } }
                }
            }
        }
    }
}

fn share(tokens: i32, budget: i32) -> Markup {
    let width = f64::from(tokens) / f64::from(budget.max(1)) * 100.0;
    html! {
        svg.bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false" {
            rect.rest x="0" y="0" width="100" height="8" {}
            rect.word x="0" y="0" width=(format!("{:.2}", width.min(100.0))) height="8" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sections;

    #[test]
    fn the_pieces_are_the_whole_text() {
        let told = "<homer_memory>\nThese are notes.\n## User\n- Name: Maria\n## Memories, most relevant first\n- one\n</homer_memory>";
        let pieces = sections(told);
        let titles: Vec<_> = pieces.iter().map(|(title, _)| *title).collect();
        assert_eq!(titles, ["What frames it", "User", "Memories, most relevant first"]);
        assert_eq!(pieces.iter().map(|(_, text)| *text).collect::<String>(), told);
        assert!(sections("").is_empty());
    }
}
