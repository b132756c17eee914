//! How a batch is written for an endpoint: one file per format.

pub mod native;
#[cfg(feature = "receive")]
pub mod receive;
