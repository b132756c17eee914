//! How much of everything a stranger gets, and the reading of a body within it.
//!
//! Memory is bounded by bytes that really arrived: a body claims its share of one budget as it grows, so that a thousand
//! slow senders hold only what they sent, and what does not fit is turned away at once instead of waiting.

use std::io::{ErrorKind, Read};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::refusal::Refusal;

/// The limits of one collector.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A body may be this long, as sent and unpacked.
    pub max_body: usize,
    /// All bodies being read or waiting to be stored together.
    pub all_bodies: usize,
    /// A request's headers, and its body, must have arrived after this long.
    pub patience: Duration,
    /// Open connections; the next one waits in the system's backlog.
    pub connections: usize,
    /// Open live views.
    pub views: usize,
    /// Batches that wait to be stored.
    pub queue: usize,
    /// A graceful stop waits this long for requests to end.
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body: 1 << 20,
            all_bodies: 64 << 20,
            patience: Duration::from_secs(10),
            connections: 1024,
            views: 32,
            queue: 256,
            grace: Duration::from_secs(10),
        }
    }
}

/// More events (or pages) in one batch are refused; the SDK sends twenty.
pub(crate) const MAX_EVENTS: usize = 1000;
/// The first bytes of a gzip body (RFC 1952 §2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A body's text, and its claim on the budget: keep it until the answer is made.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) text: String,
    _claim: Claim,
}

/// A share of the budget for all bodies.
#[derive(Debug)]
struct Claim {
    budget: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Claim {
    fn more(&mut self, bytes: usize) -> Result<(), Refusal> {
        let bytes = u32::try_from(bytes).map_err(|_| Refusal::Busy)?;
        let permit = Arc::clone(&self.budget).try_acquire_many_owned(bytes).map_err(|_| Refusal::Busy)?;
        match &mut self.held {
            Some(held) => held.merge(permit),
            none => *none = Some(permit),
        }
        Ok(())
    }
}

/// Reads a body to its end, unpacks it if its first bytes say gzip, and checks that it is text.
pub(crate) async fn take(body: Body, budget: &Arc<Semaphore>, limits: &Limits) -> Result<Taken, Refusal> {
    let mut claim = Claim { budget: Arc::clone(budget), held: None };
    let reading = tokio::time::timeout(limits.patience, arrive(body, &mut claim, limits.max_body));
    let bytes = reading.await.map_err(|_| Refusal::Slow)??;
    let bytes = if bytes.starts_with(&GZIP) { unpack(&bytes, &mut claim, limits.max_body)? } else { bytes };
    let text = String::from_utf8(bytes).map_err(|_| Refusal::Malformed("body: not UTF-8".to_owned()))?;
    Ok(Taken { text, _claim: claim })
}

fn too_large(max: usize) -> Refusal {
    Refusal::TooLarge(format!("body: more than {max} bytes"))
}

async fn arrive(body: Body, claim: &mut Claim, max: usize) -> Result<Vec<u8>, Refusal> {
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::Malformed("body: broken off".to_owned()))?;
        if bytes.len() + chunk.len() > max {
            // Swallow a little more before answering: a browser that is still writing would see a reset, not the 413.
            let mut swallowed = 0;
            while let Some(Ok(chunk)) = stream.next().await {
                swallowed += chunk.len();
                if swallowed > 8 * max {
                    break;
                }
            }
            return Err(too_large(max));
        }
        claim.more(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn unpack(packed: &[u8], claim: &mut Claim, max: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(max).unwrap_or(u64::MAX).saturating_add(1);
    let mut reader = MultiGzDecoder::new(packed).take(limit);
    let read = reader.read_to_end(&mut bytes);
    read.map_err(|why| {
        let reason = if why.kind() == ErrorKind::UnexpectedEof { "body: gzip that ends too early" } else { "body: broken gzip" };
        Refusal::Malformed(reason.to_owned())
    })?;
    if bytes.len() > max {
        return Err(too_large(max));
    }
    claim.more(bytes.len())?;
    Ok(bytes)
}
