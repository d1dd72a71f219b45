//! What all pages have around them: the head, the way to the other pages, who is signed in; and the one stylesheet.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};

use super::Pages;
use super::form::sealed;
use super::visitor::Visitor;

/// A page that others lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Here {
    Search,
    Timeline,
    Reminders,
    Files,
    Profile,
    Refusals,
    Prompt,
    Data,
    Health,
    Users,
}

impl Here {
    const OF_A_PERSON: &[Self] = &[
        Self::Search,
        Self::Timeline,
        Self::Reminders,
        Self::Files,
        Self::Profile,
        Self::Refusals,
        Self::Prompt,
        Self::Data,
    ];
    const OF_AN_OPERATOR: &[Self] = &[Self::Health, Self::Users];

    fn neighbours(self) -> &'static [Self] {
        if Self::OF_AN_OPERATOR.contains(&self) { Self::OF_AN_OPERATOR } else { Self::OF_A_PERSON }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Search | Self::Health => "/",
            Self::Timeline => "/memories",
            Self::Reminders => "/reminders",
            Self::Files => "/files",
            Self::Profile => "/profile",
            Self::Refusals => "/refusals",
            Self::Prompt => "/prompt",
            Self::Data => "/data",
            Self::Users => "/users",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Search => "Search",
            Self::Timeline => "Timeline",
            Self::Reminders => "Reminders",
            Self::Files => "Files",
            Self::Profile => "Profile",
            Self::Refusals => "Refused",
            Self::Prompt => "Prompt",
            Self::Data => "Your data",
            Self::Health => "Health",
            Self::Users => "Users",
        }
    }
}

/// A page with the way to its neighbours.
pub fn page(visitor: &Visitor, here: Here, title: &str, body: &Markup) -> Markup {
    let header = html! {
        nav aria-label="Pages" {
            ul {
                @for place in here.neighbours() {
                    li { a href=(place.path()) aria-current=[(*place == here).then_some("page")] { (place.name()) } }
                }
            }
        }
        div.visitor {
            span { (visitor.id()) }
            @if visitor.can_sign_out() {
                form method="post" action="/sign-out" { (sealed(visitor.seal())) button.quiet type="submit" { "Sign out" } }
            }
        }
    };
    document(title, Some(&header), body)
}

/// A page that leads nowhere.
pub fn bare(title: &str, body: &Markup) -> Markup {
    document(title, None, body)
}

fn document(title: &str, header: Option<&Markup>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · homer" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                @if let Some(header) = header { header { (header) } }
                main #main {
                    h1 { (title) }
                    (body)
                }
            }
        }
    }
}

/// The stylesheet, which is for everybody to read.
pub fn routes() -> Router<Pages> {
    let style = || async {
        let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
        (headers, include_str!("style.css"))
    };
    Router::new().route("/style.css", get(style))
}

/// What a page says after a change, and the way back from it.
pub fn notice(words: &str, way_back: &Markup) -> Markup {
    html! { div.notice role="status" { p { (words) } (way_back) } }
}

/// A form that asks a question of the page at this address.
pub fn asking(action: &str, label: &str, question: &str, words: &str) -> Markup {
    html! {
        form.search method="get" action=(action) role="search" {
            label for="q" { (label) }
            div.row {
                input #q type="search" name="q" value=(question) maxlength="2000";
                button.primary type="submit" { (words) }
            }
        }
    }
}

/// A form that is one button.
pub fn button(visitor: &Visitor, action: &str, class: &str, words: &str, about: &str) -> Markup {
    html! {
        form.inline method="post" action=(action) {
            (sealed(visitor.seal()))
            button class=(class) type="submit" { (words) span.unseen { " " (about) } }
        }
    }
}
