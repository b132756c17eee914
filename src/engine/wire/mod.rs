//! How a batch is written for an endpoint: `native` is our own format, `formats` are those of others.

#[cfg(feature = "formats")]
pub mod formats;
pub mod native;
#[cfg(feature = "receive")]
pub mod receive;
