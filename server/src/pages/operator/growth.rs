//! How many memories each of the last weeks has added, as a plot. Counted exactly in a small table, and from a part of a large one,
//! so that the page costs the same at any size.

use maud::{Markup, html};

use super::health::grouped;
use crate::database::Error;
use crate::pages::Pages;

/// One week: the Monday it began on, and how many memories that are there were made in it.
pub struct Week {
    monday: String,
    added: i64,
}

const WEEKS: usize = 12;

/// The part of a large table that is looked at, and how many rows one of it stands for, are what homer's own counts use.
const STATEMENT: &str = "
    WITH seen AS MATERIALIZED (
        SELECT homer.page_of(m.ctid) AS page, pg_catalog.date_trunc('week', m.created_at) AS week
          FROM @homer@.homer_memories AS m
               TABLESAMPLE SYSTEM (homer.percent_looked_at('@homer@.homer_memories'::pg_catalog.regclass)) REPEATABLE (1)
    ), scale AS MATERIALIZED (
        SELECT homer.scale_of('@homer@.homer_memories'::pg_catalog.regclass, pg_catalog.count(*)) AS scale
          FROM (SELECT DISTINCT s.page FROM seen AS s) AS pages
    ), of_week AS MATERIALIZED (
        SELECT s.week, pg_catalog.count(*) AS added FROM seen AS s GROUP BY s.week
    ), weeks AS (
        SELECT pg_catalog.generate_series(
                   pg_catalog.date_trunc('week', pg_catalog.timezone('UTC', pg_catalog.now())) OPERATOR(pg_catalog.-) '11 weeks'::pg_catalog.interval,
                   pg_catalog.date_trunc('week', pg_catalog.timezone('UTC', pg_catalog.now())),
                   '1 week'::pg_catalog.interval) AS week
    )
    SELECT pg_catalog.to_char(w.week, 'YYYY-MM-DD'), (COALESCE(o.added, 0) OPERATOR(pg_catalog.*) s.scale)::pg_catalog.int8
      FROM weeks AS w LEFT JOIN of_week AS o ON o.week OPERATOR(pg_catalog.=) w.week, scale AS s
     ORDER BY w.week";

pub async fn last_weeks(pages: &Pages) -> Result<Vec<Week>, Error> {
    let rows = pages.ask_about_all(STATEMENT, &[]).await?;
    rows.iter().map(|row| Ok(Week { monday: row.try_get(0)?, added: row.try_get(1)? })).collect()
}

/// The plot, with the same numbers as a table beneath it.
pub fn plot(weeks: &[Week], is_estimated: bool) -> Markup {
    html! {
        section {
            h2 { "Memories added a week" }
            (bars(weeks))
            @if is_estimated { p.hint { "Estimated from a part of the table, because it is large." } }
            details {
                summary { "The numbers" }
                table.costs {
                    thead { tr { th scope="col" { "Week from" } th.number scope="col" { "Added" } } }
                    tbody { @for week in weeks { tr { th scope="row" { (week.monday) } td.number { (grouped(week.added)) } } } }
                }
            }
        }
    }
}

const WIDTH: usize = 600;
const HEIGHT: i64 = 160;
/// What is left above and below for labels.
const LABELS: i64 = 30;

fn bars(weeks: &[Week]) -> Markup {
    let most = weeks.iter().map(|week| week.added).max().unwrap_or(0).max(1);
    let step = WIDTH / WEEKS;
    html! {
        svg.plot viewBox=(format!("0 -{LABELS} {WIDTH} {}", LABELS + HEIGHT + LABELS)) role="img" aria-label=(in_words(weeks)) {
            line.axis x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
            @for (place, week) in weeks.iter().enumerate() {
                @let height = week.added * HEIGHT / most;
                @let middle = place * step + step / 2;
                rect.word x=(place * step + 6) y=(HEIGHT - height) width=(step - 12) height=(height) rx="2" {}
                text.value x=(middle) y=(HEIGHT - height - 5) { (short(week.added)) }
                // Month and day; each second one, for want of room.
                @if place % 2 == 1 { text x=(middle) y=(HEIGHT + 20) { (week.monday.get(5..).unwrap_or_default()) } }
            }
        }
    }
}

/// A count as there is room for it over a bar.
fn short(count: i64) -> String {
    match count {
        count if count >= 10_000_000 => format!("{}M", grouped(count / 1_000_000)),
        count if count >= 10_000 => format!("{}k", grouped(count / 1000)),
        count => grouped(count),
    }
}

fn in_words(weeks: &[Week]) -> String {
    let total: i64 = weeks.iter().map(|week| week.added).sum();
    let last = weeks.last().map_or(0, |week| week.added);
    format!("Memories added in each of the last {} weeks: {total} together, {last} in this one", weeks.len())
}

#[cfg(test)]
mod tests {
    use super::{Week, bars, short};

    #[test]
    fn what_stands_over_a_bar_is_short() {
        assert_eq!([0, 9999, 12_345, 45_000_000].map(short), ["0", "9,999", "12k", "45M"]);
    }

    #[test]
    fn the_highest_bar_is_as_high_as_the_plot() {
        let weeks =
            [("2026-11-16", 5), ("2026-11-23", 20)].map(|(monday, added)| Week { monday: monday.into(), added });
        let drawn = bars(&weeks).into_string();
        assert!(drawn.contains(r#"y="120" width="38" height="40""#), "{drawn}");
        assert!(drawn.contains(r#"y="0" width="38" height="160""#), "{drawn}");
        assert!(drawn.contains("25 together, 20 in this one"), "{drawn}");
        assert!(!bars(&[]).into_string().contains("rect"));
    }
}
