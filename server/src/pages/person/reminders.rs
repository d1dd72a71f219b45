//! What is to be reminded of and has not been, soonest first, by the person's own clock.

use axum::extract::State as Shared;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use tokio_postgres::Row;

use super::ROWS_AND_ONE;
use super::card::{Memory, card};
use super::clock::{CLOCK, local, shown, typed};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::{Asked, Id};
use crate::pages::form::{Posted, sealed, text};
use crate::pages::shell::{Here, button, notice, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Question {
    /// The last of the page before: its moment in UTC, as this page has written it, and its id.
    after: Option<String>,
    after_id: Option<i32>,
    did: Option<String>,
}

struct Reminder {
    memory: Memory,
    due_at: String,
    /// The same in UTC and to the microsecond, for the next page.
    moment: String,
    is_due: bool,
}

impl Reminder {
    fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            memory: Memory::of(row)?,
            due_at: row.try_get("due_at")?,
            moment: row.try_get("moment")?,
            is_due: row.try_get("is_due")?,
        })
    }
}

/// Those still to come are in no answer of a public function. The condition is that of homer's index of them by user and moment,
/// which gives their order, so that a page costs the same whatever else is remembered.
fn statement() -> String {
    format!(
        "WITH {CLOCK}
         SELECT {}, {} AS due_at, m.due::pg_catalog.text AS moment,
                m.due OPERATOR(pg_catalog.<=) pg_catalog.timezone('UTC', pg_catalog.now()) AS is_due
           FROM clock, (
               SELECT r.*, homer.moment_of_text(homer.json_text(r.metadata, 'due_at')) AS due
                 FROM @homer@.homer_memories AS r
                WHERE homer.is_reminder(r.category) AND r.is_active IS NOT FALSE
                  AND homer.json_text(r.metadata, 'claimed_at') IS NULL
                  AND homer.moment_of_text(homer.json_text(r.metadata, 'due_at')) IS NOT NULL
                  AND r.user_id OPERATOR(pg_catalog.=) $1
                  AND ROW (homer.moment_of_text(homer.json_text(r.metadata, 'due_at')), r.id)
                      OPERATOR(pg_catalog.>) ROW ($2::pg_catalog.text::pg_catalog.timestamp, $3::pg_catalog.int4)
                ORDER BY homer.moment_of_text(homer.json_text(r.metadata, 'due_at')), r.id
                LIMIT {ROWS_AND_ONE}) AS m
          ORDER BY m.due, m.id",
        Memory::columns(),
        local("m.due")
    )
}

pub async fn show(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Asked(asked): Asked<Question>,
) -> Result<Markup, Trouble> {
    let after = asked.after.as_deref().unwrap_or("-infinity");
    let after_id = asked.after_id.unwrap_or(0);
    let rows = pages.ask(&visitor, &statement(), &[&visitor.id(), &after, &after_id]).await?;
    let (reminders, has_more) = super::shown(&rows, Reminder::of)?;
    let (now, zone) = clock(&pages, &visitor).await?;
    let (due, to_come): (Vec<_>, Vec<_>) = reminders.iter().partition(|reminder| reminder.is_due);
    let body = html! {
        @match asked.did.as_deref() {
            Some("added") => (notice("The reminder is kept.", &html! {})),
            Some("put-off") => (notice("The reminder is put off.", &html! {})),
            _ => {}
        }
        p.hint { "It is " (now) " where you are (" (zone) "). " a href="/profile" { "Another timezone" } }
        (list(&visitor, "Due now", &due, &now))
        (list(&visitor, "To come", &to_come, &now))
        @if let (true, Some(last)) = (has_more, reminders.last()) {
            nav.ways aria-label="Pages of reminders" { a rel="next" href=(next(last)) { "Later →" } }
        }
        (new(&visitor, &now))
    };
    Ok(page(&visitor, Here::Reminders, "Reminders", &body))
}

/// What time it is where the person is, and the name of that timezone.
async fn clock(pages: &Pages, visitor: &Visitor) -> Result<(String, String), Trouble> {
    let statement = format!("WITH {CLOCK} SELECT {}, clock.zone FROM clock", shown("pg_catalog.now()"));
    let row = pages.ask_one(visitor, &statement, &[&visitor.id()]).await?;
    Ok((row.try_get(0).map_err(Error::from)?, row.try_get(1).map_err(Error::from)?))
}

fn next(last: &Reminder) -> String {
    format!("/reminders?after={}&after_id={}", last.moment.replace(' ', "T"), last.memory.id)
}

fn list(visitor: &Visitor, title: &str, reminders: &[&Reminder], now: &str) -> Markup {
    html! {
        section {
            h2 { (title) }
            @if reminders.is_empty() { p.empty { "Nothing." } }
            @for reminder in reminders { (card(&reminder.memory, &more(visitor, reminder, now))) }
        }
    }
}

fn more(visitor: &Visitor, reminder: &Reminder, now: &str) -> Markup {
    let memory = &reminder.memory;
    let field = format!("due-{}", memory.id);
    html! {
        p.due.late[reminder.is_due] {
            @if reminder.is_due { "due since " } @else { "due " }
            time datetime=(reminder.due_at) { (reminder.due_at) }
        }
        div.acts {
            form.inline method="post" action=(format!("/reminders/{}/put-off", memory.id)) {
                (sealed(visitor.seal()))
                label.unseen for=(field) { "Put " (memory.name()) " off until" }
                input id=(field) type="datetime-local" name="due_at" value=(later(&reminder.due_at, now)) required;
                button type="submit" { "Put off" }
            }
            (button(visitor, &format!("{}/forget", memory.path()), "quiet", "Done", &memory.name()))
        }
    }
}

/// Where the field starts from: the moment it has, or now where that is past; as such fields write it.
fn later(due_at: &str, now: &str) -> String {
    due_at.max(now).replace(' ', "T")
}

fn new(visitor: &Visitor, now: &str) -> Markup {
    html! {
        section {
            h2 { "A new reminder" }
            form.stacked method="post" action="/reminders" {
                (sealed(visitor.seal()))
                label for="subject" { "Subject" }
                input #subject name="subject" required;
                label for="content" { "What to be reminded of" }
                textarea #content name="content" rows="2" {}
                label for="due_at" { "When, by your clock" }
                input #due_at type="datetime-local" name="due_at" value=(now.replace(' ', "T")) required;
                p { button.primary type="submit" { "Keep it" } }
            }
        }
    }
}

#[derive(Deserialize)]
pub struct New {
    subject: String,
    content: String,
    due_at: String,
}

pub async fn add(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Posted(given): Posted<New>,
) -> Result<Redirect, Trouble> {
    let statement = format!("WITH {CLOCK} SELECT @homer@.homer_remind($1, $2, $3, {}) FROM clock", typed(4));
    let content = text(&given.content);
    pages.ask_one(&visitor, &statement, &[&visitor.id(), &given.subject, &content, &given.due_at]).await?;
    Ok(Redirect::to("/reminders?did=added"))
}

#[derive(Deserialize)]
pub struct PutOff {
    due_at: String,
}

pub async fn put_off(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Id(id): Id,
    Posted(given): Posted<PutOff>,
) -> Result<Redirect, Trouble> {
    let statement = format!("WITH {CLOCK} SELECT @homer@.homer_snooze_reminder($2, {}) FROM clock", typed(3));
    pages.ask_one(&visitor, &statement, &[&visitor.id(), &id, &given.due_at]).await?;
    Ok(Redirect::to("/reminders?did=put-off"))
}
