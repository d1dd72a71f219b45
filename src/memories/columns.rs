//! What is read of a memory's row without a statement.

use homer_ranking::decay;
use pgrx::prelude::*;

use crate::vectors::hash_of_text;
use crate::walk::{Column, Relation, Tuple};

/// What makes up the relevance of a memory without a question.
pub struct Weight {
    pub category: String,
    importance: Option<i32>,
    /// From which its age counts.
    pub moment: Option<i64>,
}

impl Weight {
    pub fn relevance(&self, now: i64) -> f64 {
        decay::relevance(self.importance, &self.category, self.moment, now)
    }
}

/// Those of the table that count.
pub struct Columns {
    pub id: Column<i32>,
    pub user_id: Column<String>,
    category: Column<String>,
    subject: Column<String>,
    content: Column<String>,
    importance: Column<i32>,
    pub conversation: Column<String>,
    created_at: Column<Timestamp>,
    updated_at: Column<Timestamp>,
    expires_at: Column<Timestamp>,
}

impl Columns {
    /// None where one of them is not there, or is of another type.
    pub fn of(table: &Relation) -> Option<Self> {
        Some(Self {
            id: Column::of(table, "id")?,
            user_id: Column::of(table, "user_id")?,
            category: Column::of(table, "category")?,
            subject: Column::of(table, "subject")?,
            content: Column::of(table, "content")?,
            importance: Column::of(table, "importance")?,
            conversation: Column::of(table, "source_conversation_id")?,
            created_at: Column::of(table, "created_at")?,
            updated_at: Column::of(table, "updated_at")?,
            expires_at: Column::of(table, "expires_at")?,
        })
    }

    pub fn weight(&self, row: &Tuple) -> Weight {
        let moment = row.value(&self.updated_at).or_else(|| row.value(&self.created_at));
        Weight {
            category: row.value(&self.category).unwrap_or_default(),
            importance: row.value(&self.importance),
            moment: moment.map(Timestamp::into_inner),
        }
    }

    pub fn has_expired(&self, row: &Tuple, now: i64) -> bool {
        row.value(&self.expires_at).is_some_and(|moment| moment.into_inner() <= now)
    }

    /// What the vector of its text is stored with.
    pub fn text_hash(&self, row: &Tuple) -> i64 {
        let [user_id, subject, content] = [&self.user_id, &self.subject, &self.content].map(|column| row.value(column));
        hash_of_text(user_id.as_deref(), subject.as_deref(), content.as_deref())
    }
}
