//! Opening the database, and bringing an older one up to date.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// The file within the data folder.
const FILE: &str = "cartbeacon.sqlite";
/// Each brings the database from the version of its index to the next one; a released one is never changed.
const MIGRATIONS: [&str; 9] = [
    include_str!("schema/001.sql"),
    include_str!("schema/002.sql"),
    include_str!("schema/003.sql"),
    include_str!("schema/004.sql"),
    include_str!("schema/005.sql"),
    include_str!("schema/006.sql"),
    include_str!("schema/007.sql"),
    include_str!("schema/008.sql"),
    include_str!("schema/009.sql"),
];
/// How long another process (a backup, a curious person) may hold the database before it counts as not writable.
const BUSY: Duration = Duration::from_secs(5);
/// Readers kept open between questions.
const IDLE_READERS: usize = 4;

/// Why a database cannot be used.
#[derive(Debug)]
pub enum OpenError {
    Folder(PathBuf, std::io::Error),
    /// Its version, and the newest this program knows.
    Newer(PathBuf, usize, usize),
    Sqlite(PathBuf, rusqlite::Error),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path, why) => write!(f, "cannot make the data folder {}: {why}", path.display()),
            Self::Newer(path, found, known) => {
                write!(
                    f,
                    "{} was made by a newer collector (version {found}; this one knows {known}): update the collector",
                    path.display()
                )
            }
            Self::Sqlite(path, why) => write!(f, "cannot use the database {}: {why}", path.display()),
        }
    }
}

impl std::error::Error for OpenError {}

/// Opens (or makes) the database in `folder` for its one writer.
pub(crate) fn open(folder: &Path) -> Result<(Connection, Readers), OpenError> {
    std::fs::create_dir_all(folder).map_err(|e| OpenError::Folder(folder.to_owned(), e))?;
    let path = folder.join(FILE);
    let mut connection = Connection::open(&path).map_err(|e| OpenError::Sqlite(path.clone(), e))?;
    let found = prepare(&mut connection).map_err(|e| OpenError::Sqlite(path.clone(), e))?;
    if found > MIGRATIONS.len() {
        return Err(OpenError::Newer(path, found, MIGRATIONS.len()));
    }
    Ok((connection, Readers { path: path.into(), idle: Arc::default() }))
}

/// Sets the connection up and runs what migrations are missing; answers the version that was found.
fn prepare(connection: &mut Connection) -> rusqlite::Result<usize> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // An answer of 2xx means stored, also when the machine loses power; batches that wait share one sync.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // What a shopper asked to be forgotten is overwritten, not only unlinked.
    connection.pragma_update(None, "secure_delete", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    let found: usize = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (version, sql) in MIGRATIONS.iter().enumerate().skip(found) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
    Ok(found)
}

/// Connections that only read, lent out one question at a time.
#[derive(Clone, Debug)]
pub(crate) struct Readers {
    path: Arc<Path>,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    /// Asks `question` on a thread that may block; `None` when the database could not answer.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Option<T> {
        let this = self.clone();
        let answer = tokio::task::spawn_blocking(move || this.ask_now(question)).await;
        match answer {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                eprintln!("reading the database failed: {error}");
                None
            }
            Err(_) => None,
        }
    }

    fn ask_now<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                let connection = Connection::open_with_flags(&self.path, flags)?;
                connection.busy_timeout(BUSY)?;
                connection.set_prepared_statement_cache_capacity(32);
                connection
            }
        };
        let answer = question(&connection);
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
        answer
    }
}
