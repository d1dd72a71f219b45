//! Who asks, over HTTP. There is one source of it, chosen when the program starts, and without one it does not start: a token
//! that somebody trusted has signed ([`signed`]), a token from a file ([`bearer`]), or the word of a proxy ([`proxy`]).
//!
//! [`guard`] stands before routes and refuses who shows nothing that holds; behind it, [`User`] is an extractor.

mod bearer;
mod proxy;
mod signed;

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};

use crate::{Failure, log};

/// A user as homer knows one: 1 to 1000 bytes, not all of them spaces, and no NUL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct User(String);

impl User {
    /// The user of this id, where it can be one.
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        let can_be_one = !id.trim().is_empty() && id.len() <= 1000 && !id.contains('\0');
        can_be_one.then_some(Self(id))
    }

    pub fn id(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for User {
    type Err = &'static str;

    fn from_str(id: &str) -> Result<Self, Self::Err> {
        Self::new(id).ok_or("a user's id has 1 to 1000 bytes, and is no empty text")
    }
}

/// Where identities come from, as options of the command line: exactly one of the three.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// A file with the public keys of who signs the users' tokens (a JWK set); with --issuer and --audience
    #[arg(long, value_name = "FILE", env = "HOMER_KEYS", requires_all = ["issuer", "audience"])]
    keys: Option<PathBuf>,
    /// Who signs the tokens: their claim iss
    #[arg(long, value_name = "NAME", env = "HOMER_ISSUER")]
    issuer: Option<String>,
    /// Whom the tokens are made for: their claim aud
    #[arg(long, value_name = "NAME", env = "HOMER_AUDIENCE")]
    audience: Option<String>,
    /// A file of tokens, one a line: the SHA-256 of the token in hexadecimal, a space, and the user
    #[arg(long, value_name = "FILE", env = "HOMER_TOKENS", conflicts_with = "keys")]
    tokens: Option<PathBuf>,
    /// A header in which a proxy on this machine names the user; with --proxy
    #[arg(long, value_name = "NAME", env = "HOMER_USER_HEADER", requires = "proxy", conflicts_with_all = ["keys", "tokens"])]
    user_header: Option<HeaderName>,
    /// The loopback address that this proxy connects from, such as 127.0.0.1
    #[arg(long, value_name = "ADDRESS", env = "HOMER_PROXY")]
    proxy: Option<IpAddr>,
}

impl Options {
    /// # Errors
    ///
    /// No source, one without what belongs to it, or a file that does not hold what it should.
    pub fn identity(&self) -> Result<Identity, Failure> {
        let source = match (self, &self.keys, &self.tokens, &self.user_header) {
            (Self { issuer: Some(issuer), audience: Some(audience), .. }, Some(keys), None, None) => {
                Source::Signed(signed::Keys::read(keys.clone(), issuer.clone(), audience.clone())?)
            }
            (_, None, Some(tokens), None) => Source::Bearer(bearer::Tokens::read(tokens.clone())?),
            (Self { proxy: Some(proxy), .. }, None, None, Some(header)) => {
                Source::Proxy(proxy::Proxy::new(*proxy, header.clone())?)
            }
            _ => {
                return Err("over HTTP there must be one source of identity: --keys with --issuer and --audience, \
                            or --tokens, or --user-header with --proxy"
                    .into());
            }
        };
        Ok(Identity(Arc::new(source)))
    }
}

enum Source {
    Signed(signed::Keys),
    Bearer(bearer::Tokens),
    Proxy(proxy::Proxy),
}

/// The source of identity that this program was started with. Clones share it.
#[derive(Clone)]
pub struct Identity(Arc<Source>);

impl Identity {
    /// The user who sent a request with these headers from this address.
    pub fn user(&self, peer: IpAddr, headers: &HeaderMap) -> Option<User> {
        match &*self.0 {
            Source::Proxy(proxy) => proxy.user(peer, headers),
            Source::Signed(_) | Source::Bearer(_) => self.user_of_token(token(headers)?),
        }
    }

    /// The user whose token this is, where users have tokens.
    pub fn user_of_token(&self, token: &str) -> Option<User> {
        match &*self.0 {
            Source::Signed(keys) => keys.user(token),
            Source::Bearer(tokens) => tokens.user(token),
            Source::Proxy(_) => None,
        }
    }

    /// Whether users show tokens, rather than a proxy their names.
    pub fn takes_tokens(&self) -> bool {
        !matches!(&*self.0, Source::Proxy(_))
    }

    /// Reads the file of keys or tokens anew. Where it cannot be read, what was read before stays.
    pub fn read_again(&self) {
        let outcome = match &*self.0 {
            Source::Signed(keys) => keys.read_again(),
            Source::Bearer(tokens) => tokens.read_again(),
            Source::Proxy(_) => Ok(()),
        };
        match outcome {
            Ok(()) => log::say(format_args!("the source of identity was read again")),
            Err(failure) => log::say(format_args!("the source of identity stays as it was: {failure}")),
        }
    }
}

/// The token in `Authorization: Bearer`. Of two such headers neither counts.
fn token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (scheme, token) = values.next()?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && values.next().is_none()).then_some(token.trim())
}

/// Puts the question who it comes from before every one of these routes.
pub fn guard(routes: Router, identity: Identity) -> Router {
    routes.layer(middleware::from_fn_with_state(identity, require))
}

/// Lets a request through with its [`User`], or answers 401.
async fn require(
    State(identity): State<Identity>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(user) = identity.user(peer.ip(), request.headers()) else {
        return (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, "Bearer")],
            "Say who you are: no valid identity came with this request.\n",
        )
            .into_response();
    };
    request.extensions_mut().insert(user);
    next.run(request).await
}

impl<S: Send + Sync> FromRequestParts<S> for User {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::UNAUTHORIZED)
    }
}
