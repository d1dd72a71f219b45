//! All that is known of the person as one document to take along, and erasing it.

use axum::extract::State as Shared;
use axum::http::header;
use axum::response::IntoResponse;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::clock::{CLOCK, shown};
use crate::database::{Database, Error};
use crate::pages::Pages;
use crate::pages::form::{Posted, sealed};
use crate::pages::shell::{Here, bare, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

pub async fn show(Shared(pages): Shared<Pages>, visitor: Visitor) -> Markup {
    let body = html! {
        section {
            h2 { "Take it along" }
            p { "Profile, memories with their history, refusals, files and their links, as one JSON document. "
                "It can be brought in again, here or elsewhere." }
            p { a.button href="/data/export" download { "Download everything" } }
        }
        section {
            h2 { "Erase it" }
            @if pages.erasing.is_some() { (erasure(&visitor)) } @else {
                p { "Erasing everything is not set up for these pages. Whoever runs them can do it for you." }
            }
        }
    };
    page(&visitor, Here::Data, "Your data", &body)
}

fn erasure(visitor: &Visitor) -> Markup {
    html! {
        p { "Your profile, your memories and their history, what you have refused, your files' records and all links to them "
            "are removed from every table. This cannot be undone: download everything first." }
        form.stacked method="post" action="/data/erase" {
            (sealed(visitor.seal()))
            label for="typed" { "Type your id, " b { (visitor.id()) } ", to confirm" }
            input #typed name="typed" required autocomplete="off" spellcheck="false" autocapitalize="none";
            p { button.danger type="submit" { "Erase everything" } }
        }
    }
}

/// The document as the database writes it, which is not parsed here.
pub async fn export(Shared(pages): Shared<Pages>, visitor: Visitor) -> Result<impl IntoResponse, Trouble> {
    let statement = format!(
        "WITH {CLOCK} SELECT @homer@.homer_export_user($1)::pg_catalog.text, pg_catalog.left({}, 10) FROM clock",
        shown("pg_catalog.now()")
    );
    let row = pages.ask_one(&visitor, &statement, &[&visitor.id()]).await?;
    let document: String = row.try_get(0).map_err(Error::from)?;
    let day: String = row.try_get(1).map_err(Error::from)?;
    let disposition = format!("attachment; filename=\"homer-{day}.json\"");
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, disposition)], document))
}

#[derive(Deserialize)]
pub struct Typed {
    typed: String,
}

pub async fn erase(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Posted(given): Posted<Typed>,
) -> Result<Markup, Trouble> {
    let Some(database) = &pages.erasing else { return Err(Trouble::nothing_here()) };
    if given.typed.trim() != visitor.id().trim() {
        return Err(Trouble::not_confirmed("What you typed is not your id. Go back and type it to erase everything."));
    }
    let (counts, moment) = erased(database, &visitor).await?;
    Ok(bare("Erased", &receipt(&visitor, &counts, &moment)))
}

/// By the role that may take a person out of others' files. It is given the visitor's id and nothing else.
async fn erased(database: &Database, visitor: &Visitor) -> Result<(Map<String, Value>, String), Error> {
    let mut transaction = database.as_nobody().await?;
    let statement = database.sql(
        "SELECT @homer@.homer_erase_user($1), pg_catalog.to_char(pg_catalog.timezone('UTC', pg_catalog.now()), 'YYYY-MM-DD HH24:MI')",
    );
    let row = transaction.query_one(&statement, &[&visitor.id()]).await?;
    transaction.commit().await?;
    match row.try_get(0)? {
        Value::Object(counts) => Ok((counts, row.try_get(1)?)),
        _ => Err(Error::Unexpected("counts of an erasure".into())),
    }
}

/// What each count of the receipt is of.
const COUNTED: [(&str, &str); 9] = [
    ("homer_user_profiles", "Profile"),
    ("homer_memories", "Memories"),
    ("successions", "Steps of their history"),
    ("refusals", "Refusals"),
    ("memory_embeddings", "Vectors of memories"),
    ("memory_paths", "Memory files"),
    ("homer_files", "Files' records"),
    ("homer_file_messages", "Links of files"),
    ("files_shared_with_user", "Files of others that were shared with you"),
];

fn receipt(visitor: &Visitor, counts: &Map<String, Value>, moment: &str) -> Markup {
    html! {
        p { "Everything known of " b { (visitor.id()) } " was erased on " time datetime=(moment) { (moment) } " UTC. "
            "Keep this page if you need a receipt: nothing of it is stored." }
        table.costs {
            thead { tr { th scope="col" { "What" } th.number scope="col" { "Erased" } } }
            tbody {
                @for (key, name) in COUNTED {
                    @if let Some(count) = counts.get(key) { tr { th scope="row" { (name) } td.number { (count.to_string()) } } }
                }
            }
        }
        p.hint { "What is told to everyone is not yours and stays. Backups keep what they hold until they are replaced." }
        p { a href="/" { "To the first page" } }
    }
}
