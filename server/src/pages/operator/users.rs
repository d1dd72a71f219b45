//! The users, by name, with what is kept of each.

use axum::extract::State as Shared;
use maud::{Markup, html};
use serde::Deserialize;
use tokio_postgres::Row;

use super::health::grouped;
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::Asked;
use crate::pages::form::{Kept, kept};
use crate::pages::shell::{Here, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Question {
    #[serde(default)]
    prefix: String,
    /// The user that the page begins with.
    from: Option<Kept>,
}

struct User {
    id: String,
    is_shown: bool,
    display_name: Option<String>,
    memories: i64,
    files: i64,
    last_interaction: Option<String>,
}

impl User {
    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("user_id")?,
            is_shown: row.try_get("is_shown")?,
            display_name: row.try_get("display_name")?,
            memories: row.try_get("memories")?,
            files: row.try_get("files")?,
            last_interaction: row.try_get("last_interaction")?,
        })
    }
}

/// How many users a page shows, how many names are looked at for it, and up to where the rows of one are counted.
const ROWS: usize = 25;
const COUNTED: i64 = 10_000;

/// From one user to the next along three indexes, whatever each has: of the names that are looked at, those with the prefix are
/// shown. The last one is not, and begins the next page.
const STATEMENT: &str = "
    WITH RECURSIVE named (user_id, place) AS (
        SELECT LEAST((SELECT m.user_id FROM @homer@.homer_memories AS m WHERE m.user_id OPERATOR(pg_catalog.>=) $1 ORDER BY m.user_id LIMIT 1),
                     (SELECT p.user_id FROM @homer@.homer_user_profiles AS p WHERE p.user_id OPERATOR(pg_catalog.>=) $1 ORDER BY p.user_id LIMIT 1),
                     (SELECT f.uploaded_by FROM @homer@.homer_files AS f WHERE f.uploaded_by OPERATOR(pg_catalog.>=) $1 ORDER BY f.uploaded_by LIMIT 1)), 1
         UNION ALL
        SELECT LEAST((SELECT m.user_id FROM @homer@.homer_memories AS m WHERE m.user_id OPERATOR(pg_catalog.>) n.user_id ORDER BY m.user_id LIMIT 1),
                     (SELECT p.user_id FROM @homer@.homer_user_profiles AS p WHERE p.user_id OPERATOR(pg_catalog.>) n.user_id ORDER BY p.user_id LIMIT 1),
                     (SELECT f.uploaded_by FROM @homer@.homer_files AS f WHERE f.uploaded_by OPERATOR(pg_catalog.>) n.user_id ORDER BY f.uploaded_by LIMIT 1)),
               n.place OPERATOR(pg_catalog.+) 1
          FROM named AS n WHERE n.user_id IS NOT NULL AND n.place OPERATOR(pg_catalog.<) 26
    )
    SELECT n.user_id, pg_catalog.starts_with(n.user_id, $2) AS is_shown, p.display_name,
           (SELECT pg_catalog.count(*) FROM (SELECT FROM @homer@.homer_memories AS m
                                              WHERE m.user_id OPERATOR(pg_catalog.=) n.user_id LIMIT 10001) AS few) AS memories,
           (SELECT pg_catalog.count(*) FROM (SELECT FROM @homer@.homer_files AS f
                                              WHERE f.uploaded_by OPERATOR(pg_catalog.=) n.user_id LIMIT 10001) AS few) AS files,
           pg_catalog.to_char(p.last_interaction, 'YYYY-MM-DD HH24:MI') AS last_interaction
      FROM named AS n LEFT JOIN @homer@.homer_user_profiles AS p ON p.user_id OPERATOR(pg_catalog.=) n.user_id
     WHERE n.user_id IS NOT NULL
     ORDER BY n.place";

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Asked(asked): Asked<Question>,
) -> Result<Markup, Trouble> {
    let from = asked.from.as_ref().map_or(&asked.prefix, |from| &from.0);
    let rows = pages.ask_about_all(STATEMENT, &[&from, &asked.prefix]).await?;
    let mut users = rows.iter().map(User::of).collect::<Result<Vec<_>, _>>()?;
    let next = (users.len() > ROWS).then(|| users.pop()).flatten().filter(|next| next.is_shown);
    users.retain(|user| user.is_shown);
    let body = html! {
        form.search method="get" action="/users" role="search" {
            label for="prefix" { "Users whose id begins with" }
            div.row {
                input #prefix type="search" name="prefix" value=(asked.prefix) autocapitalize="none" spellcheck="false";
                button.primary type="submit" { "Find" }
            }
        }
        (table(&users))
        @if let Some(next) = next {
            form.ways method="get" action="/users" {
                input type="hidden" name="prefix" value=(asked.prefix);
                (kept("from", &next.id))
                button type="submit" { "More →" }
            }
        }
    };
    Ok(page(&visitor, Here::Users, "Users", &body))
}

fn table(users: &[User]) -> Markup {
    html! {
        @if users.is_empty() { p.empty { "There is no such user." } } @else {
            div.wide tabindex="0" role="region" aria-label="Users" {
                table.costs {
                    thead {
                        tr {
                            th scope="col" { "User" }
                            th scope="col" { "Name" }
                            th.number scope="col" { "Memories" }
                            th.number scope="col" { "Files" }
                            th scope="col" { "Last interaction, UTC" }
                        }
                    }
                    tbody { @for user in users { (row(user)) } }
                }
            }
        }
    }
}

fn row(user: &User) -> Markup {
    html! {
        tr {
            th scope="row" { (user.id) }
            td { (user.display_name.as_deref().unwrap_or("")) }
            td.number { (bounded(user.memories)) }
            td.number { (bounded(user.files)) }
            td { (user.last_interaction.as_deref().unwrap_or("")) }
        }
    }
}

fn bounded(count: i64) -> String {
    if count > COUNTED { format!("more than {}", grouped(COUNTED)) } else { grouped(count) }
}
