//! The files that the person may see, and with whom the person's own are shared.

use axum::extract::State as Shared;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use tokio_postgres::Row;

use super::ROWS_AND_ONE;
use super::clock::{CLOCK, local};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::Asked;
use crate::pages::form::{Kept, Posted, filled, kept, sealed};
use crate::pages::shell::{Here, asking, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    q: String,
    after: Option<Kept>,
}

struct File {
    file_id: String,
    name: String,
    mime_type: String,
    bytes: i32,
    owner: String,
    description: Option<String>,
    is_published: bool,
    shared_with: Vec<String>,
    added_at: Option<String>,
}

impl File {
    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            file_id: row.try_get("file_id")?,
            name: row.try_get("original_name")?,
            mime_type: row.try_get("mime_type")?,
            bytes: row.try_get("file_size")?,
            owner: row.try_get("uploaded_by")?,
            description: row.try_get("description")?,
            is_published: row.try_get("is_published")?,
            shared_with: row.try_get("shared_with")?,
            added_at: row.try_get("added_at")?,
        })
    }
}

fn statement() -> String {
    format!(
        "WITH {CLOCK}, found AS MATERIALIZED (
             SELECT f.*, pg_catalog.row_number() OVER () AS place
               FROM @homer@.homer_accessible_files($1, {ROWS_AND_ONE}, query => $2, after => $3) AS f
         )
         SELECT f.file_id, f.original_name, f.mime_type, f.file_size, f.uploaded_by, f.description,
                COALESCE(f.is_shared, false) AS is_published,
                ARRAY(SELECT u.id FROM pg_catalog.jsonb_array_elements_text(COALESCE(f.shared_with, '[]')) AS u (id)) AS shared_with,
                {} AS added_at
           FROM clock, found AS f ORDER BY f.place",
        local("f.created_at")
    )
}

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Asked(asked): Asked<Question>,
) -> Result<Markup, Trouble> {
    let question = filled(&asked.q);
    let after = asked.after.as_ref().map(|after| &after.0);
    let rows = pages.ask(&visitor, &statement(), &[&visitor.id(), &question, &after]).await?;
    let (files, has_more) = super::shown(&rows, File::of)?;
    let body = html! {
        (asking("/files", "Find a file by its name, description or text", &asked.q, "Find"))
        @if files.is_empty() { p.empty { "There is no file to show." } }
        @for file in &files { (shown(&visitor, file)) }
        @if let (true, Some(last)) = (has_more, files.last()) { (next(&asked.q, last)) }
    };
    Ok(page(&visitor, Here::Files, "Files", &body))
}

fn next(question: &str, last: &File) -> Markup {
    html! {
        form.ways method="get" action="/files" {
            input type="hidden" name="q" value=(question);
            (kept("after", &last.file_id))
            button type="submit" { "More →" }
        }
    }
}

fn shown(visitor: &Visitor, file: &File) -> Markup {
    let is_own = file.owner == visitor.id();
    html! {
        article.memory {
            h3 { (file.name) }
            @if let Some(description) = &file.description { p.content { (description) } }
            ul.about {
                li.category { (file.mime_type) }
                li { (size(file.bytes)) }
                @if let Some(added_at) = &file.added_at { li { time datetime=(added_at) { (added_at) } } }
                li { @if is_own { "yours" } @else { "of " (file.owner) } }
                @if file.is_published { li { "published to everyone" } }
            }
            @if is_own && !file.shared_with.is_empty() {
                div.acts {
                    span { "shared with" }
                    @for user in &file.shared_with { (sharing(visitor, file, user)) }
                }
            }
        }
    }
}

fn sharing(visitor: &Visitor, file: &File, user: &str) -> Markup {
    html! {
        form.inline method="post" action="/files/unshare" {
            (sealed(visitor.seal()))
            (kept("file", &file.file_id))
            (kept("user", user))
            b { (user) }
            button.quiet type="submit" { "Stop sharing" span.unseen { " " (file.name) " with " (user) } }
        }
    }
}

/// A number of bytes in the largest unit of which there is one.
fn size(bytes: i32) -> String {
    let bytes = f64::from(bytes);
    match bytes {
        bytes if bytes >= 1e6 => format!("{:.1} MB", bytes / 1e6),
        bytes if bytes >= 1e3 => format!("{:.1} kB", bytes / 1e3),
        bytes => format!("{bytes} bytes"),
    }
}

#[derive(Deserialize)]
pub struct Unshare {
    file: Kept,
    user: Kept,
}

pub async fn unshare(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Posted(given): Posted<Unshare>,
) -> Result<Redirect, Trouble> {
    let statement = "SELECT f.file_id FROM @homer@.homer_unshare_file($1, ARRAY[$2]) AS f";
    pages.ask_one(&visitor, statement, &[&given.file.0, &given.user.0]).await?;
    Ok(Redirect::to("/files"))
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_said_in_the_largest_unit() {
        assert_eq!((size(912), size(48_213), size(2_000_000)), ("912 bytes".into(), "48.2 kB".into(), "2.0 MB".into()));
    }
}
