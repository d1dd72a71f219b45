//! What homer is to an MCP client: tools, two resources and a prompt. All their content is the database's; this file knows the
//! names of functions, and no text of a tool.

use std::sync::Arc;

use axum::http::request::Parts;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, GetPromptRequestParams, GetPromptResponse,
    GetPromptResult, Implementation, JsonObject, ListPromptsResult, ListResourcesResult, ListToolsResult,
    PaginatedRequestParams, Prompt, PromptArgument, PromptMessage, ReadResourceRequestParams, ReadResourceResponse,
    ReadResourceResult, Resource, ResourceContents, Role, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::advice;
use crate::database::{Database, Error};
use crate::identity::User;

/// The memory of whoever asks.
#[derive(Clone)]
pub struct Memory {
    database: Database,
    who: Who,
    /// How many more requests may be under way at once.
    room: Arc<Semaphore>,
}

/// Whose memory it is.
#[derive(Clone)]
pub enum Who {
    /// The one for whom the program was started.
    Always(User),
    /// The one from whom the HTTP request comes.
    EachRequest,
}

/// What `homer_call_tool` answers.
#[derive(Deserialize)]
struct Answer {
    text: String,
    data: Value,
    is_error: bool,
}

const CONTEXT: &str = "homer://context";
const PROFILE: &str = "homer://profile";
const PROMPT: &str = "remembered";
const QUESTION: &str = "question";

impl Memory {
    /// Of more requests at once than `at_once`, the others are told that the memory is busy.
    pub fn new(database: Database, who: Who, at_once: usize) -> Self {
        Self { database, who, room: Arc::new(Semaphore::new(at_once)) }
    }

    fn user(&self, context: &RequestContext<RoleServer>) -> Result<User, ErrorData> {
        let user = match &self.who {
            Who::Always(user) => Some(user.clone()),
            Who::EachRequest => context.extensions.get::<Parts>().and_then(|parts| parts.extensions.get().cloned()),
        };
        user.ok_or_else(|| ErrorData::internal_error("This request came without an identity.", None))
    }

    /// Does the work if there is room for it, unless its client gives it up: then the transaction is dropped, and with it what
    /// the database still does.
    async fn bounded<T>(
        &self,
        context: &RequestContext<RoleServer>,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let _place = self.room.try_acquire().map_err(|_| Error::Busy)?;
        tokio::select! {
            outcome = work => outcome,
            () = context.ct.cancelled() => Err(Error::TooSlow),
        }
    }

    /// The definitions of tools, as the database words them.
    async fn tools(&self, user: &User) -> Result<Vec<Tool>, Error> {
        let mut transaction = self.database.as_user(user).await?;
        let row = transaction.query_one(&self.database.sql("SELECT @homer@.homer_tools('mcp')"), &[]).await?;
        transaction.commit().await?;
        understood(row.try_get(0)?)
    }

    async fn call(&self, user: &User, name: &str, arguments: &str) -> Result<Answer, Error> {
        // As the text of an object, because PostgreSQL's own JSON holds no character NUL: homer has an answer to it.
        let statement = "SELECT @homer@.homer_call_tool($1, $2, pg_catalog.to_jsonb($3::pg_catalog.text))";
        let mut transaction = self.database.as_user(user).await?;
        let row = transaction.query_one(&self.database.sql(statement), &[&user.id(), &name, &arguments]).await?;
        transaction.commit().await?;
        understood(row.try_get(0)?)
    }

    /// The block for a model's prompt, by a question or without one.
    async fn context(&self, user: &User, question: Option<&str>) -> Result<String, Error> {
        let mut transaction = self.database.as_user(user).await?;
        let statement = self.database.sql("SELECT @homer@.homer_context($1, $2)");
        let row = transaction.query_one(&statement, &[&user.id(), &question]).await?;
        transaction.commit().await?;
        Ok(row.try_get(0)?)
    }
}

fn understood<T: for<'a> Deserialize<'a>>(value: Value) -> Result<T, Error> {
    // What serde says of a value may quote it.
    serde_json::from_value(value)
        .map_err(|_| Error::Unexpected("homer and this program are of different versions".into()))
}

impl ServerHandler for Memory {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().enable_prompts().build();
        let mut info = ServerConfig::new(capabilities);
        info.server_info = Implementation::new("homer", env!("CARGO_PKG_VERSION"));
        info
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let user = self.user(&context)?;
        let tools = self.bounded(&context, self.tools(&user)).await;
        tools.map(ListToolsResult::with_all_items).map_err(|error| failed("tools/list", &error))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let user = self.user(&context)?;
        let arguments = Value::Object(request.arguments.unwrap_or_default()).to_string();
        let answer = self.bounded(&context, self.call(&user, &request.name, &arguments)).await;
        Ok(answer.map_or_else(|error| failed_tool(&error), result_of).into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let context = Resource::new(CONTEXT, "context")
            .with_title("What is remembered")
            .with_description("Profile, due reminders and memories that matter most, as a block for a model's prompt.");
        let profile = Resource::new(PROFILE, "profile")
            .with_title("Profile")
            .with_description("Who the user is, and which reminders are due.");
        Ok(ListResourcesResult::with_all_items(
            [context, profile].map(|resource| resource.with_mime_type("text/plain")).into(),
        ))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let user = self.user(&context)?;
        let text = match request.uri.as_str() {
            CONTEXT => self.bounded(&context, self.context(&user, None)).await,
            PROFILE => self.bounded(&context, self.call(&user, "about_user", "{}")).await.map(|answer| answer.text),
            _ => {
                let known = format!("There is no such resource: read {CONTEXT} or {PROFILE}.");
                return Err(ErrorData::resource_not_found(known, Some(json!({"uri": request.uri}))));
            }
        };
        let text = text.map_err(|error| failed("resources/read", &error))?;
        let contents = ResourceContents::text(text, request.uri).with_mime_type("text/plain");
        Ok(ReadResourceResult::new(vec![contents]).into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        let question = PromptArgument::new(QUESTION).with_description("What to ask; without it, what matters most.");
        let description = "What is remembered of the user that bears on a question, and the question.";
        let prompt = Prompt::new(PROMPT, Some(description), Some(vec![question])).with_title("Ask with memory");
        Ok(ListPromptsResult::with_all_items(vec![prompt]))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if request.name != PROMPT {
            return Err(ErrorData::invalid_params(format!("There is no such prompt: get {PROMPT}."), None));
        }
        let question = question_in(request.arguments.unwrap_or_default())?;
        let user = self.user(&context)?;
        let block = self.bounded(&context, self.context(&user, question.as_deref())).await;
        let block = block.map_err(|error| failed("prompts/get", &error))?;
        let messages = [Some(block), question].into_iter().flatten();
        let messages = messages.map(|text| PromptMessage::new_text(Role::User, text)).collect();
        Ok(GetPromptResult::new(messages).into())
    }
}

/// The question among the arguments of the prompt.
fn question_in(mut arguments: JsonObject) -> Result<Option<String>, ErrorData> {
    let refused = |why: &str| Err(ErrorData::invalid_params(why.to_owned(), None));
    match arguments.remove(QUESTION) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(question)) if question.contains('\0') => {
            refused("question holds a character NUL. Leave it out.")
        }
        Some(Value::String(question)) => Ok(Some(question)),
        Some(_) => refused("question must be a text."),
    }
}

fn result_of(answer: Answer) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(answer.text)]);
    result.structured_content = Some(answer.data);
    result.is_error = Some(answer.is_error);
    result
}

fn failed(what: &str, error: &Error) -> ErrorData {
    advice::note(what, error);
    advice::failed_request(error)
}

fn failed_tool(error: &Error) -> CallToolResult {
    advice::note("tools/call", error);
    advice::failed_tool(error)
}
