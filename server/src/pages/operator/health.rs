//! One row of health: how much there is of everything, what waits, and what should not be so.

use axum::extract::State as Shared;
use maud::{Markup, html};
use tokio_postgres::Row;

use super::growth;
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::shell::{Here, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

/// What `homer_stats` says.
struct Health {
    counts: Vec<(&'static str, &'static str, i64)>,
    bytes: (i64, i64),
    faults: Vec<(&'static str, Vec<String>)>,
    is_utc: bool,
    estimated: Vec<String>,
}

/// The counts in their order: what each is called there, and here.
const COUNTS: [(&str, &str); 9] = [
    ("memories", "memories"),
    ("memories_active", "of them active"),
    ("memories_retired", "retired"),
    ("memories_of_everyone", "told to everyone"),
    ("users", "users"),
    ("profiles", "profiles"),
    ("files", "files"),
    ("files_published", "of them published"),
    ("file_links", "links of files"),
];

/// What should be empty.
const FAULTS: [(&str, &str); 2] =
    [("indexes_missing", "Indexes that are missing"), ("grants_unwanted", "Grants that should not be there")];

impl Health {
    fn of(row: &Row) -> Result<Self, Error> {
        let counts = COUNTS.iter().map(|(column, name)| Ok((*column, *name, row.try_get(*column)?)));
        let faults = FAULTS.iter().map(|(column, name)| Ok((*name, row.try_get(*column)?)));
        Ok(Self {
            counts: counts.collect::<Result<_, Error>>()?,
            bytes: (row.try_get("table_bytes")?, row.try_get("index_bytes")?),
            faults: faults.collect::<Result<_, Error>>()?,
            is_utc: row.try_get("session_is_utc")?,
            estimated: row.try_get("estimated")?,
        })
    }

    fn is_estimated(&self, column: &str) -> bool {
        self.estimated.iter().any(|estimated| estimated == column)
    }
}

/// What is to be done and is not yet.
struct Waiting {
    expired: i64,
    due: i64,
    without_moment: i64,
    /// Null where no vectors are kept.
    unembedded: Option<i64>,
}

/// How many memories without a vector are counted; for more it says that there are more.
const UNEMBEDDED_COUNTED: i64 = 1000;

const UNEMBEDDED: &str = "
    SELECT CASE WHEN homer.embedding_dimensions() IS NOT NULL
                THEN (SELECT pg_catalog.count(*) FROM @homer@.homer_unembedded_memories(1001)) END";

pub async fn show(Shared(pages): Shared<Pages>, visitor: Visitor) -> Result<Markup, Trouble> {
    let stats = pages.ask_about_all("SELECT s.* FROM @homer@.homer_stats() AS s", &[]).await?;
    let unembedded = pages.ask_about_all(UNEMBEDDED, &[]).await?;
    let (Some(stats), Some(unembedded)) = (stats.first(), unembedded.first()) else {
        return Err(Trouble::nothing_here());
    };
    let health = Health::of(stats)?;
    let waiting = waiting(stats, unembedded)?;
    let weeks = growth::last_weeks(&pages).await?;
    let body = html! {
        (faults(&health))
        (counts(&health))
        (to_do(&waiting))
        (growth::plot(&weeks, health.is_estimated("memories")))
    };
    Ok(page(&visitor, Here::Health, "Health", &body))
}

fn waiting(stats: &Row, unembedded: &Row) -> Result<Waiting, Error> {
    Ok(Waiting {
        expired: stats.try_get("memories_expired_waiting")?,
        due: stats.try_get("reminders_due")?,
        without_moment: stats.try_get("reminders_without_moment")?,
        unembedded: unembedded.try_get(0)?,
    })
}

fn faults(health: &Health) -> Markup {
    let found: Vec<_> = health.faults.iter().filter(|(_, names)| !names.is_empty()).collect();
    html! {
        @if found.is_empty() && health.is_utc { p.well { "Nothing is wrong." } }
        @if !health.is_utc {
            p.trouble { "The clock of this session is not UTC: what an application inserts by itself will be off. Set timezone = 'UTC'." }
        }
        @for (name, names) in found {
            div.trouble { p { b { (name) } } ul { @for name in names { li { code { (name) } } } } }
        }
    }
}

fn counts(health: &Health) -> Markup {
    html! {
        section {
            h2 { "What is kept" }
            dl.counts {
                @for (column, name, count) in &health.counts {
                    div { dt { (name) } dd { @if health.is_estimated(column) { "≈ " } (grouped(*count)) } }
                }
                div { dt { "tables" } dd { (bytes(health.bytes.0)) } }
                div { dt { "their indexes" } dd { (bytes(health.bytes.1)) } }
            }
            @if !health.estimated.is_empty() { p.hint { "≈ is an estimate, because the table is large." } }
        }
    }
}

fn to_do(waiting: &Waiting) -> Markup {
    html! {
        section {
            h2 { "What waits" }
            table.costs {
                tbody {
                    (row("Expired, to be retired by homer_expire_memories", &grouped(waiting.expired)))
                    (row("Reminders that are due and not claimed", &grouped(waiting.due)))
                    (row("Reminders whose moment cannot be read", &grouped(waiting.without_moment)))
                    (row("Memories to be given a vector", &match waiting.unembedded {
                        None => "no vectors are kept".into(),
                        Some(count) if count > UNEMBEDDED_COUNTED => format!("more than {}", grouped(UNEMBEDDED_COUNTED)),
                        Some(count) => grouped(count),
                    }))
                }
            }
        }
    }
}

fn row(name: &str, value: &str) -> Markup {
    html! { tr { th scope="row" { (name) } td.number { (value) } } }
}

/// A count with its thousands apart.
pub fn grouped(count: i64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

fn bytes(count: i64) -> String {
    match count {
        count if count >= 10_000_000_000 => format!("{} GB", grouped(count / 1_000_000_000)),
        count if count >= 10_000_000 => format!("{} MB", grouped(count / 1_000_000)),
        count => format!("{} kB", grouped(count / 1000)),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, grouped};

    #[test]
    fn numbers_are_easy_to_read() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([8192, 12_000_000, 34_000_000_000].map(bytes), ["8 kB", "12 MB", "34 GB"]);
    }
}
