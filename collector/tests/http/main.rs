//! The collector as its users meet it: over HTTP on loopback, with a real database. One program, so that it links once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice, reason = "tests")]
#![allow(unreachable_pub, reason = "nothing outside uses a test")]

mod anonymous;
mod body;
mod collect;
mod cors;
mod erase;
mod events;
mod faults;
mod files;
mod foreign;
mod forward;
mod friction;
mod keep;
mod landings;
mod limits;
mod live;
mod pixel;
mod program;
mod reports;
mod schema;
mod shop;
mod values;
mod visitor_cookie;
mod world;
