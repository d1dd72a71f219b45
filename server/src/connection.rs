//! Where the database is: a URL, or else the variables that libpq's programs take, with libpq's defaults.

mod password_file;

use std::collections::HashMap;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use crate::Failure;
use crate::tls::{Certificates, Trust};

/// Which database to connect to, as options of the command line.
#[derive(clap::Args)]
#[group(skip)]
pub struct Options {
    /// The database as a URL, postgresql://role@host/database; without it, libpq's variables (PGHOST, PGUSER, PGDATABASE, ...)
    #[arg(long, value_name = "URL", env = "HOMER_DATABASE", hide_env_values = true)]
    database: Option<String>,
}

/// How to reach the database, and whom to believe that it is the one.
pub struct Connection {
    pub config: tokio_postgres::Config,
    pub trust: Trust,
}

/// How long to wait for a connection where PGCONNECT_TIMEOUT does not say.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Variables of libpq's that say where to connect or whom to trust, and that have no meaning here: who set one relies on it.
const NOT_READ: [&str; 6] = ["PGSERVICE", "PGHOSTADDR", "PGREQUIREAUTH", "PGCHANNELBINDING", "PGSSLCRL", "PGSSLCRLDIR"];

impl Options {
    pub fn of_url(url: String) -> Self {
        Self { database: Some(url) }
    }

    /// # Errors
    ///
    /// A URL that is none, or a variable that is not understood.
    pub fn connection(&self) -> Result<Connection, Failure> {
        connection(self.database.as_deref(), &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }
}

fn connection(url: Option<&str>, variable: &dyn Fn(&str) -> Option<String>) -> Result<Connection, Failure> {
    if let Some(name) = NOT_READ.iter().find(|name| variable(name).is_some()) {
        return Err(
            format!("{name} is not read here: unset it, and set PGHOST, PGSSLMODE and so on, or --database").into()
        );
    }
    let (mut config, tls) = match url {
        Some(url) => {
            let (url, tls) = without_tls(url)?;
            (url.parse::<tokio_postgres::Config>().map_err(|error| format!("--database: {}", reason(&error)))?, tls)
        }
        None => (tokio_postgres::Config::new(), HashMap::new()),
    };
    complete(&mut config, variable)?;
    let said = |name: &str, of_libpq: &str| tls.get(name).cloned().or_else(|| variable(of_libpq));
    let certificates = Certificates {
        roots: said("sslrootcert", "PGSSLROOTCERT"),
        own: said("sslcert", "PGSSLCERT"),
        key: said("sslkey", "PGSSLKEY"),
    };
    let (mode, trust) = crate::tls::mode_and_trust(said("sslmode", "PGSSLMODE").as_deref(), certificates)?;
    config.ssl_mode(mode);
    if matches!(mode, SslMode::Disable) && !config.get_hosts().iter().all(is_local) {
        crate::log::say(format_args!("sslmode is disable: what is remembered crosses the network in the clear"));
    }
    Ok(Connection { config, trust })
}

/// An error with what caused it: tokio-postgres says the useful half there.
fn reason(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}

fn is_local(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
        }
    }
}

/// Takes out of a URL's query what is about TLS, of which tokio-postgres knows less than libpq.
fn without_tls(url: &str) -> Result<(String, HashMap<String, String>), Failure> {
    if !url.starts_with("postgresql://") && !url.starts_with("postgres://") {
        return Err("--database is no URL: write postgresql://role@host:5432/database".into());
    }
    let Some((base, query)) = url.split_once('?') else { return Ok((url.into(), HashMap::new())) };
    let (of_tls, others): (Vec<_>, Vec<_>) = query.split('&').partition(|pair| {
        ["sslmode=", "sslrootcert=", "sslcert=", "sslkey="].iter().any(|name| pair.starts_with(name))
    });
    let decoded = of_tls
        .iter()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| Ok((name.to_owned(), percent_decode_str(value).decode_utf8()?.into_owned())));
    Ok((format!("{base}?{}", others.join("&")), decoded.collect::<Result<_, Failure>>()?))
}

/// Adds what the URL does not say.
fn complete(config: &mut tokio_postgres::Config, variable: &dyn Fn(&str) -> Option<String>) -> Result<(), Failure> {
    if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
        config.host(variable("PGHOST").as_deref().unwrap_or("/var/run/postgresql"));
    }
    if config.get_ports().is_empty() {
        config.port(number("PGPORT", variable)?.unwrap_or(5432));
    }
    if config.get_user().is_none() {
        let user =
            variable("PGUSER").or_else(|| variable("USER")).ok_or("PGUSER is not set: name the database role")?;
        config.user(user);
    }
    if config.get_dbname().is_none() {
        let database = variable("PGDATABASE").or_else(|| config.get_user().map(Into::into)).unwrap_or_default();
        config.dbname(database);
    }
    if let Some(options) = variable("PGOPTIONS").filter(|_| config.get_options().is_none()) {
        config.options(options);
    }
    if config.get_application_name().is_none() {
        config.application_name(variable("PGAPPNAME").as_deref().unwrap_or("homer-server"));
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(number("PGCONNECT_TIMEOUT", variable)?.map_or(CONNECT_TIMEOUT, Duration::from_secs));
    }
    match variable("PGTARGETSESSIONATTRS").as_deref() {
        None | Some("any") => {}
        Some("read-write") => _ = config.target_session_attrs(TargetSessionAttrs::ReadWrite),
        Some(other) => return Err(format!("PGTARGETSESSIONATTRS is {other}: any and read-write are known here").into()),
    }
    if config.get_password().is_none()
        && let Some(password) = variable("PGPASSWORD").or_else(|| password_file::password(config, variable))
    {
        config.password(password);
    }
    Ok(())
}

fn number<T: std::str::FromStr>(name: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Option<T>, Failure> {
    let parsed = variable(name).map(|value| value.parse().map_err(|_| format!("{name} is no number: {value}")));
    Ok(parsed.transpose()?)
}
