//! The one thread that writes.
//!
//! Requests queue here and wait for the commit; whatever waits at the same moment shares one transaction and one sync to
//! disk. The queue is bounded: when it is full the sender is told to come back, so a slow disk never becomes a full memory.

use std::thread::JoinHandle;

use rusqlite::{Connection, Result};
use tokio::sync::{mpsc, oneshot, watch};

use crate::anonymous::Counts;
use crate::batch::Accepted;
use crate::clock::{self, Millis};
use crate::keep;
use crate::refusal::Refusal;
use crate::rows::{self, Erased, Stored};

/// Jobs that share a transaction: enough to hide the sync, few enough that the first does not wait long.
const TOGETHER: usize = 64;

enum Job {
    Store(Box<Accepted>, oneshot::Sender<Option<Stored>>),
    Erase(String, oneshot::Sender<Option<Erased>>),
    Count(Counts, oneshot::Sender<Option<u64>>),
    Refused(&'static str, String),
    /// Delete what is from before this moment.
    Expire(Millis, oneshot::Sender<Option<usize>>),
}

/// What was changed so far; readers that saw an older one look again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// Transactions.
    pub(crate) commits: u64,
    /// Those that deleted something: what a reader kept may be gone.
    pub(crate) erasures: u64,
}

/// A way into the queue.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    /// Starts the thread. It ends when the last `Writer` is gone and everything queued is committed.
    pub(crate) fn start(connection: Connection, queue: usize) -> std::io::Result<(Self, watch::Receiver<Changes>, JoinHandle<()>)> {
        let (jobs, waiting) = mpsc::channel(queue.max(1));
        let (told, changes) = watch::channel(Changes::default());
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || run(connection, waiting, &told))?;
        Ok((Self { jobs }, changes, thread))
    }

    /// Stores a batch; answers after the commit.
    pub(crate) async fn store(&self, batch: Box<Accepted>) -> std::result::Result<Stored, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.ask(Job::Store(batch, answer), answered).await
    }

    /// Deletes everything of a visitor; answers after the commit.
    pub(crate) async fn erase(&self, visitor: String) -> std::result::Result<Erased, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.ask(Job::Erase(visitor, answer), answered).await
    }

    /// Deletes some of what is from before a moment; answers how many events that were.
    pub(crate) async fn expire(&self, before: Millis) -> std::result::Result<usize, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.ask(Job::Expire(before, answer), answered).await
    }

    /// Adds to the sums of nobody; answers how many events that were, after the commit.
    pub(crate) async fn count(&self, counts: Counts) -> std::result::Result<u64, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.ask(Job::Count(counts, answer), answered).await
    }

    async fn ask<T>(&self, job: Job, answered: oneshot::Receiver<Option<T>>) -> std::result::Result<T, Refusal> {
        self.jobs.try_send(job).map_err(|_| Refusal::Busy)?;
        answered.await.ok().flatten().ok_or(Refusal::Unstored)
    }

    /// Counts a refusal, if there is room for it: a flood of refusals must not crowd out events.
    pub(crate) fn refused(&self, refusal: &Refusal) {
        if self.jobs.capacity() > self.jobs.max_capacity() / 2 {
            // A count lost to a full queue is a count; the refused request itself was answered.
            let _ = self.jobs.try_send(Job::Refused(refusal.kind(), refusal.text().to_owned()));
        }
    }
}

fn run(mut connection: Connection, mut waiting: mpsc::Receiver<Job>, told: &watch::Sender<Changes>) {
    let mut jobs = Vec::with_capacity(TOGETHER);
    while let Some(first) = waiting.blocking_recv() {
        jobs.push(first);
        while jobs.len() < TOGETHER
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        match commit(&mut connection, &jobs) {
            Ok(outcomes) => {
                let erasing = outcomes.iter().any(|outcome| matches!(outcome, Outcome::Erased(_) | Outcome::Expired(1..)));
                if erasing {
                    // The write-ahead log still holds copies of what was erased.
                    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
                }
                told.send_modify(|changes| {
                    changes.commits += 1;
                    changes.erasures += u64::from(erasing);
                });
                for (job, outcome) in jobs.drain(..).zip(outcomes) {
                    job.answer(outcome);
                }
            }
            Err(error) => {
                eprintln!("writing the database failed, {} requests are told to come back: {error}", jobs.len());
                // Dropping a job drops its sender, which its request reads as "not stored".
                jobs.clear();
            }
        }
    }
    let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
}

enum Outcome {
    Stored(Stored),
    Erased(Erased),
    Summed(u64),
    Counted,
    Expired(usize),
}

/// All jobs or none: an answer of 2xx is a committed transaction.
fn commit(connection: &mut Connection, jobs: &[Job]) -> Result<Vec<Outcome>> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        outcomes.push(match job {
            Job::Store(batch, _) => Outcome::Stored(rows::store(&transaction, batch)?),
            Job::Erase(visitor, _) => Outcome::Erased(rows::erase(&transaction, visitor, clock::now())?),
            Job::Expire(before, _) => Outcome::Expired(keep::expire(&transaction, *before)?),
            Job::Count(counts, _) => Outcome::Summed(counts.store(&transaction, clock::now())?),
            Job::Refused(kind, reason) => {
                rows::refused(&transaction, clock::now(), kind, reason)?;
                Outcome::Counted
            }
        });
    }
    transaction.commit()?;
    Ok(outcomes)
}

impl Job {
    /// Whoever no longer waits for the answer (a page that is gone) misses nothing.
    fn answer(self, outcome: Outcome) {
        match (self, outcome) {
            (Self::Store(_, answer), Outcome::Stored(stored)) => drop(answer.send(Some(stored))),
            (Self::Erase(_, answer), Outcome::Erased(erased)) => drop(answer.send(Some(erased))),
            (Self::Expire(_, answer), Outcome::Expired(events)) => drop(answer.send(Some(events))),
            (Self::Count(_, answer), Outcome::Summed(events)) => drop(answer.send(Some(events))),
            _ => {}
        }
    }
}
