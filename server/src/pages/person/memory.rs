//! One memory: all of it, what became of it, and what its person may do about it. Nothing done here is beyond undoing.

use axum::extract::State as Shared;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use tokio_postgres::Row;

use super::card::{Memory, about};
use super::history::{self, Version, versions};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::{Asked, Id};
use crate::pages::form::{Nothing, Posted, lines, sealed, text};
use crate::pages::shell::{Here, button, notice, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Done {
    /// What was just done, which brought the visitor here.
    did: Option<String>,
}

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Id(id): Id,
    Asked(done): Asked<Done>,
) -> Result<Markup, Trouble> {
    let versions = versions(&pages, &visitor, id).await?;
    let version = versions.iter().find(|version| version.memory.id == id).ok_or_else(Trouble::nothing_here)?;
    let body = html! {
        (after(&visitor, version, &versions, done.did.as_deref()))
        (now(version))
        @if version.memory.is_everyones {
            p.hint { "This is told to everyone, and so is not yours to change." }
        } @else if version.is_current() {
            (acts(&visitor, &version.memory))
        }
        (history::shown(&visitor, &versions, id))
    };
    Ok(page(&visitor, Here::Timeline, &version.memory.name(), &body))
}

fn now(version: &Version) -> Markup {
    html! {
        section {
            p.content.whole { (version.memory.content) }
            (about(&version.memory))
            @if !version.is_current() {
                p { "This does not hold any more: " (history::outcome(&version.outcome, version.superseded_by)) "." }
            }
        }
    }
}

/// What was just done, and how to undo it.
fn after(visitor: &Visitor, version: &Version, versions: &[Version], did: Option<&str>) -> Markup {
    let restore =
        |memory: &Memory| button(visitor, &format!("{}/restore", memory.path()), "", "Undo", "and take it back");
    let former = versions.iter().rev().find(|former| former.superseded_by == Some(version.memory.id));
    match did {
        Some("forgotten") => notice("Forgotten: it will not be used any more.", &restore(&version.memory)),
        Some("corrected") => notice(
            "Corrected. What it was before stays in its history.",
            &html! { @if let Some(former) = former { (restore(&former.memory)) } },
        ),
        Some("unchanged") => notice("Nothing differs from what was remembered.", &html! {}),
        Some("restored") => notice("Taken back: it is remembered again.", &html! {}),
        Some("confirmed") => notice("This is remembered already.", &html! {}),
        Some("lifted") => notice(
            "The refusal is lifted. What it was about is still retired.",
            &html! { @if !version.is_current() { (restore(&version.memory)) } },
        ),
        Some("refused") => notice(
            "Refused: it is retired, and will not be kept again in any spelling.",
            &html! { p { a href="/refusals" { "What you have refused" } } },
        ),
        _ => html! {},
    }
}

fn acts(visitor: &Visitor, memory: &Memory) -> Markup {
    html! {
        section {
            h2 { "Put it right" }
            (correction(visitor, memory))
            div.acts {
                div {
                    (button(visitor, &format!("{}/forget", memory.path()), "", "Forget", "this memory"))
                    p.hint { "It is used no more. You can take it back." }
                }
                div {
                    (button(visitor, &format!("{}/refuse", memory.path()), "danger", "Refuse", "this memory"))
                    p.hint { "As forgetting, and it is not to be learned again." }
                }
            }
        }
    }
}

fn correction(visitor: &Visitor, memory: &Memory) -> Markup {
    html! {
        form.stacked method="post" action=(format!("{}/correct", memory.path())) {
            (sealed(visitor.seal()))
            label for="subject" { "Subject" }
            input #subject name="subject" value=(memory.subject);
            label for="content" { "Content" }
            // The line break after the tag is none of the text's.
            textarea #content name="content" rows="4" { "\n" (memory.content) }
            div.columns {
                div {
                    label for="category" { "Category" }
                    input #category name="category" value=(memory.category) list="categories" required;
                    datalist #categories {
                        @for category in ["fact", "preference", "decision", "reminder", "context", "rule"] { option value=(category) {} }
                    }
                }
                div {
                    label for="importance" { "Importance, 1 to 10" }
                    input #importance type="number" name="importance" min="1" max="10" value=(memory.importance) required;
                }
            }
            label for="tags" { "Tags, one a line" }
            textarea #tags name="tags" rows="2" { "\n" (memory.tags.join("\n")) }
            p { button.primary type="submit" { "Save the correction" } }
        }
    }
}

#[derive(Deserialize)]
pub struct Correction {
    subject: String,
    content: String,
    category: String,
    importance: i32,
    tags: String,
}

pub async fn correct(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Id(id): Id,
    Posted(given): Posted<Correction>,
) -> Result<Redirect, Trouble> {
    let statement = "SELECT e.id, e.outcome FROM @homer@.homer_edit_memory($1, $2, $3, $4, $5, tags => $6) AS e";
    let (content, tags) = (text(&given.content), lines(&given.tags));
    let row = pages
        .ask_one(&visitor, statement, &[&id, &given.subject, &content, &given.category, &given.importance, &tags])
        .await?;
    let (kept, outcome) = kept(&row)?;
    Ok(match outcome.as_str() {
        "superseded" => to(kept, "corrected"),
        "confirmed" => to(kept, "unchanged"),
        _ => Redirect::to("/refusals?did=met"),
    })
}

pub async fn forget(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Id(id): Id,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Redirect, Trouble> {
    pages.ask_one(&visitor, "SELECT @homer@.homer_forget($1)", &[&id]).await?;
    Ok(to(id, "forgotten"))
}

pub async fn refuse(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Id(id): Id,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Redirect, Trouble> {
    pages.ask_one(&visitor, "SELECT @homer@.homer_reject($1)", &[&id]).await?;
    Ok(to(id, "refused"))
}

/// Takes a version back. Where another one holds, that is corrected to say the same again, so that the history stays one line.
pub async fn restore(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Id(id): Id,
    Posted(Nothing {}): Posted<Nothing>,
) -> Result<Redirect, Trouble> {
    let versions = versions(&pages, &visitor, id).await?;
    let current = versions.iter().find(|version| version.is_current());
    let row = match current {
        None => pages.ask_one(&visitor, "SELECT r.id, r.outcome FROM @homer@.homer_restore($1) AS r", &[&id]).await?,
        Some(current) => pages.ask_one(&visitor, CORRECTED_BACK, &[&id, &current.memory.id]).await?,
    };
    let (kept, outcome) = kept(&row)?;
    Ok(match outcome.as_str() {
        "restored" | "superseded" => to(kept, "restored"),
        "confirmed" => to(kept, "confirmed"),
        _ => Redirect::to("/refusals?did=met"),
    })
}

const CORRECTED_BACK: &str = "
    SELECT e.id, e.outcome
      FROM @homer@.homer_memories AS m,
           @homer@.homer_edit_memory(
               $2, m.subject, m.content, m.category, m.importance,
               tags => ARRAY(SELECT t.tag FROM pg_catalog.jsonb_array_elements_text(COALESCE(m.tags, '[]')) AS t (tag)),
               metadata => m.metadata) AS e
     WHERE m.id OPERATOR(pg_catalog.=) $1";

/// What was kept, and how that came about.
fn kept(row: &Row) -> Result<(i32, String), Error> {
    Ok((row.try_get(0)?, row.try_get(1)?))
}

fn to(id: i32, did: &str) -> Redirect {
    Redirect::to(&format!("/memories/{id}?did={did}"))
}
