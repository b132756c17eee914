//! The command line.

use std::path::PathBuf;

use cartbeacon_collector::{Forwarding, Limits, Options, Origin};
use clap::{Parser, Subcommand};

/// Takes cartbeacon's batches at /collect, stores each event once, shows them at /live.
#[derive(Debug, Parser)]
#[command(name = "cartbeacon-collector", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the JSON Schema of a batch.
    Schema,
}

#[derive(Debug, clap::Args)]
struct Serve {
    /// Port to listen on; 0 takes any free one.
    #[arg(long, env = "PORT", default_value_t = 8080)]
    port: u16,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Folder of the database, made when missing.
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// Folder of the store, served at /.
    #[arg(long, value_name = "DIR")]
    store: Option<PathBuf>,
    /// Folder of the built SDK, served at /cb/.
    #[arg(long, value_name = "DIR")]
    sdk: Option<PathBuf>,
    /// Origin of a store that is served elsewhere and may send here; repeat for more.
    #[arg(long = "allow-origin", value_name = "URL")]
    allowed: Vec<Origin>,
    /// Largest body, in bytes, as sent and unpacked.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().max_body, value_parser = body_size)]
    max_body: usize,
    /// Let other machines see /live and /events too: only behind something that asks who may.
    #[arg(long)]
    public_views: bool,
    /// Delete everything older than this many days; without it, everything is kept. 4 at least: a browser may still send again
    /// what is three days old, and it must be known.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(4..=36_500))]
    keep_days: Option<u32>,
    /// Take other clients' bodies too, for development: NDJSON at /ndjson, Segment's at /v1/batch, /v1/b and /beacon/v1/batch,
    /// OpenTelemetry's logs at /v1/logs. They carry no proof of consent: you vouch for it.
    #[arg(long)]
    foreign: bool,
    /// Set the visitor's id as a cookie for pages that ask at /collect/id (the SDK's option `cookie.server`): one that a script has
    /// written lasts seven days in Safari.
    #[arg(long)]
    visitor_cookie: bool,
    /// Send what is stored on to this endpoint, in the order it was stored, and go on where it ended. /forwarded says how it stands.
    #[arg(long, value_name = "URL")]
    forward: Option<String>,
    /// In which format: any that the SDK's option `format` knows.
    #[arg(long, value_name = "FORMAT", default_value = "native", requires = "forward")]
    forward_format: String,
    /// The public key that the format asks for.
    #[arg(long, value_name = "KEY", default_value = "", requires = "forward", hide_default_value = true)]
    forward_key: String,
    /// A header to send with it, for one that authorises: `Authorization: Bearer …`; repeat for more. Others on this machine see what
    /// stands in a command line: the variable is for secrets.
    #[arg(long = "forward-header", value_name = "HEADER", env = "FORWARD_HEADER", value_parser = header, requires = "forward", hide_env_values = true)]
    forward_headers: Vec<(String, String)>,
    /// Only events whose consent names this purpose; repeat for more.
    #[arg(long = "forward-purpose", value_name = "PURPOSE", requires = "forward")]
    forward_purposes: Vec<String>,
    /// Let tests ask for faults at /test/faults.
    #[arg(long)]
    test_faults: bool,
}

/// 64 KiB is what one beacon can carry; beyond 64 MiB a few senders would take all memory.
fn body_size(text: &str) -> Result<usize, String> {
    let bytes: usize = text.parse().map_err(|_| "a whole number of bytes is needed".to_owned())?;
    if (1..=64 << 20).contains(&bytes) { Ok(bytes) } else { Err("1 byte to 64 MiB".to_owned()) }
}

fn header(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once(':').ok_or("a name, a colon and a value are needed")?;
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}

impl Cli {
    pub(crate) fn options(self) -> Options {
        let Serve {
            port, host, data, store, sdk, allowed, max_body, public_views, keep_days, foreign, visitor_cookie, test_faults, ..
        } = self.serve;
        let (format, key, headers, purposes) =
            (self.serve.forward_format, self.serve.forward_key, self.serve.forward_headers, self.serve.forward_purposes);
        let forward = self.serve.forward.map(|url| Forwarding { url, format, key, headers, purposes });
        let limits = Limits { max_body, ..Limits::default() };
        Options { host, port, data, store, sdk, allowed, public_views, test_faults, keep_days, foreign, visitor_cookie, forward, limits }
    }
}
