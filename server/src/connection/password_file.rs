//! libpq's file of passwords: lines `host:port:database:role:password`, of which the first that fits counts.

use std::os::unix::fs::MetadataExt as _;

use tokio_postgres::config::Host;

/// The password for this connection in PGPASSFILE or ~/.pgpass; none where others may read the file, as with libpq.
pub fn password(config: &tokio_postgres::Config, variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let path = variable("PGPASSFILE").or_else(|| Some(format!("{}/.pgpass", variable("HOME")?)))?;
    if std::fs::metadata(&path).ok()?.mode() & 0o077 != 0 {
        crate::log::say(format_args!("{path} is not read, because others may read it: chmod 600"));
        return None;
    }
    let host = match config.get_hosts().first()? {
        Host::Tcp(name) => name.clone(),
        Host::Unix(folder) if folder.as_os_str() == "/var/run/postgresql" => "localhost".into(),
        Host::Unix(folder) => folder.to_string_lossy().into_owned(),
    };
    let port = config.get_ports().first()?.to_string();
    let wanted = [host.as_str(), &port, config.get_dbname()?, config.get_user()?];
    std::fs::read_to_string(path).ok()?.lines().find_map(|line| password_of(line, wanted))
}

fn password_of(line: &str, wanted: [&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let fields = fields(line);
    let (password, fitting) = fields.split_last()?;
    let fits = fitting.len() == 4 && fitting.iter().zip(wanted).all(|(field, value)| field == "*" || field == value);
    fits.then(|| password.clone())
}

/// Fields end at colons that no backslash precedes.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ':' if fields.len() < 5 => fields.push(String::new()),
            '\\' => fields.last_mut().into_iter().for_each(|field| field.extend(characters.next())),
            _ => fields.last_mut().into_iter().for_each(|field| field.push(character)),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::password_of;

    const WANTED: [&str; 4] = ["db.example", "5432", "homer", "assistant"];

    #[test]
    fn a_line_fits_by_its_words_and_by_stars() {
        assert_eq!(password_of("db.example:5432:homer:assistant:s3cret", WANTED).as_deref(), Some("s3cret"));
        assert_eq!(password_of("*:*:homer:*:s3cret", WANTED).as_deref(), Some("s3cret"));
        assert_eq!(password_of("*:*:other:*:s3cret", WANTED), None);
        assert_eq!(password_of("# *:*:*:*:s3cret", WANTED), None);
        assert_eq!(password_of("*:*:*:s3cret", WANTED), None);
    }

    #[test]
    fn a_password_holds_colons_and_backslashes() {
        assert_eq!(password_of(r"*:*:*:*:a:b\:c\\d", WANTED).as_deref(), Some(r"a:b:c\d"));
    }
}
