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

/// A moment as ISO 8601 in UTC: `2026-09-21T14:13:20.123Z`. The date is Howard Hinnant's civil_from_days
/// (<https://howardhinnant.github.io/date_algorithms.html>).
pub(crate) fn iso(at: Millis) -> String {
    // Nobody's clock says less than the year 0 or more than 9999: the end of a list of digits is of more use than a date there.
    let at = at.clamp(-62_167_219_200_000, 253_402_300_799_999);
    let (days, rest) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000));
    let z = days + 719_468;
    let (era, doe) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    let (hour, minute, second, milli) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1000 % 60, rest % 1000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// Reads ISO 8601 in UTC as `iso` writes it; digits below the millisecond, or none, are fine.
pub(crate) fn parse_iso(text: &str) -> Option<Millis> {
    let (date, time) = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00"))?.split_once('T')?;
    let mut numbers = date.split('-').chain(time.split(['.', ':'])).map(|part| part.get(..part.len().min(4))?.parse::<Millis>().ok());
    let mut next = || numbers.next().flatten();
    let (year, month, day) = (next()?, next()?, next()?);
    let (hour, minute, second) = (next()?, next()?, next()?);
    let fraction = time.split_once('.').map_or("", |(_, fraction)| fraction);
    let milli: Millis = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let shifted = if month > 2 { year } else { year - 1 };
    let (era, moon) = (shifted.div_euclid(400), (month + 9) % 12);
    let of_era = shifted.rem_euclid(400);
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * moon + 2) / 5 + day - 1 - 719_468;
    Some(((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + milli)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_moment_is_read_back() {
        for at in [0, 951_782_400_000, 951_868_799_999, 4_107_542_400_000, 1_790_000_000_123] {
            assert_eq!(parse_iso(&iso(at)), Some(at));
        }
        assert_eq!(parse_iso("2026-11-20T23:44:59Z"), Some(1_795_218_299_000));
        assert_eq!((parse_iso(""), parse_iso("yesterday"), parse_iso("2026-11-20")), (None, None, None));
    }

    #[test]
    fn a_moment_is_printed_as_its_date() {
        for (at, expected) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (1_790_000_000_123, "2026-09-21T14:13:20.123Z"),
        ] {
            assert_eq!(iso(at), expected);
        }
    }

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
