//! `--configdump`: the configuration as it is understood, without polling.

use super::super::{exit, say};
use super::{halted, options};
use crate::cli::parse::Invocation;
use crate::engine::oneshot::Inspection;
use crate::engine::trouble::status;

/// Shows it and returns the exit status.
pub fn run(program: &str, invocation: &Invocation) -> u8 {
    let options = match options(invocation) {
        Ok(options) => options,
        Err(sentence) => {
            say::err(format!("{program}: {sentence}"));
            return status::INTERNAL;
        }
    };
    let rc_path = options.source.name();
    let inspection = Inspection {
        options,
        nodetach: invocation.nodetach,
        show_passwords: invocation.show_passwords,
    };
    match inspection.dump(&mut say::bytes) {
        Ok(()) => status::OK,
        Err(halt) => {
            halted(program, &halt, &rc_path).iter().for_each(say::line);
            exit::of_halt(&halt)
        }
    }
}
