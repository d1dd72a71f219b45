//! Who the person is to the assistant.

use axum::extract::State as Shared;
use axum::response::Redirect;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_postgres::Row;

use super::clock::{CLOCK, local};
use crate::database::Error;
use crate::pages::Pages;
use crate::pages::address::Asked;
use crate::pages::form::{Posted, filled, lines, sealed, text};
use crate::pages::shell::{Here, notice, page};
use crate::pages::trouble::Trouble;
use crate::pages::visitor::Visitor;

#[derive(Deserialize)]
pub struct Done {
    did: Option<String>,
}

/// What a profile holds; of somebody who has none, nothing.
#[derive(Default)]
struct Profile {
    display_name: String,
    preferred_name: String,
    role: String,
    title: String,
    communication_style: String,
    preferred_greeting: String,
    wants_detailed_analysis: bool,
    wants_proactive_insights: bool,
    focus_areas: Vec<String>,
    responsibilities: String,
    working_hours: String,
    timezone: String,
    total_interactions: i32,
    last_interaction: Option<String>,
}

impl Profile {
    fn of(row: &Row) -> Result<Self, Error> {
        let text = |name| Ok::<_, Error>(row.try_get::<_, Option<String>>(name)?.unwrap_or_default());
        Ok(Self {
            display_name: text("display_name")?,
            preferred_name: text("preferred_name")?,
            role: text("role")?,
            title: text("title")?,
            communication_style: text("communication_style")?,
            preferred_greeting: text("preferred_greeting")?,
            wants_detailed_analysis: row.try_get::<_, Option<bool>>("wants_detailed_analysis")?.unwrap_or(false),
            wants_proactive_insights: row.try_get::<_, Option<bool>>("wants_proactive_insights")?.unwrap_or(false),
            focus_areas: row.try_get("focus_areas")?,
            responsibilities: text("responsibilities")?,
            working_hours: text("working_hours")?,
            timezone: text("timezone")?,
            total_interactions: row.try_get::<_, Option<i32>>("total_interactions")?.unwrap_or(0),
            last_interaction: row.try_get("last_interaction")?,
        })
    }
}

/// From the table, which answers for somebody without a profile too.
fn statement() -> String {
    format!(
        "WITH {CLOCK}
         SELECT p.display_name, p.preferred_name, p.role, p.title, p.communication_style, p.preferred_greeting,
                p.wants_detailed_analysis, p.wants_proactive_insights,
                ARRAY(SELECT a.area FROM pg_catalog.jsonb_array_elements_text(COALESCE(p.focus_areas, '[]')) AS a (area)) AS focus_areas,
                p.responsibilities, p.working_hours, p.timezone, p.total_interactions, {} AS last_interaction
           FROM clock, @homer@.homer_user_profiles AS p WHERE p.user_id OPERATOR(pg_catalog.=) $1",
        local("p.last_interaction")
    )
}

pub async fn show(Shared(pages): Shared<Pages>, visitor: Visitor, Asked(done): Asked<Done>) -> Result<Markup, Trouble> {
    let rows = pages.ask(&visitor, &statement(), &[&visitor.id()]).await?;
    let profile = rows.first().map(Profile::of).transpose()?;
    let body = html! {
        @if done.did.is_some() { (notice("The profile is kept.", &html! {})) }
        @match &profile {
            Some(profile) => (counted(profile)),
            None => p.hint { "You have no profile yet. The assistant works without one." },
        }
        (form(&visitor, &profile.unwrap_or_default()))
    };
    Ok(page(&visitor, Here::Profile, "Profile", &body))
}

fn counted(profile: &Profile) -> Markup {
    html! {
        p.hint {
            (profile.total_interactions) @if profile.total_interactions == 1 { " interaction" } @else { " interactions" }
            @if let Some(moment) = &profile.last_interaction { ", the last " time datetime=(moment) { (moment) } }
        }
    }
}

fn form(visitor: &Visitor, profile: &Profile) -> Markup {
    html! {
        form.stacked method="post" action="/profile" {
            (sealed(visitor.seal()))
            div.columns {
                (line("display_name", "Name", &profile.display_name, true))
                (line("preferred_name", "To be called", &profile.preferred_name, false))
                (line("role", "Role", &profile.role, true))
                (line("title", "Title", &profile.title, false))
                (line("preferred_greeting", "Greeting", &profile.preferred_greeting, false))
                (line("working_hours", "Working hours", &profile.working_hours, false))
                (line("timezone", "Timezone, such as Europe/Berlin", &profile.timezone, false))
                (style(&profile.communication_style))
            }
            (check("wants_detailed_analysis", "Detailed analysis", profile.wants_detailed_analysis))
            (check("wants_proactive_insights", "Insights I did not ask for", profile.wants_proactive_insights))
            label for="focus_areas" { "Focus areas, one a line" }
            textarea #focus_areas name="focus_areas" rows="3" { "\n" (profile.focus_areas.join("\n")) }
            label for="responsibilities" { "Responsibilities" }
            textarea #responsibilities name="responsibilities" rows="2" { "\n" (profile.responsibilities) }
            p { button.primary type="submit" { "Save" } }
        }
    }
}

fn line(name: &str, label: &str, value: &str, is_needed: bool) -> Markup {
    html! {
        div {
            label for=(name) { (label) }
            input id=(name) name=(name) value=(value) required[is_needed];
        }
    }
}

fn style(chosen: &str) -> Markup {
    html! {
        div {
            label for="communication_style" { "Style of answers" }
            select #communication_style name="communication_style" {
                @for style in ["professional", "casual", "brief"] { option value=(style) selected[style == chosen] { (style) } }
            }
        }
    }
}

fn check(name: &str, label: &str, is_checked: bool) -> Markup {
    html! {
        p.check {
            input id=(name) type="checkbox" name=(name) value="true" checked[is_checked];
            label for=(name) { (label) }
        }
    }
}

#[derive(Deserialize)]
pub struct Given {
    display_name: String,
    preferred_name: String,
    role: String,
    title: String,
    communication_style: String,
    preferred_greeting: String,
    /// A box that is not checked sends nothing.
    wants_detailed_analysis: Option<String>,
    wants_proactive_insights: Option<String>,
    focus_areas: String,
    responsibilities: String,
    working_hours: String,
    timezone: String,
}

impl Given {
    fn settings(&self) -> Value {
        json!({
            "preferred_name": filled(&self.preferred_name),
            "title": filled(&self.title),
            "communication_style": self.communication_style,
            "preferred_greeting": filled(&self.preferred_greeting),
            "wants_detailed_analysis": self.wants_detailed_analysis.is_some(),
            "wants_proactive_insights": self.wants_proactive_insights.is_some(),
            "focus_areas": lines(&self.focus_areas),
            "responsibilities": filled(&self.responsibilities).map(text),
            "working_hours": filled(&self.working_hours),
            "timezone": filled(&self.timezone),
        })
    }
}

pub async fn change(
    Shared(pages): Shared<Pages>,
    visitor: Visitor,
    Posted(given): Posted<Given>,
) -> Result<Redirect, Trouble> {
    let statement = "SELECT p.id FROM @homer@.homer_upsert_profile($1, $2, $3, $4) AS p";
    pages.ask_one(&visitor, statement, &[&visitor.id(), &given.display_name, &given.role, &given.settings()]).await?;
    Ok(Redirect::to("/profile?did=changed"))
}
