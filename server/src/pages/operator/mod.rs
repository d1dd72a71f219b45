//! The pages of operators: that all is well, who the users are, and nothing of what is remembered.

mod growth;
mod health;
mod users;

use axum::Router;
use axum::routing::get;

use super::Pages;

pub fn routes() -> Router<Pages> {
    Router::new().route("/", get(health::show)).route("/users", get(users::show))
}
