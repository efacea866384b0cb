//! The command line; see [`postrider::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    postrider::base::i18n::init();
    postrider::cli::main(std::env::args_os().collect())
}
