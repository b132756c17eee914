//! The options of the group `consent`, as www/sdk/config.js has read them.

use super::choice::{Choices, Purposes};
use super::signals::{Signals, Source};

/// What the shop decided about consent, and what the browser says of itself.
#[derive(Clone, Debug)]
pub struct Terms {
    /// The purposes that must all be granted.
    pub required: Purposes,
    pub signals: Signals,
    /// The version of the policy that the shopper is shown, escaped as in JSON.
    pub policy: String,
}

impl Terms {
    /// Takes the numbers in their order: required purposes (none is all of them), whether the part that listens to platforms
    /// is waited for, and what each source says in advance.
    pub fn read(policy: String, mut next: impl FnMut() -> u8) -> Self {
        let required = Some(Choices::from_bits(next()).granted()).filter(|p| *p != Purposes::NONE);
        let mut signals = Signals::default();
        if next() > 0 {
            signals.wait();
        }
        for source in Source::all() {
            let choices = Choices::from_bits(next());
            if choices != Choices::default() {
                signals.hear(source, choices);
            }
        }
        Self { required: required.unwrap_or(Purposes::ALL), signals, policy }
    }
}
