//! What a receiver's answer means for the events of one request, and what that of all its requests means for a batch.

use crate::engine::json::{Json, own, push_int, put};
use crate::engine::text::{cut, part};

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Stored, but for so many events.
    Stored(u32),
    /// The same again, later.
    Retry,
    /// One of them is bad, nobody knows which: in halves.
    Split,
    /// Too much at once: in halves.
    TooLarge,
    /// None will ever be taken.
    Never,
    /// Perhaps stored, and the receiver would not know them again.
    HandedOver,
}

impl Verdict {
    /// As JavaScript hears it: how many were refused, or one of five negative numbers.
    pub fn code(self) -> i32 {
        match self {
            Self::Stored(refused) => i32::try_from(refused).unwrap_or(i32::MAX),
            Self::Retry => -1,
            Self::Split => -2,
            Self::TooLarge => -3,
            Self::Never => -4,
            Self::HandedOver => -5,
        }
    }
}

/// What most receivers mean by a status. A key, an address or a content type that is wrong for one event is wrong for all.
pub fn by_status(status: u16) -> Verdict {
    match status {
        200..=299 => Verdict::Stored(0),
        401 | 403 | 404 | 405 | 410 | 415 => Verdict::Never,
        413 => Verdict::TooLarge,
        0 | 408 | 425 | 429 | 500.. => Verdict::Retry,
        _ => Verdict::Split,
    }
}

/// For receivers that know no event again: only what surely was not stored goes twice.
pub fn at_most_once(status: u16) -> Verdict {
    match status {
        0 | 408 | 500 | 502 | 504.. => Verdict::HandedOver,
        _ => by_status(status),
    }
}

/// What follows for a batch from what its requests came to: how many of its events are lost already, because they can't go at
/// all or an earlier try has lost them, and each request's [`Verdict::code`] and number of events (`-1 3,0 20`).
///
/// Answers, with blanks between, the status that the engine hears, and for each request `-` where its events go again, or how
/// many of them are lost. While somebody wants the same again the whole batch waits for that; halving it comes after, of what
/// is not settled by then. A single event is not halved.
pub(super) fn conclude(lost: &str, verdicts: &str) -> String {
    let number = |text| Json(text).int().unwrap_or(0);
    let (mut lost, mut rest, mut marks) = (number(lost), verdicts, String::new());
    let (mut wants_retry, mut wants_halves, mut is_too_large, mut is_handed_over) = (false, false, false, false);
    while !rest.is_empty() {
        let one = part(&mut rest, b',');
        let (code, count) = cut(one, b" ").unwrap_or((one, ""));
        put(&mut marks, " ");
        match code {
            "-1" => wants_retry = true,
            "-2" if count != "1" => wants_halves = true,
            // The engine has a name for what is too large by itself.
            "-3" if count != "1" || verdicts == "-3 1" => is_too_large = true,
            _ => {
                is_handed_over |= code == "-5";
                let refused = match code {
                    "-5" => 0,
                    // A single one that is refused is the bad one.
                    "-2" | "-3" | "-4" => number(count),
                    _ => number(code).min(number(count)),
                };
                lost += refused;
                push_int(&mut marks, refused);
                continue;
            }
        }
        put(&mut marks, "-");
    }
    let mut out = own(match (wants_retry, wants_halves, is_too_large) {
        (true, ..) => "503",
        (_, true, _) => "400",
        (.., true) => "413",
        // Of some of it nobody can know more: then that is what is said of all.
        _ if lost == 0 => {
            if is_handed_over {
                "-2"
            } else {
                "200"
            }
        }
        _ => "",
    });
    if out.is_empty() {
        // Stored, but for so many.
        push_int(&mut out, lost + 1000);
    }
    put(&mut out, &marks);
    out
}
