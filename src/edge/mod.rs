//! The browser: turns what happens into `Input` and does what `Output` says. It decides nothing.
//!
//! `driver` owns the tracker and everything that must end with it; `page` binds `page.js`, where what is one line in
//! JavaScript is written in JavaScript: fewer bytes, and one crossing instead of many.

pub(crate) mod driver;
mod page;
