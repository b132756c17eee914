//! The engine: a deterministic state machine that does no I/O.
//!
//! It takes an [`Input`](io::Input) (what happened) and answers with [`Output`](io::Output)s (what to do) and the one time it wants to be woken. Clock,
//! entropy, storage and network are somebody else's: `src/edge` in a browser, `tests/common/world.rs` in a test.
//!
//! Data flows one way, each station one module:
//!
//! `click`, `page` → `check` with `vocab`, `money` → `consent` → `session` → `queue` → `wire` → `tracker::deliver`
//!
//! `tracker` is where they meet; `gzip`, `cart` and `privacy` stand apart and ship apart; the others know only the leaves `text`, `json`, `id`, `time`,
//! `event`, `losses`.
#![forbid(unsafe_code)]

pub mod cart;
#[cfg(feature = "receive")]
pub mod catalogue;
pub mod check;
pub mod config;
pub mod consent;
pub mod event;
pub mod gzip;
pub mod id;
pub mod io;
pub mod json;
pub mod losses;
pub mod money;
pub mod page;
pub mod privacy;
pub mod queue;
pub mod session;
pub mod text;
pub mod time;
pub mod tracker;
pub mod vocab;
pub mod wire;
