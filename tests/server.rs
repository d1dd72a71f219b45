//! `homer-server` as tests and benchmarks run it: started on a free port of loopback, asked over HTTP, told to stop, and its log.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::{Database, Value, json};

/// The program that was built beside this one.
pub fn program() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let beside = own.ancestors().skip(1).map(|folder| folder.join("homer-server")).find(|program| program.is_file());
    beside.expect("homer-server is built: cargo build -p homer-server")
}

/// The program, told to connect to a database as a role.
pub fn command(database: &Database, role: &str) -> Command {
    let mut command = Command::new(program());
    let of_the_caller = std::env::vars_os().map(|(name, _)| name);
    for name in of_the_caller.filter(|name| name.to_string_lossy().starts_with("HOMER_")) {
        command.env_remove(name);
    }
    command.envs(variables(database, role));
    command
}

/// libpq's variables for a database and a role.
pub fn variables(database: &Database, role: &str) -> [(&'static str, String); 4] {
    let host = database.cluster.directory().display().to_string();
    [("PGHOST", host), ("PGPORT", "5432".into()), ("PGDATABASE", database.name().into()), ("PGUSER", role.into())]
}

/// A running `homer-server` that listens.
pub struct Server {
    process: Child,
    address: SocketAddr,
    log: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts it, and waits until it listens; panics with what it said where it does not.
    pub fn start(mut command: Command) -> Self {
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, addresses) = channel();
        let errors = BufReader::new(process.stderr.take().unwrap());
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            for line in errors.lines().map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("listening on http://") {
                    let _ = sender.send(address.parse().unwrap());
                }
                log += &line;
                log.push('\n');
            }
            log
        });
        match first(&addresses) {
            Some(address) => Self { process, address, log: Some(log) },
            None => {
                let _ = process.kill();
                let status = process.wait().unwrap();
                panic!("homer-server does not listen ({status}): {}", log.join().unwrap())
            }
        }
    }

    /// Serves MCP over HTTP as the role, to whomever a header from loopback names.
    pub fn of_proxy(database: &Database, role: &str) -> Self {
        Self::behind_proxy(database, role, &["mcp", "--http"])
    }

    /// Serves pages likewise.
    pub fn of_pages_behind_proxy(database: &Database, role: &str) -> Self {
        Self::behind_proxy(database, role, &["pages"])
    }

    fn behind_proxy(database: &Database, role: &str, what: &[&str]) -> Self {
        let mut command = command(database, role);
        command.args(what).args(["--listen", "127.0.0.1:0", "--user-header", "x-user", "--proxy", "127.0.0.1"]);
        Self::start(command)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of MCP.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Sends a signal by its name.
    pub fn signal(&self, name: &str) {
        let process = self.process.id().to_string();
        assert!(Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &process]).status().unwrap().success());
    }

    /// Waits until it has ended by itself, and gives its log.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = self.process.wait().unwrap();
        (status, self.log.take().unwrap().join().unwrap())
    }

    /// Tells it to stop, and gives its log.
    pub fn stop(self) -> String {
        self.signal("TERM");
        let (status, log) = self.ended();
        assert!(status.success(), "{status}: {log}");
        log
    }

    /// The answer to a request, on a connection of its own.
    pub fn ask(&self, request: &Request) -> Answer {
        Connection::to(self.address).ask(request)
    }
}

/// A test that fails leaves nothing running.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn first(addresses: &Receiver<SocketAddr>) -> Option<SocketAddr> {
    addresses.recv_timeout(Duration::from_secs(60)).ok()
}

/// An HTTP request as an MCP client sends it, unless told otherwise.
pub struct Request {
    method: &'static str,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A request of JSON-RPC.
    pub fn of(method: &str, parameters: Value) -> Self {
        Self::with_body(json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).to_string())
    }

    /// A call of a tool.
    pub fn to_call(tool: &str, arguments: Value) -> Self {
        Self::of("tools/call", json!({"name": tool, "arguments": arguments}))
    }

    pub fn with_body(body: impl Into<Vec<u8>>) -> Self {
        let headers = [
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("MCP-Protocol-Version", "2025-11-25"),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self { method: "POST", path: "/mcp".into(), headers, body: body.into() }
    }

    /// As a browser asks for a page.
    pub fn for_page(path: &str) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// As a browser sends a form.
    pub fn with_form(path: &str, fields: &[(&str, &str)]) -> Self {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", percent_encoded(name), percent_encoded(value)))
            .collect();
        let headers = vec![("Content-Type".into(), "application/x-www-form-urlencoded".into())];
        Self { method: "POST", path: path.into(), headers, body: fields.join("&").into_bytes() }
    }

    /// By another method.
    pub fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// With a header more. `Host` is the server's address unless it is named here.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// From a user whom the proxy of [`Server::of_proxy`] names.
    pub fn from(self, user: &str) -> Self {
        self.header("x-user", user)
    }

    /// The head and the body as they go over the wire.
    pub fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let names_host = self.headers.iter().any(|(name, _)| name == "Host");
        let host = if names_host { String::new() } else { format!("Host: {address}\r\n") };
        let headers: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head = format!(
            "{} {} HTTP/1.1\r\n{host}{headers}Content-Length: {}\r\n\r\n",
            self.method,
            self.path,
            self.body.len()
        );
        [head.as_bytes(), &self.body].concat()
    }
}

pub fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(encoded).collect()
}

/// A connection on which requests follow each other.
pub struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
}

impl Connection {
    /// No answer takes a minute: what does is stuck.
    pub fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { stream: BufReader::new(stream), address }
    }

    pub fn send(&mut self, bytes: &[u8]) {
        // A server that refuses the head reads no body.
        let _ = self.stream.get_mut().write_all(bytes);
    }

    pub fn ask(&mut self, request: &Request) -> Answer {
        let bytes = request.bytes(self.address);
        self.send(&bytes);
        self.answer().expect("the server answers")
    }

    /// The next answer; none where the server has closed the connection.
    pub fn answer(&mut self) -> Option<Answer> {
        let status = self.line()?;
        let mut answer =
            Answer { status: status.split(' ').nth(1)?.parse().ok()?, headers: Vec::new(), body: String::new() };
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(": ") else { break };
            answer.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let length = answer.header("content-length").map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).ok()?;
        answer.body = String::from_utf8(body).unwrap();
        Some(answer)
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    }
}

/// What came back over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// What a tool said to the model.
    pub fn text(&self) -> String {
        let answer = self.json();
        answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("no text: {answer}")).to_owned()
    }
}
