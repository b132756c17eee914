//! Time as it is handed in, and the one table of timers.

/// Milliseconds, of the clock that the context names.
pub type Millis = u64;

/// One moment on both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// `Date.now()`: since the Unix epoch; may jump.
    pub wall: Millis,
    /// `performance.now()`: since the page began; never goes back.
    pub mono: Millis,
}

/// Why the machine wants to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// When a batch is due.
    Flush,
    /// When a page has had time to set its title: being woken is enough, the title comes along.
    Title,
    /// When held events are too old to be kept.
    Hold,
    /// When a send has not been answered for too long.
    Answer,
    /// When the browser is given what to send should the tab die.
    Tail,
}

const COUNT: usize = 5;

/// When each timer is due, on the monotonic clock; never, where it is stopped.
#[derive(Clone, Debug)]
pub struct Timers([Millis; COUNT]);

/// No clock comes so far.
const NEVER: Millis = Millis::MAX;

impl Default for Timers {
    fn default() -> Self {
        Self([NEVER; COUNT])
    }
}

impl Timers {
    pub fn set(&mut self, timer: Timer, at: Millis) {
        if let Some(due) = self.0.get_mut(timer as usize) {
            *due = at;
        }
    }

    /// Sets the timer unless it is already due earlier.
    pub fn set_if_earlier(&mut self, timer: Timer, at: Millis) {
        self.set(timer, at.min(self.due(timer)));
    }

    pub fn stop(&mut self, timer: Timer) {
        self.set(timer, NEVER);
    }

    fn due(&self, timer: Timer) -> Millis {
        self.0.get(timer as usize).copied().unwrap_or(NEVER)
    }

    pub fn is_set(&self, timer: Timer) -> bool {
        self.due(timer) < NEVER
    }

    /// True once when the timer is due; it is stopped by that.
    pub fn take(&mut self, timer: Timer, now: Millis) -> bool {
        let is_due = self.due(timer) <= now;
        if is_due {
            self.stop(timer);
        }
        is_due
    }

    /// The earliest of all.
    pub fn next(&self) -> Option<Millis> {
        self.0.iter().copied().min().filter(|due| *due < NEVER)
    }
}
