//! Codes of shops by the thousand: shapes that differ in their digits, made from a fixed seed.

/// A small generator (the constants of Knuth's MMIX): the same texts in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    /// A shape filled in: `#` a digit, `+` a digit but zero, `@` a capital letter, `~` a small one, `*` a hexadecimal digit,
    /// `^` a letter or digit; all else stays.
    fn fill(&mut self, shape: &str) -> String {
        let pick = |dice: &mut Self, from: &[u8]| char::from(from[usize::try_from(dice.below(from.len() as u64)).unwrap_or(0)]);
        let fill = |c| match c {
            '#' => pick(self, b"0123456789"),
            '+' => pick(self, b"123456789"),
            '@' => pick(self, b"ABCDEFGHJKLMNPRSTUVWXYZ"),
            '~' => pick(self, b"abcdefghijklmnopqrstuvwxyz"),
            '*' => pick(self, b"0123456789abcdef"),
            '^' => pick(self, b"ABCDEFGHJKLMNPRSTUVWXYZ0123456789abcdefghijkmnpqrstuvwxyz"),
            other => other,
        };
        shape.chars().map(fill).collect()
    }
}

/// Digits and the check digit that makes a GTIN of them.
fn gtin(digits: &str) -> String {
    let sum: u32 = digits.bytes().rev().enumerate().map(|(at, b)| u32::from(b - b'0') * if at % 2 == 0 { 3 } else { 1 }).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

/// Nine digits and the check digit that makes an ISBN-10 of them.
fn isbn(digits: &str) -> String {
    let sum: u32 = digits.bytes().enumerate().map(|(at, b)| u32::from(b - b'0') * (10 - u32::try_from(at).unwrap_or(0))).sum();
    match (11 - sum % 11) % 11 {
        10 => format!("{digits}X"),
        n => format!("{digits}{n}"),
    }
}

/// How many of each shape.
const EACH: usize = 22;

/// Where, and the shape. `text` is every place a text may stand in.
const SHAPES: [(&str, &str); 83] = [
    ("item_id", "@@@-#####-@@"),
    ("item_id", "##########"),
    ("item_id", "############"),
    ("item_id", "################"),
    ("item_id", "#############-@"),
    ("item_variant", "###-###-####"),
    ("sku", "#### #### #### ####"),
    ("product_id", "#############"),
    ("transaction_id", "+#########"),
    ("transaction_id", "45##############"),
    ("transaction_id", "###-#######-#######"),
    ("order_number", "0#########"),
    ("order_id", "20######-######"),
    ("tracking_number", "############"),
    ("tracking_number", "0##############"),
    ("gtin", "+#############"),
    ("text", "@@@-#####"),
    ("text", "@@#####-##"),
    ("text", "##-####-##"),
    ("text", "###.###.##"),
    ("text", "@#@#@#-~~"),
    ("text", "@@-####-@@-##"),
    ("text", "###-##-@"),
    ("text", "####-@@@-###"),
    ("text", "SKU@@######"),
    ("text", "Art.-Nr. ######"),
    ("text", "#+#####"),
    ("text", "#+######"),
    ("text", "ORD-20261121-#####"),
    ("text", "ORD20261121######"),
    ("text", "10########"),
    ("text", "2026-000###"),
    ("text", "RE-2026-#####"),
    ("text", "20260####"),
    ("text", "1Z@#@#########@###"),
    ("text", "JD0146##############"),
    ("text", "JJD0099#############"),
    ("text", "@@#########GB"),
    ("text", "@@#########CN"),
    ("text", "9400 1### #### #### #### ##"),
    ("text", "94001###################"),
    ("text", "7### #### ####"),
    ("text", "96120198###############"),
    ("text", "+#### €"),
    ("text", "+.###,## €"),
    ("text", "€ +.###.###,-"),
    ("text", "$+,###.##"),
    ("text", "+# ### Kč"),
    ("text", "+## ### ₫"),
    ("text", "+##.###.### ₫"),
    ("text", "¥+##,###"),
    ("text", "Rs. +,##,###"),
    ("text", "+##.##, +##.##"),
    ("text", "+#.######, +#.######"),
    ("text", "+#.######,-+#.######"),
    ("text", "-+#.########"),
    ("text", "0.########"),
    ("text", "********-****-4***-a***-************"),
    ("text", "0192****-****-7***-9***-************"),
    ("text", "********************************"),
    ("text", "****************************************"),
    ("url", "https://cdn.test/assets/app.********.js?v=##########"),
    ("url", "https://shop.test/media/****************************************************************.webp"),
    ("url", "https://shop.test/p/0#########"),
    ("url", "https://shop.test/p/~~~~~-~~~~-#######?variant=4############5"),
    ("url", "https://shop.test/p/~~~~~~~?gclid=EAIaIQobChMI^^^^^^^^^^^^^^^^^^^^^_D_BwE"),
    ("url", "https://shop.test/?fbclid=IwAR^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"),
    ("url", "https://shop.test/?utm_source=meta&utm_id=1202##############&utm_campaign=2385#############"),
    ("url", "https://shop.test/?_gl=1*^^^^^^*_ga*##########.17########*_ga_^^^^^^^^^^*17########"),
    ("text", "17########"),
    ("text", "17###########"),
    ("text", "2026-1#-2# 1#:#+:##"),
    ("text", "2026-1#-2#T1#:#+:##.###Z"),
    ("text", "2#.1#.2026 1#:##"),
    ("text", "2#/1#/2026 - 2#/1#/2026"),
    ("text", "1#.#+.#.####"),
    ("text", "v2.##.#-beta.#"),
    ("text", "192.168.#.1##"),
    ("text", "##,# x ##,# x +## cm"),
    ("text", "+##x+##x+## mm"),
    ("text", "###-### mm f/2.8"),
    ("text", "#******"),
    ("text", "W@@ZZZ1JZ#W######"),
];

/// All families, as (where, text).
pub(crate) fn all() -> Vec<(String, String)> {
    let mut dice = Dice(2026);
    let mut all = Vec::new();
    for (place, shape) in SHAPES {
        for _ in 0..EACH {
            all.push((place.to_owned(), dice.fill(shape)));
        }
    }
    for prefix in ["40", "42", "50", "54", "30", "34", "36", "38", "60", "76", "80", "87", "93", "00", "01", "03", "20", "62", "69"] {
        for _ in 0..8 {
            let digits = dice.fill("##########");
            all.push(("text".to_owned(), gtin(&format!("{prefix}{digits}"))));
            let digits = dice.fill("#########");
            all.push(("text".to_owned(), gtin(&format!("{prefix}{digits}"))));
        }
    }
    for group in ["0", "1", "3", "9"] {
        for _ in 0..10 {
            let digits = dice.fill("########");
            all.push(("text".to_owned(), isbn(&format!("{group}{digits}"))));
        }
    }
    all
}
