//! Everything that is remembered, day by day, newest first; what does not hold any more too, if asked for. A page costs the same
//! wherever it is: the next one begins after the last id of this one.

use axum::extract::State as Shared;
use maud::{Markup, html};
use serde::Deserialize;
use tokio_postgres::Row;

use super::card::{Memory, card};
use super::clock::CLOCK;
use super::{ROWS_AND_ONE, history};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::Asked;
use crate::pages::shell::{Here, button, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    show: What,
    after: Option<i32>,
}

/// Which memories are shown.
#[derive(Clone, Copy, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum What {
    #[default]
    Active,
    Retired,
    All,
    Everyone,
}

impl What {
    const EACH: [Self; 4] = [Self::Active, Self::Retired, Self::All, Self::Everyone];

    fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
            Self::All => "all",
            Self::Everyone => "everyone",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Active => "What holds",
            Self::Retired => "What was retired",
            Self::All => "Both",
            Self::Everyone => "Told to everyone",
        }
    }

    /// As `homer_list_memories` takes it.
    fn state(self) -> &'static str {
        if self == Self::Everyone { "active" } else { self.word() }
    }
}

struct Entry {
    memory: Memory,
    outcome: Option<String>,
    superseded_by: Option<i32>,
    /// How many versions there are of it.
    versions: i64,
}

impl Entry {
    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            memory: Memory::of(row)?,
            outcome: row.try_get("outcome")?,
            superseded_by: row.try_get("superseded_by")?,
            versions: row.try_get("versions")?,
        })
    }

    fn day(&self) -> &str {
        self.memory.kept_at.as_deref().and_then(|moment| moment.get(..10)).unwrap_or("On a day that is not known")
    }
}

fn statement() -> String {
    format!(
        "WITH {CLOCK}, listed AS MATERIALIZED (
             SELECT l.* FROM @homer@.homer_list_memories($2, {ROWS_AND_ONE}, after => $3, state => $4) AS l
         )
         SELECT {}, h.outcome, h.superseded_by, COALESCE(h.versions, 1) AS versions
           FROM clock, listed AS m LEFT JOIN LATERAL (
               SELECT v.id, v.outcome, v.superseded_by, pg_catalog.count(*) OVER () AS versions
                 FROM @homer@.homer_memory_history(m.id) AS v) AS h ON h.id OPERATOR(pg_catalog.=) m.id
          ORDER BY m.id DESC",
        Memory::columns()
    )
}

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Asked(asked): Asked<Question>,
) -> Result<Markup, Trouble> {
    let of = (asked.show != What::Everyone).then_some(visitor.id());
    let rows = pages.ask(&visitor, &statement(), &[&visitor.id(), &of, &asked.after, &asked.show.state()]).await?;
    let (entries, has_more) = super::shown(&rows, Entry::of)?;
    let last = entries.last().map(|entry| entry.memory.id).filter(|_| has_more);
    let body = html! {
        (choice(asked.show))
        @if entries.is_empty() { p.empty { "There is nothing to show here." } }
        @for of_a_day in entries.chunk_by(|one, next| one.day() == next.day()) { (day(&visitor, of_a_day)) }
        (ways(asked.show, asked.after.is_some(), last))
    };
    Ok(page(&visitor, Here::Timeline, "Timeline", &body))
}

fn choice(chosen: What) -> Markup {
    html! {
        nav.choice aria-label="What to show" {
            ul {
                @for what in What::EACH {
                    li { a href=(format!("/memories?show={}", what.word())) aria-current=[(what == chosen).then_some("true")] { (what.name()) } }
                }
            }
        }
    }
}

fn day(visitor: &Visitor, entries: &[Entry]) -> Markup {
    html! {
        section.day {
            h2 { (entries[0].day()) }
            @for entry in entries { (card(&entry.memory, &more(visitor, entry))) }
        }
    }
}

/// What became of a memory, and the shortest way to change that.
fn more(visitor: &Visitor, entry: &Entry) -> Markup {
    let memory = &entry.memory;
    let outcome = entry.outcome.as_deref().unwrap_or("current");
    html! {
        div.acts {
            @if outcome != "current" { (history::outcome(outcome, entry.superseded_by)) }
            @if entry.versions > 1 { a href=(memory.path()) { (entry.versions) " versions" } }
            @if memory.is_everyones {
            } @else if outcome == "current" {
                a href=(memory.path()) { "Correct" span.unseen { " " (memory.name()) } }
                (button(visitor, &format!("{}/forget", memory.path()), "quiet", "Forget", &memory.name()))
            } @else if outcome == "rejected" {
                a href="/refusals" { "Lift the refusal" span.unseen { " of " (memory.name()) } }
            } @else {
                (button(visitor, &format!("{}/restore", memory.path()), "quiet", "Take back", &memory.name()))
            }
        }
    }
}

fn ways(chosen: What, can_go_back: bool, last: Option<i32>) -> Markup {
    html! {
        nav.ways aria-label="Pages of the timeline" {
            @if can_go_back { a href=(format!("/memories?show={}", chosen.word())) { "← Newest" } }
            @if let Some(last) = last { a rel="next" href=(format!("/memories?show={}&after={last}", chosen.word())) { "Older →" } }
        }
    }
}
