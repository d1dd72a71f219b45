//! The vectors of a scope's memories: by a walk of the index of their codes, of which few vectors are read then, or all of them by
//! SQL where that cannot be.

use homer_ranking::codes::{CodedQuestion, Estimate};
use homer_ranking::nearest::{STANDARD_ERRORS, Vector};
use homer_ranking::vectors::{cosine, length_of};
use homer_text::keys;
use pgrx::fn_call::Arg;
use pgrx::prelude::*;

use super::by_sql::called;
use super::rights;
use crate::walk::{Column, Leaves, Relation, Table, integer_and_bytes};

/// The table of vectors and the index of their codes, open.
pub struct Opened {
    table: Relation,
    columns: Columns,
    codes: Relation,
}

struct Columns {
    embedding: Column<Vec<f32>>,
    length: Column<f64>,
    text_hash: Column<i64>,
}

impl Opened {
    /// None where one of them is not there or not as homer made it, or where only a statement may read it.
    pub fn new(table: pg_sys::Oid) -> Option<Self> {
        let table = Relation::table(table).filter(|table| rights::is_readable_by_walk(table.oid()))?;
        Some(Self {
            columns: Columns {
                embedding: Column::of(&table, "embedding")?,
                length: Column::of(&table, "length")?,
                text_hash: Column::of(&table, "text_hash")?,
            },
            codes: table.index("memory_embeddings_code_idx", pg_sys::BTREE_AM_OID).filter(has_codes)?,
            table,
        })
    }
}

/// Whether an index has a hash, the memory and the code as its columns.
fn has_codes(index: &Relation) -> bool {
    [1, 2, 3].map(|column| index.kind_of_column(column)) == [pg_sys::INT8OID, pg_sys::INT4OID, pg_sys::BYTEAOID]
}

/// The vectors of a question, once they were compared.
pub enum Vectors<'r> {
    Walked {
        opened: &'r Opened,
        table: Table<'r>,
        question: Vec<f32>,
        length: f64,
    },
    /// All cosines there are.
    Asked(Vec<f64>),
}

impl<'r> Vectors<'r> {
    /// Those of the users, who have about so many memories, compared with that of a question.
    pub fn of(opened: Option<&'r Opened>, users: &[String], memories: usize, question: &[f32]) -> (Self, Vec<Vector>) {
        if let Some(opened) = opened
            && let Some(compared) = by_codes(opened, users, memories, question)
        {
            let (table, length) = (Table::of(&opened.table), length_of(question));
            return (Self::Walked { opened, table, question: question.to_vec(), length }, compared);
        }
        let known: Vec<f64> = called("homer.cosines", &[&Arg::Value(users.to_vec()), &Arg::Value(question.to_vec())]);
        let pairs = known.as_chunks().0.iter().filter(|[_, cosine]| !cosine.is_nan());
        let vector = |(place, [memory_id, cosine]): (u64, &[f64; 2])| Vector {
            memory_id: *memory_id as i32,
            place,
            at_most: (*cosine as f32).next_up(),
        };
        let vectors = (0..).zip(pairs.clone()).map(vector).collect();
        (Self::Asked(pairs.map(|[_, cosine]| *cosine).collect()), vectors)
    }

    /// The cosine with a vector, if it is that of a text of this hash; what SQL told is.
    pub fn cosine(&mut self, vector: &Vector, text_hash: impl FnOnce() -> Option<i64>) -> Option<f64> {
        match self {
            Self::Asked(cosines) => cosines.get(vector.place as usize).copied(),
            Self::Walked { opened, table, question, length } => {
                let columns = &opened.columns;
                let stored = table.row(vector.place, |row| {
                    let of_vector = row.value(&columns.length)?;
                    let cosine = |numbers: &[f32]| cosine(numbers, of_vector, question, *length);
                    Some((row.numbers(&columns.embedding, cosine)?, row.value(&columns.text_hash)?))
                });
                let (cosine, stored_for) = stored.flatten()?;
                (!cosine.is_nan() && text_hash() == Some(stored_for)).then_some(cosine)
            }
        }
    }
}

/// What the codes say of the cosines. Of a vector without a code, or with one of another length, they say nothing.
fn by_codes(opened: &Opened, users: &[String], memories: usize, question: &[f32]) -> Option<Vec<Vector>> {
    let question = CodedQuestion::new(question)?;
    let at_most = |estimate: Estimate| (estimate.cosine + STANDARD_ERRORS * estimate.error).min(1.0);
    let codes = Leaves::of(&opened.codes)?;
    let mut vectors = Vec::with_capacity(memories);
    for user in users {
        codes.each(keys::hash(user, 0), &mut |place, entry| {
            if let Some((memory_id, code)) = integer_and_bytes(entry) {
                let at_most = question.estimate(code).map_or(1.0, at_most);
                vectors.push(Vector { memory_id, place, at_most });
            }
        });
    }
    Some(vectors)
}
