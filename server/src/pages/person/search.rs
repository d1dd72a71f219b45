//! What answers a question, and why: each memory with the parts of its relevance. Without a question, what matters most.

use axum::extract::State as Shared;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;
use tokio_postgres::Row;

use super::card::{Memory, card};
use super::clock::CLOCK;
use super::relevance::{Part, explained, longest};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::Asked;
use crate::pages::form::filled;
use crate::pages::shell::{Here, asking, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
}

struct Found {
    memory: Memory,
    parts: Vec<Part>,
}

impl Found {
    fn of(row: &Row) -> Result<Self, Error> {
        let parts: Value = row.try_get("parts")?;
        let parts = serde_json::from_value(parts).map_err(|_| Error::Unexpected("parts of a relevance".into()))?;
        Ok(Self { memory: Memory::of(row)?, parts })
    }
}

/// What is found and why comes from one call, which reads once what answers the question.
fn statement() -> String {
    format!(
        "WITH {CLOCK}, found AS MATERIALIZED (
             SELECT e.memory_id, pg_catalog.min(e.ordinality) AS place,
                    pg_catalog.jsonb_agg(pg_catalog.to_jsonb(e) ORDER BY e.ordinality) AS parts
               FROM homer.explained($1, $2, NULL, NULL, 10) WITH ORDINALITY AS e
              GROUP BY e.memory_id
         )
         SELECT {}, f.parts
           FROM clock, found AS f, LATERAL homer.memories_by_id(f.memory_id) AS m
          ORDER BY f.place",
        Memory::columns()
    )
}

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Asked(asked): Asked<Question>,
) -> Result<Markup, Trouble> {
    let question = filled(&asked.q);
    let rows = pages.ask(&visitor, &statement(), &[&visitor.id(), &question]).await?;
    let found = rows.iter().map(Found::of).collect::<Result<Vec<_>, _>>()?;
    let body = html! {
        (asking("/", "What would you like to know?", &asked.q, "Search"))
        (results(&found, question))
    };
    Ok(page(&visitor, Here::Search, "What is remembered", &body))
}

fn results(found: &[Found], question: Option<&str>) -> Markup {
    let longest = longest(found.iter().map(|found| found.parts.as_slice()));
    html! {
        h2 { @if question.is_some() { "What answers it best" } @else { "What matters most now" } }
        @if found.is_empty() {
            p.empty { @if question.is_some() { "Nothing that is remembered answers this." } @else { "Nothing is remembered yet." } }
        } @else { (key(question.is_some())) }
        @for found in found { (card(&found.memory, &explained(&found.parts, longest))) }
    }
}

/// What the colours of the bars mean.
fn key(with_words: bool) -> Markup {
    html! {
        ul.parts.key aria-label="What the bars show" {
            @if with_words {
                li.word { "a word of the question" }
                li.lent { "a word that a neighbour in the conversation lends" }
            }
            li.importance { "importance" }
            li.age { "what age takes away" }
        }
    }
}
