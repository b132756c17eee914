//! Money without floats: decimal text in, minor units inside, decimal text out.
//!
//! JavaScript prints `0.1 + 0.2` as `0.30000000000000004`; in euro that is 30 cents, and it leaves as `0.3`. The number of
//! minor digits comes from ISO 4217 (list one, as amended to 2026): <https://www.six-group.com/en/products-services/financial-information/data-standards.html>.

use super::json::{int, push_int, put};
use super::text::cut;

/// The codes in their order, before each how many minor digits it has where these are not two. Codes of metals, funds and tests
/// are left out: no shop prices in them.
const CODES: &str = "AEDAFNALLAMDAOAARSAUDAWGAZNBAMBBDBDTBGN3BHD0BIFBMDBNDBOBBRLBSDBTNBWPBYNBZDCADCDFCHF4CLF0CLPCNYCOP\
CRCCUPCVECZK0DJFDKKDOPDZDEGPERNETBEURFJDFKPGBPGELGHSGIPGMD0GNFGTQGYDHKDHNLHTGHUFIDRILSINR3IQDIRR0ISKJMD3JOD0JPYKESKGSK\
HR0KMFKPW0KRW3KWDKYDKZTLAKLBPLKRLRDLSL3LYDMADMDLMGAMKDMMKMNTMOPMRUMURMVRMWKMXNMYRMZNNADNGNNIONOKNPRNZD3OMRPABPENPGKPHP\
PKRPLN0PYGQARRONRSDRUB0RWFSARSBDSCRSDGSEKSGDSHPSLESOSSRDSSPSTNSVCSYPSZLTHBTJSTMT3TNDTOPTRYTTDTWDTZSUAH0UGXUSD0UYIUYU4U\
YWUZSVEDVES0VND0VUVWST0XAFXCDXCG0XOF0XPFYERZARZMWZWG";

/// The same as it ships, half as large: how far each code is from the one before, as numbers with letters for digits, and its
/// minor digits in the upper four bits.
static STEPS: [u16; 159] = steps(CODES.as_bytes());

/// Done by the compiler, which also finds a code that is out of order.
#[expect(clippy::indexing_slicing, reason = "not when it runs")]
const fn steps(codes: &[u8]) -> [u16; 159] {
    let mut steps = [0; 159];
    let (mut place, mut count, mut before) = (0, 0, 0);
    while place < codes.len() {
        let mut digits = 2;
        if codes[place] < b'A' {
            digits = codes[place] - b'0';
            place += 1;
        }
        let number = next(next(next(0, codes[place]), codes[place + 1]), codes[place + 2]);
        steps[count] = (number - before) | (digits as u16) << 12;
        before = number;
        count += 1;
        place += 3;
    }
    steps
}

/// A code's number, one letter further.
const fn next(number: u16, letter: u8) -> u16 {
    number * 26 + (letter - b'A') as u16
}

/// How many minor digits a currency has; `None` when ISO 4217 does not know the code.
pub fn exponent(code: &str) -> Option<u8> {
    let mut rest = 0;
    for letter in code.bytes() {
        if !letter.is_ascii_uppercase() || code.len() != 3 {
            return None;
        }
        rest = next(rest, letter);
    }
    for step in &STEPS {
        rest = rest.checked_sub(*step & 4095)?;
        if rest == 0 {
            return Some((*step >> 12) as u8);
        }
    }
    None
}

/// An amount in minor units, and whether digits below them had to be rounded away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amount {
    pub minor: i64,
    pub rounded: bool,
}

/// Reads `-12.345`, `1e3`, `0.30000000000000004`. `None` when it is no decimal number or has more than 15 digits before
/// the point. Halves are rounded away from zero; digits that differ from the rounded value by less than 10⁻⁸ are the
/// noise of a float and not reported.
pub fn parse(text: &str, exponent: u8) -> Option<Amount> {
    let (negative, text) = match text.strip_prefix("-") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, shift) = match cut(text, b"eE") {
        Some((m, e)) => (m, scale(e)?),
        None => (text, 0),
    };
    let (whole, fraction) = cut(mantissa, b".").unwrap_or((mantissa, ""));
    if whole.is_empty() || (fraction.is_empty() && mantissa.len() != whole.len()) {
        return None;
    }
    // The first `places` digits are minor units (none when negative: then leading zeros are not spelled out), the next
    // ten are what is rounded; zeros fill up what is not written.
    let count = i32::try_from(whole.len() + fraction.len()).ok()?;
    let places = i32::try_from(whole.len()).ok()? + shift + i32::from(exponent);
    let mut digits = mantissa.bytes().filter(|b| *b != b'.');
    let mut minor = 0;
    let mut rest = 0;
    for place in 0..count.max(places + REST_DIGITS) {
        let b = if place < count { digits.next()? } else { b'0' };
        if !b.is_ascii_digit() {
            return None;
        }
        let digit = i64::from(b - b'0');
        if place < places {
            minor = minor * 10 + digit;
            if minor > MAX_MINOR {
                return None;
            }
        } else if place < places + REST_DIGITS {
            rest = rest * 10 + digit;
        }
    }
    let up = rest >= REST_UNIT / 2;
    let error = if up { REST_UNIT - rest } else { rest };
    minor += i64::from(up);
    Some(Amount { minor: if negative { -minor } else { minor }, rounded: error > NOISE })
}

/// Digits looked at below the minor unit, and one minor unit counted in them.
const REST_DIGITS: i32 = 10;
const REST_UNIT: i64 = 10_000_000_000;
/// Below 10⁻⁸ of the minor unit's power of ten it is the noise of a float.
const NOISE: i64 = 100;
/// Fifteen digits: exact as a JavaScript number, and sums of 200 lines stay inside an `i64`.
const MAX_MINOR: i64 = 999_999_999_999_999;

/// The exponent of `1e21`; more than two digits is no price.
fn scale(text: &str) -> Option<i32> {
    let negative = text.strip_prefix("-");
    let digits = negative.or_else(|| text.strip_prefix("+")).unwrap_or(text);
    let n = i32::try_from(int(digits)?).ok().filter(|n| *n < 100)?;
    Some(if negative.is_some() { -n } else { n })
}

/// Appends minor units as the shortest decimal: 2998 of two digits is `29.98`, 2990 is `29.9`, 2900 is `29`.
pub fn push(out: &mut String, minor: i64, exponent: u8) {
    if minor < 0 {
        put(out, "-");
    }
    let unit = 10_u64.pow(u32::from(exponent.min(4)));
    let whole = minor.unsigned_abs();
    push_int(out, whole / unit);
    let mut fraction = whole % unit;
    let mut place = unit;
    if fraction > 0 {
        put(out, ".");
        while fraction > 0 {
            place /= 10;
            push_int(out, fraction / place);
            fraction %= place;
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn minor(text: &str) -> Option<i64> {
        parse(text, 2).map(|a| a.minor)
    }

    #[test]
    fn decimal_text_becomes_minor_units() {
        for (text, expected) in [
            ("0", 0),
            ("29.98", 2998),
            ("29.9", 2990),
            ("-5", -500),
            ("1e3", 100_000),
            ("1.5E+2", 15_000),
            ("25e-1", 250),
            ("1e-7", 0),
            ("5e-3", 1),
            ("0.30000000000000004", 30),
            ("1.005", 101),
            ("1.0049", 100),
            ("-1.005", -101),
            ("0.0149999", 1),
        ] {
            assert_eq!(minor(text), Some(expected), "{text}");
        }
        for text in ["", "-", ".5", "5.", "1,5", "abc", "1e", "1e999", "NaN", "12345678901234567890", "--1", "1e16", "1.2.3"] {
            assert_eq!(minor(text), None, "{text}");
        }
    }

    #[test]
    fn float_noise_is_not_rounding() {
        assert_eq!(parse("0.30000000000000004", 2).map(|a| a.rounded), Some(false));
        assert_eq!(parse("0.29999999999999998", 2), Some(Amount { minor: 30, rounded: false }));
        assert_eq!(parse("16.806722689", 2), Some(Amount { minor: 1681, rounded: true }));
    }

    #[test]
    fn exponents_are_those_of_iso_4217() {
        for (code, expected) in
            [("EUR", Some(2)), ("JPY", Some(0)), ("KWD", Some(3)), ("CLF", Some(4)), ("XXX", None), ("eur", None), ("URF", None)]
        {
            assert_eq!(exponent(code), expected, "{code}");
        }
    }

    #[test]
    fn every_code_of_the_list_is_read_back_from_the_steps_and_no_other() {
        let mut expected = Vec::new();
        for code in CODES.split_inclusive(char::is_alphabetic).collect::<Vec<_>>().chunks(3).map(<[_]>::concat) {
            let digits = code.chars().next().and_then(|c| c.to_digit(10));
            expected.push((code.replace(char::is_numeric, ""), digits.unwrap_or(2)));
        }
        assert_eq!(expected.len(), STEPS.len());
        for number in 0..26_usize.pow(3) {
            let code: String = [676, 26, 1].map(|place| char::from(b'A' + (number / place % 26) as u8)).into_iter().collect();
            assert_eq!(
                exponent(&code).map(u32::from),
                expected.iter().find(|(known, _)| *known == code).map(|(_, digits)| *digits),
                "{code}"
            );
        }
        for code in ["", "EU", "EURO", "EU[", "@ED", "AFz", "\u{c4}ED"] {
            assert_eq!(exponent(code), None, "{code}");
        }
    }

    fn print(minor: i64, exponent: u8) -> String {
        let mut out = String::new();
        push(&mut out, minor, exponent);
        out
    }

    #[test]
    fn minor_units_print_as_the_shortest_decimal() {
        for (minor, exponent, expected) in [
            (2998, 2, "29.98"),
            (2990, 2, "29.9"),
            (2900, 2, "29"),
            (5, 2, "0.05"),
            (-5, 2, "-0.05"),
            (1234, 0, "1234"),
            (1, 3, "0.001"),
            (0, 4, "0"),
        ] {
            assert_eq!(print(minor, exponent), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_printed_is_read_back(minor in -MAX_MINOR..MAX_MINOR, exponent in 0_u8..5) {
            proptest::prop_assert_eq!(parse(&print(minor, exponent), exponent), Some(Amount { minor, rounded: false }));
        }
    }
}
