//! The door: who looks at the pages. Whoever the program's source of identity knows by the request's own headers, or by a token
//! that was typed once and lies in a cookie since, goes through as a [`Visitor`].

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use serde::Deserialize;

use super::form::{Nothing, Posted, Seal, sealed};
use super::trouble::Trouble;
use super::{Pages, shell};
use crate::http::Way;
use crate::identity::{Identity, User};

/// Who looks at a page.
#[derive(Clone)]
pub struct Visitor {
    user: User,
    seal: String,
    can_sign_out: bool,
}

impl Visitor {
    pub fn user(&self) -> &User {
        &self.user
    }

    pub fn id(&self) -> &str {
        self.user.id()
    }

    /// The seal of the forms that the visitor is given.
    pub fn seal(&self) -> &str {
        &self.seal
    }

    /// Whether the visitor came by a cookie, which can be taken away.
    pub fn can_sign_out(&self) -> bool {
        self.can_sign_out
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Trouble> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Trouble::nothing_here)
    }
}

/// Whom to let in. Clones share it.
#[derive(Clone)]
pub struct Door(Arc<Guard>);

struct Guard {
    identity: Identity,
    seal: Seal,
    /// For whom alone the pages are; for every user where it is empty.
    operators: Vec<User>,
}

impl Door {
    pub fn new(identity: Identity, seal: Seal, operators: Vec<User>) -> Self {
        Self(Arc::new(Guard { identity, seal, operators }))
    }

    fn visitor(&self, peer: SocketAddr, headers: &HeaderMap, way: Way) -> Option<Visitor> {
        let by_headers = self.0.identity.user(peer.ip(), headers).map(|user| (user, false));
        let by_cookie = || self.0.identity.user_of_token(&token_in_cookie(headers, self.cookie(way))?);
        let (user, can_sign_out) = by_headers.or_else(|| Some((by_cookie()?, true)))?;
        let seal = self.0.seal.of(Some(&user));
        Some(Visitor { user, seal, can_sign_out })
    }

    /// The name of the cookie that holds the token. Ports share cookies, and both kinds of pages may be served on one machine.
    /// What begins with __Host- a browser takes over TLS from this very host alone, and from no neighbour in its domain.
    fn cookie(&self, way: Way) -> &'static str {
        match (way, self.0.operators.is_empty()) {
            (Way::OverTls, true) => "__Host-homer_token",
            (Way::OverTls, false) => "__Host-homer_operator_token",
            (Way::Here, true) => "homer_token",
            (Way::Here, false) => "homer_operator_token",
        }
    }

    /// The header that sets the cookie to a value, or takes it away.
    fn setting(&self, way: Way, value: impl Display, until: &str) -> String {
        // A token goes over TLS alone, unless it does not leave the machine.
        let secure = if way == Way::OverTls { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Strict{until}{secure}", self.cookie(way))
    }

    fn is_for(&self, user: &User) -> bool {
        self.0.operators.is_empty() || self.0.operators.contains(user)
    }

    /// The page for whoever is not known.
    fn closed(&self, said: Option<&str>) -> Response {
        let body = if self.0.identity.takes_tokens() {
            sign_in_form(&self.0.seal.of(None), said)
        } else {
            html! { p.trouble role="alert" { "The sign-in in front of these pages has named nobody. Sign in there first." } }
        };
        (StatusCode::UNAUTHORIZED, shell::bare("Sign in", &body)).into_response()
    }
}

fn sign_in_form(seal: &str, said: Option<&str>) -> Markup {
    html! {
        @if let Some(said) = said { p.trouble role="alert" { (said) } }
        form.stacked method="post" action="/sign-in" {
            (sealed(seal))
            label for="token" { "Your token" }
            input #token type="password" name="token" required autocomplete="current-password" autofocus;
            p.hint { "It stays in this browser until you sign out or close it." }
            p { button.primary type="submit" { "Sign in" } }
        }
    }
}

/// Lets a request through with its [`Visitor`], or answers with the sign-in.
pub async fn let_in(
    State(door): State<Door>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    match door.visitor(peer, request.headers(), Way::of(request.extensions())) {
        None if request.method() == Method::GET => door.closed(None),
        None => door.closed(Some("You are signed out, and nothing was changed.")),
        Some(visitor) if !door.is_for(visitor.user()) => Trouble::not_an_operator().into_response(),
        Some(visitor) => {
            request.extensions_mut().insert(visitor);
            next.run(request).await
        }
    }
}

/// Signing in, before the door.
pub fn outside(door: Door) -> Router<Pages> {
    let sign_in = move |extensions: Extensions, posted: Posted<SignIn>| async move {
        sign_in(&door, Way::of(&extensions), &posted.0)
    };
    Router::new().route("/sign-in", post(sign_in).get(async || Redirect::to("/")))
}

/// Signing out, behind it.
pub fn inside(door: Door) -> Router<Pages> {
    let sign_out =
        move |extensions: Extensions, _: Posted<Nothing>| async move { sign_out(&door, Way::of(&extensions)) };
    Router::new().route("/sign-out", post(sign_out))
}

#[derive(Deserialize)]
struct SignIn {
    token: String,
}

fn sign_in(door: &Door, way: Way, given: &SignIn) -> Response {
    let token = given.token.trim();
    if door.0.identity.user_of_token(token).is_none() {
        return door.closed(Some("This token is not known, or has expired."));
    }
    let value = utf8_percent_encode(token, NON_ALPHANUMERIC);
    ([(SET_COOKIE, door.setting(way, value, ""))], Redirect::to("/")).into_response()
}

fn sign_out(door: &Door, way: Way) -> Response {
    ([(SET_COOKIE, door.setting(way, "", "; Max-Age=0"))], Redirect::to("/")).into_response()
}

/// The token in the cookie of this name. Of two neither counts: a browser does not say which of them was set here. White space
/// is what the browser has put between cookies and no more, so that no other name is taken for this one.
fn token_in_cookie(headers: &HeaderMap, named: &str) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().flat_map(|cookies| cookies.as_bytes().split(|byte| *byte == b';'));
    let named = format!("{named}=");
    let mut values = cookies.filter_map(|cookie| cookie.trim_ascii().strip_prefix(named.as_bytes()));
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    Some(percent_decode(value).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::token_in_cookie;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_token_is_found_among_other_cookies() {
        let token = |cookies| token_in_cookie(&headers(header::COOKIE, cookies), "homer_token");
        assert_eq!(token("theme=dark; homer_token=a%2Eb; x=1").as_deref(), Some("a.b"));
        assert_eq!(token("other_homer_token=a"), None);
        assert_eq!(token("homer_token"), None);
        assert_eq!(token("homer_token=a; homer_token=a"), None);
    }
}
