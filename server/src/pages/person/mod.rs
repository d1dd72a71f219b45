//! The pages of a person: about that person alone, who can put right what they show.

mod card;
mod clock;
mod context;
mod data;
mod files;
mod history;
mod memory;
mod profile;
mod refusals;
mod relevance;
mod reminders;
mod search;
mod timeline;

use axum::Router;
use axum::routing::{get, post};
use tokio_postgres::Row;

use super::Pages;
use crate::database::Error;

/// How many rows a page shows before it leads to the next.
const ROWS: usize = 25;

/// As a limit of SQL: one row more than is shown says whether there is a next page.
const ROWS_AND_ONE: usize = ROWS + 1;

/// What a page shows of the rows that it has asked for, and whether there is a next page.
fn shown<T>(rows: &[Row], read: impl Fn(&Row) -> Result<T, Error>) -> Result<(Vec<T>, bool), Error> {
    let shown = rows.iter().take(ROWS).map(read).collect::<Result<_, _>>()?;
    Ok((shown, rows.len() > ROWS))
}

pub fn routes() -> Router<Pages> {
    Router::new()
        .route("/", get(search::show))
        .route("/memories", get(timeline::show))
        .route("/memories/{id}", get(memory::show))
        .route("/memories/{id}/correct", post(memory::correct))
        .route("/memories/{id}/forget", post(memory::forget))
        .route("/memories/{id}/restore", post(memory::restore))
        .route("/memories/{id}/refuse", post(memory::refuse))
        .route("/reminders", get(reminders::show).post(reminders::add))
        .route("/reminders/{id}/put-off", post(reminders::put_off))
        .route("/files", get(files::show))
        .route("/files/unshare", post(files::unshare))
        .route("/profile", get(profile::show).post(profile::change))
        .route("/refusals", get(refusals::show))
        .route("/refusals/{id}/lift", post(refusals::lift))
        .route("/prompt", get(context::show))
        .route("/data", get(data::show))
        .route("/data/export", get(data::export))
        .route("/data/erase", post(data::erase))
}
