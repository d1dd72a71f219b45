//! Listening: one loop that takes connections in, and what stands before every route. Everything has a bound: how many
//! connections there are, how long the head and the whole of a request may take, how large its body may be, and how long its
//! client may leave an answer untaken.

mod patience;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Request, State};
use axum::http::uri::Authority;
use axum::http::{Extensions, HeaderMap, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::timeout::TimeoutLayer;

use crate::identity::{self, Identity};
use crate::{Failure, log};

use patience::Patience;

/// Where to listen and whom to answer, as options of the command line.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// The address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8377", env = "HOMER_LISTEN")]
    listen: SocketAddr,
    /// A name that this server goes by in requests (Host), besides those of loopback; may be given again
    #[arg(long, value_name = "NAME", value_delimiter = ',', env = "HOMER_HOST")]
    host: Vec<String>,
    /// A web page's origin that may call, besides this server's own, such as https://app.example; may be given again
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',', env = "HOMER_ORIGIN")]
    origin: Vec<String>,
    /// How many bytes the body of a request may have
    #[arg(long, value_name = "BYTES", default_value_t = 1_048_576, env = "HOMER_BODY_LIMIT")]
    body_limit: usize,
    /// How many clients are answered at once; further connections wait
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u16).range(1..=10_000), env = "HOMER_CLIENTS")]
    clients: u16,
    /// How many seconds a request may take
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3600), env = "HOMER_REQUEST_LIMIT")]
    request_limit: u16,
    #[command(flatten)]
    identity: identity::Options,
}

/// What this machine is called by itself.
const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// How long the head of a request may take, how long a connection may stay idle, and how long an answer may wait for its reader.
const CLIENT_LIMIT: Duration = Duration::from_secs(30);

impl Options {
    /// The source of identity that the options name.
    ///
    /// # Errors
    ///
    /// There is none, or it does not hold what it should.
    pub fn identity(&self) -> Result<Identity, Failure> {
        self.identity.identity()
    }

    /// How many bytes a request may have.
    pub fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// How many requests are answered at once.
    pub fn clients(&self) -> usize {
        self.clients.into()
    }

    fn request_limit(&self) -> Duration {
        Duration::from_secs(self.request_limit.into())
    }
}

/// Puts before routes what every request has to pass: the names of this server, and limits of size and time.
pub fn bounded(routes: Router, options: &Options) -> Router {
    let names = Arc::new(Names::new(options));
    routes
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, options.request_limit()))
        .layer(DefaultBodyLimit::max(options.body_limit))
        .layer(middleware::from_fn_with_state(options.body_limit, check_length))
        .layer(middleware::from_fn_with_state(names, check_names))
}

/// Answers requests until the program is told to stop (SIGTERM or SIGINT); then what is under way comes to its end, unless
/// told so again. SIGHUP reads the source of identity again.
///
/// # Errors
///
/// The address cannot be listened on.
pub async fn serve(options: &Options, routes: Router, identity: Identity) -> Result<(), Failure> {
    let listener = TcpListener::bind(options.listen).await.map_err(|error| format!("{}: {error}", options.listen))?;
    let address = listener.local_addr()?;
    log::say(format_args!("listening on http://{address}"));
    if !address.ip().is_loopback() {
        log::say(format_args!(
            "{address} is reached from other machines, and there is no TLS here: let a proxy add it"
        ));
    }
    let (mut stop, mut again) = (Stop::new()?, signal(SignalKind::hangup())?);
    let room = Arc::new(Semaphore::new(options.clients.into()));
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            (stream, peer, place) = accepted(&listener, &room) => {
                connections.spawn(converse(stream, peer, routes.clone(), graceful.watcher(), place));
            }
            Some(_) = connections.join_next() => {}
            _ = again.recv() => identity.read_again(),
            () = stop.told() => break,
        }
    }
    drop(listener);
    log::say(format_args!("stopping"));
    tokio::select! {
        () = graceful.shutdown() => {}
        () = tokio::time::sleep(options.request_limit()) => {}
        () = stop.told() => {}
    }
    connections.shutdown().await;
    Ok(())
}

/// The two signals that tell a program to stop.
pub struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    /// # Errors
    ///
    /// The system has no room for another handler of signals.
    pub fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for either.
    pub async fn told(&mut self) {
        tokio::select! { _ = self.terminate.recv() => {}, _ = self.interrupt.recv() => {} }
    }
}

/// The next connection, as soon as there is a place for it.
async fn accepted(listener: &TcpListener, room: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { std::future::pending().await };
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            // Whoever knocked went away, or there are no more file descriptors: others may go.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// Answers the requests of one connection, one after another.
async fn converse(stream: TcpStream, peer: SocketAddr, routes: Router, watcher: Watcher, _place: OwnedSemaphorePermit) {
    // An answer is written at once, and small.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(CLIENT_LIMIT)
        .serve_connection(TokioIo::new(Patience::new(stream, CLIENT_LIMIT)), service);
    // What breaks a connection is its client's, and says nothing of this program.
    let _ = watcher.watch(connection).await;
}

/// How a server is reached by a name of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a name of loopback, on this machine alone.
    Here,
    /// By any other name, which a proxy answers to over TLS.
    OverTls,
}

impl Way {
    fn to(host: &str) -> Self {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        if is_here { Self::Here } else { Self::OverTls }
    }

    /// The origin of a server's own pages.
    fn origin(self, authority: &str) -> String {
        let scheme = match self {
            Self::Here => "http",
            Self::OverTls => "https",
        };
        format!("{scheme}://{authority}")
    }

    /// The way that a request came. Where nobody has said, TLS is asked for.
    pub fn of(extensions: &Extensions) -> Self {
        extensions.get().copied().unwrap_or(Self::OverTls)
    }
}

/// What this server is called, and which pages may call it. A page elsewhere that has its name point to this machine
/// (DNS rebinding) sends a Host that is none of these; one that simply calls across sends its own Origin, and so does one
/// of the same name without TLS, which anybody on the way can write.
struct Names {
    hosts: Vec<String>,
    origins: Vec<String>,
}

impl Names {
    fn new(options: &Options) -> Self {
        let loopback = LOOPBACK.map(str::to_owned);
        let address = match options.listen.ip() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => format!("[{address}]"),
        };
        let hosts =
            loopback.into_iter().chain([address]).chain(options.host.iter().map(|name| name.to_ascii_lowercase()));
        Self { hosts: hosts.collect(), origins: options.origin.clone() }
    }

    /// The way to a server of this name, where it is one of this server's.
    fn way_to(&self, authority: &str) -> Option<Way> {
        let host = authority.parse::<Authority>().ok()?.host().to_ascii_lowercase();
        (self.hosts.contains(&host) && !authority.contains('@')).then(|| Way::to(&host))
    }

    fn know_origin(&self, origin: &str, authority: &str, way: Way) -> bool {
        origin == way.origin(authority) || self.origins.iter().any(|known| known == origin)
    }
}

async fn check_names(State(names): State<Arc<Names>>, mut request: Request, next: Next) -> Response {
    let refused = |why| (StatusCode::FORBIDDEN, why).into_response();
    let Some(authority) = authority(request.headers(), request.uri()) else {
        return refused("The request names no Host.\n");
    };
    let Some(way) = names.way_to(authority) else {
        return refused("This server does not go by that name: start it with --host NAME to allow it.\n");
    };
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    if !origins.all(|origin| origin.to_str().is_ok_and(|origin| names.know_origin(origin, authority, way))) {
        return refused("Pages of that origin may not call this server: start it with --origin ORIGIN to allow it.\n");
    }
    request.extensions_mut().insert(way);
    next.run(request).await
}

/// Refuses at once a body that says itself that it is too large. What reads a body stops at the limit in any case.
async fn check_length(State(limit): State<usize>, request: Request, next: Next) -> Response {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: usize| length > limit) {
        let why = format!("The body is larger than {limit} bytes, which is the most that is taken here.\n");
        return (StatusCode::PAYLOAD_TOO_LARGE, why).into_response();
    }
    next.run(request).await
}

/// Which server a request is for. Of two neither counts.
fn authority<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| host.to_str().ok());
    if hosts.next().is_some() { None } else { uri.authority().map(Authority::as_str).or(host) }
}

#[cfg(test)]
mod tests {
    use super::Way;

    #[test]
    fn only_loopback_is_reached_without_tls() {
        for host in ["localhost", "127.0.0.1", "127.0.0.2", "[::1]"] {
            assert_eq!(Way::to(host), Way::Here, "{host}");
        }
        for host in
            ["memory.example", "localhost.example", "192.0.2.1", "[2001:db8::1]", "0.0.0.0", "127.0.0.1.example"]
        {
            assert_eq!(Way::to(host), Way::OverTls, "{host}");
        }
        assert_eq!(Way::to("localhost").origin("localhost:8377"), "http://localhost:8377");
        assert_eq!(Way::to("memory.example").origin("memory.example"), "https://memory.example");
    }
}
