//! The program: read the command line, serve until told to stop.

mod cli;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Schema) => write!(io::stdout(), "{}", cartbeacon_collector::schema::text()).map_err(|e| e.to_string()),
        None => tokio::runtime::Runtime::new().map_err(|e| e.to_string()).and_then(|runtime| runtime.block_on(serve(cli))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("cartbeacon-collector: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(cli: Cli) -> Result<(), String> {
    // Before anything is started, or an early Ctrl-C would find no ear.
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|e| e.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|e| e.to_string())?;
    let running = cartbeacon_collector::start(cli.options()).await.map_err(|e| e.to_string())?;
    // One line that other programs wait for; whether anyone reads it is their affair.
    let _ = writeln!(io::stdout(), "listening on http://{}", running.address());
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    running.stop().await;
    Ok(())
}
