//! What became of a memory: its versions, and how each can be taken back.

use maud::{Markup, html};
use tokio_postgres::Row;

use super::card::{Memory, about};
use super::clock::{CLOCK, local};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::shell::button;
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

/// One version of a memory.
pub struct Version {
    pub memory: Memory,
    pub outcome: String,
    ended_at: Option<String>,
    pub superseded_by: Option<i32>,
}

impl Version {
    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            memory: Memory::of(row)?,
            outcome: row.try_get("outcome")?,
            ended_at: row.try_get("ended_at")?,
            superseded_by: row.try_get("superseded_by")?,
        })
    }

    pub fn is_current(&self) -> bool {
        self.outcome == "current"
    }
}

/// All versions of a memory, oldest first, whichever of them the id names.
pub async fn versions(pages: &Pages, visitor: &Visitor, id: i32) -> Result<Vec<Version>, Trouble> {
    let statement = format!(
        "WITH {CLOCK}
         SELECT {}, m.outcome, {} AS ended_at, m.superseded_by FROM clock, @homer@.homer_memory_history($2) AS m",
        Memory::columns(),
        local("m.ended_at")
    );
    let rows = pages.ask(visitor, &statement, &[&visitor.id(), &id]).await?;
    Ok(rows.iter().map(Version::of).collect::<Result<_, _>>()?)
}

/// What became of a version, in a word or two.
pub fn outcome(outcome: &str, superseded_by: Option<i32>) -> Markup {
    html! {
        span class=(format!("outcome {outcome}")) {
            @match (outcome, superseded_by) {
                ("superseded", Some(by)) => { "replaced by " a href=(format!("/memories/{by}")) { "#" (by) } }
                ("rejected", _) => "refused",
                (other, _) => (other),
            }
        }
    }
}

/// The versions, newest first, each with the way back to it.
pub fn shown(visitor: &Visitor, versions: &[Version], shown_id: i32) -> Markup {
    html! {
        section {
            h2 { "History" }
            ol.history {
                @for version in versions.iter().rev() {
                    li.version.current[version.is_current()] { (one(visitor, version, shown_id)) }
                }
            }
        }
    }
}

fn one(visitor: &Visitor, version: &Version, shown_id: i32) -> Markup {
    let Version { memory, ended_at, superseded_by, .. } = version;
    html! {
        p.step {
            @if memory.id == shown_id { b { "#" (memory.id) } } @else { a href=(memory.path()) { "#" (memory.id) } }
            " " (outcome(&version.outcome, *superseded_by))
            @if let Some(ended_at) = ended_at { " " time datetime=(ended_at) { (ended_at) } }
        }
        p.content { @if !memory.subject.is_empty() { b { (memory.subject) ": " } } (memory.content) }
        (about(memory))
        @if !memory.is_everyones { (way_back(visitor, version)) }
    }
}

/// What takes a version back that holds no more.
pub fn way_back(visitor: &Visitor, version: &Version) -> Markup {
    let memory = &version.memory;
    html! {
        @match version.outcome.as_str() {
            "current" => {}
            "rejected" => p { a href="/refusals" { "Lift the refusal" } " to have it back." },
            _ => (button(visitor, &format!("{}/restore", memory.path()), "", "Take this back", &memory.name())),
        }
    }
}
