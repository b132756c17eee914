//! The server's clock, and how far a sender's clock is believed.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub(crate) type Millis = i64;

/// A sender's clock may be this far ahead before its times are replaced: ordinary drift, and no more.
const TOLERANCE: Millis = 5 * 60 * 1000;
/// What the SDK keeps at most before it gives an event up (72 hours): no event can be older than this when it is sent.
const OLDEST: Millis = 72 * 60 * 60 * 1000;

/// Now.
pub(crate) fn now() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Millis::try_from(since.as_millis()).unwrap_or(Millis::MAX)
}

/// When an event happened, as far as it can be believed, and whether the sender's clock was ahead.
///
/// A time in the future would stand at the head of every list until that day comes. It is replaced by the server's own:
/// received, less the time the event waited, which both of the sender's stamps tell whatever its clock says.
pub(crate) fn believed(t: Millis, sent: Millis, received: Millis) -> (Millis, bool) {
    if t <= received.saturating_add(TOLERANCE) {
        return (t, false);
    }
    let waited = sent.saturating_sub(t).clamp(0, OLDEST);
    (received.saturating_sub(waited), true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_the_past_is_kept() {
        assert_eq!(believed(1_000, 2_000, 5_000), (1_000, false));
        assert_eq!(believed(5_000 + TOLERANCE, 0, 5_000), (5_000 + TOLERANCE, false));
    }

    #[test]
    fn a_time_in_the_future_becomes_the_servers_less_the_wait() {
        let day = 86_400_000;
        assert_eq!(believed(day, day + 700, 5_000), (4_300, true));
        assert_eq!(believed(day, 0, 5_000), (5_000, true));
        assert_eq!(believed(Millis::MAX, Millis::MAX, 5_000), (5_000, true));
    }
}
