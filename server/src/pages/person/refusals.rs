//! What the person has refused to have remembered, and making it welcome again.

use axum::extract::State as Shared;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use tokio_postgres::Row;

use super::ROWS_AND_ONE;
use super::clock::{CLOCK, local};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::{Asked, Id};
use crate::pages::form::{Posted, sealed};
use crate::pages::shell::{Here, notice, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Question {
    after: Option<i32>,
    did: Option<String>,
}

struct Refusal {
    id: i32,
    content: String,
    memory_id: Option<i32>,
    refused_at: Option<String>,
}

impl Refusal {
    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            content: row.try_get("content")?,
            memory_id: row.try_get("memory_id")?,
            refused_at: row.try_get("refused_at")?,
        })
    }
}

fn statement() -> String {
    format!(
        "WITH {CLOCK}, refused AS MATERIALIZED (
             SELECT r.id, r.content, r.memory_id, r.refused_at FROM @homer@.homer_refusals($1) AS r
              WHERE r.id OPERATOR(pg_catalog.>) $2 ORDER BY r.id LIMIT {ROWS_AND_ONE}
         )
         SELECT r.id, r.content, r.memory_id, {} AS refused_at FROM clock, refused AS r ORDER BY r.id",
        local("r.refused_at")
    )
}

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Asked(asked): Asked<Question>,
) -> Result<Markup, Trouble> {
    let rows = pages.ask(&visitor, &statement(), &[&visitor.id(), &asked.after.unwrap_or(0)]).await?;
    let (refusals, has_more) = super::shown(&rows, Refusal::of)?;
    let body = html! {
        @match asked.did.as_deref() {
            Some("lifted") => (notice("The refusal is lifted: this may be remembered again.", &html! {})),
            Some("met") => (notice("This is refused, and so was not kept. Lift the refusal first.", &html! {})),
            _ => {}
        }
        p.hint { "What stands here is not remembered, in any spelling, until you lift the refusal." }
        @if refusals.is_empty() { p.empty { "You have refused nothing." } }
        @for refusal in &refusals { (shown(&visitor, refusal)) }
        @if let (true, Some(last)) = (has_more, refusals.last()) {
            nav.ways aria-label="Pages of refusals" { a rel="next" href=(format!("/refusals?after={}", last.id)) { "More →" } }
        }
    };
    Ok(page(&visitor, Here::Refusals, "What you have refused", &body))
}

fn shown(visitor: &Visitor, refusal: &Refusal) -> Markup {
    html! {
        article.memory {
            p.content { (refusal.content) }
            ul.about {
                @if let Some(refused_at) = &refusal.refused_at { li { "refused " time datetime=(refused_at) { (refused_at) } } }
                @if let Some(memory) = refusal.memory_id { li { a href=(format!("/memories/{memory}")) { "memory #" (memory) } } }
            }
            div.acts {
                form.inline method="post" action=(format!("/refusals/{}/lift", refusal.id)) {
                    (sealed(visitor.seal()))
                    input type="hidden" name="memory" value=[refusal.memory_id];
                    button type="submit" { "Lift the refusal" span.unseen { " of " (refusal.content) } }
                }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct Lift {
    /// What was refused, to lead there.
    #[serde(default)]
    memory: String,
}

pub async fn lift(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Id(id): Id,
    Posted(given): Posted<Lift>,
) -> Result<Redirect, Trouble> {
    pages.ask_one(&visitor, "SELECT @homer@.homer_lift_refusal($1)", &[&id]).await?;
    Ok(match given.memory.parse::<i32>() {
        Ok(memory) => Redirect::to(&format!("/memories/{memory}?did=lifted")),
        Err(_) => Redirect::to("/refusals?did=lifted"),
    })
}
