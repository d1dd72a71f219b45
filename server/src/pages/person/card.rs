//! A memory as lists show it.

use maud::{Markup, html};
use tokio_postgres::Row;

use super::clock::local;
use crate::database::Error;

/// What is shown of a memory.
pub struct Memory {
    pub id: i32,
    /// Told to everyone, and so not this person's to change.
    pub is_everyones: bool,
    pub category: String,
    pub subject: String,
    pub content: String,
    pub importance: i32,
    pub tags: Vec<String>,
    pub is_active: bool,
    /// `2026-11-25 14:05` where the person is.
    pub kept_at: Option<String>,
    pub expires_at: Option<String>,
}

impl Memory {
    /// The columns that [`of`](Self::of) reads, of a row called `m` beside a [`clock`](super::clock::CLOCK).
    pub fn columns() -> String {
        format!(
            "m.id, m.user_id IS NULL AS is_everyones, m.category, m.subject, m.content, COALESCE(m.importance, 5) AS importance,
             ARRAY(SELECT t.tag FROM pg_catalog.jsonb_array_elements_text(COALESCE(m.tags, '[]')) AS t (tag)) AS tags,
             m.is_active IS NOT FALSE AS is_active, {} AS kept_at, {} AS expires_at",
            local("m.created_at"),
            local("m.expires_at")
        )
    }

    pub fn of(row: &Row) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            is_everyones: row.try_get("is_everyones")?,
            category: row.try_get("category")?,
            subject: row.try_get("subject")?,
            content: row.try_get("content")?,
            importance: row.try_get("importance")?,
            tags: row.try_get("tags")?,
            is_active: row.try_get("is_active")?,
            kept_at: row.try_get("kept_at")?,
            expires_at: row.try_get("expires_at")?,
        })
    }

    pub fn path(&self) -> String {
        format!("/memories/{}", self.id)
    }

    /// What it is called: its subject, or how it begins.
    pub fn name(&self) -> String {
        const LONGEST: usize = 60;
        let name = if self.subject.trim().is_empty() { &self.content } else { &self.subject };
        match name.char_indices().nth(LONGEST) {
            None => name.clone(),
            Some((end, _)) => format!("{}…", &name[..end]),
        }
    }
}

/// A memory in a list; `more` stands under it.
pub fn card(memory: &Memory, more: &Markup) -> Markup {
    html! {
        article.memory.past[!memory.is_active] {
            h3 { a href=(memory.path()) { (memory.name()) } }
            p.content { (excerpt(&memory.content)) }
            (about(memory))
            (more)
        }
    }
}

/// What a memory is, beside what it says.
pub fn about(memory: &Memory) -> Markup {
    html! {
        ul.about {
            li.category { (memory.category) }
            li { "importance " (memory.importance) }
            @if let Some(kept_at) = &memory.kept_at { li { time datetime=(kept_at) { (kept_at) } } }
            @if let Some(expires_at) = &memory.expires_at { li { "until " time datetime=(expires_at) { (expires_at) } } }
            @if memory.is_everyones { li { "told to everyone" } }
            @for tag in &memory.tags { li.tag { (tag) } }
        }
    }
}

/// What of a long text is shown in a list. The page of the memory shows all of it.
fn excerpt(content: &str) -> String {
    const LONGEST: usize = 600;
    match content.char_indices().nth(LONGEST) {
        None => content.into(),
        Some((end, _)) => format!("{}…", &content[..end]),
    }
}
