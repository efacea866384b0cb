//! `--configdump` and `-V`: the configuration as it is understood, without polling.

use super::super::{exit, say};
use super::{halted, options};
use crate::base::i18n::{fill, gettext};
use crate::cli::lines::Line;
use crate::cli::parse::{Invocation, Verbosity};
use crate::engine::api::Halt;
use crate::engine::oneshot::Inspection;
use crate::engine::trouble::status;

/// Writes the configuration for programs and returns the exit status.
pub fn dump(program: &str, invocation: &Invocation) -> u8 {
    inspect(program, invocation, |inspection| {
        inspection.dump(&mut say::bytes)
    })
}

/// Tells release and configuration and returns the exit status.
pub fn report(program: &str, invocation: &Invocation) -> u8 {
    let release = crate::VERSION;
    say::out(format!("This is {program} (Postrider) release {release}."));
    let system = rustix::system::uname();
    let parts = [
        system.sysname(),
        system.nodename(),
        system.release(),
        system.version(),
        system.machine(),
    ];
    say::out(parts.map(|part| part.to_string_lossy()).join(" "));
    let is_verbose = matches!(invocation.verbosity, Verbosity::Verbose(_));
    inspect(program, invocation, |inspection| {
        let mut accounts = false;
        let mut lines = Vec::new();
        let is_there = inspection.report(is_verbose, &mut |line| {
            accounts |= line.starts_with(' ');
            lines.push(line.to_owned());
        })?;
        let rc_path = inspection.options.source.name();
        say::out(origin(is_there.then_some(rc_path.as_str())));
        lines.into_iter().for_each(say::out);
        if !accounts {
            let text = gettext("No mail servers are set up; perhaps {path} is missing.");
            say::err(fill(&text, &[("path", &rc_path)]));
        }
        Ok(())
    })
}

/// Where options come from.
fn origin(rc_path: Option<&str>) -> String {
    match rc_path {
        Some(path) => {
            let text = gettext("Options are taken from the command line and {path}");
            fill(&text, &[("path", &path)])
        }
        None => gettext("Options are taken from the command line"),
    }
}

fn inspect(
    program: &str,
    invocation: &Invocation,
    show: impl FnOnce(&Inspection) -> Result<(), Halt>,
) -> u8 {
    let options = match options(invocation) {
        Ok(options) => options,
        Err(sentence) => {
            say::line(&Line::Err(format!("{program}: {sentence}")));
            return status::INTERNAL;
        }
    };
    let rc_path = options.source.name();
    let inspection = Inspection {
        options,
        nodetach: invocation.nodetach,
        show_passwords: invocation.show_passwords,
    };
    match show(&inspection) {
        Ok(()) => status::OK,
        Err(halt) => {
            halted(program, &halt, &rc_path).iter().for_each(say::line);
            exit::of_halt(&halt)
        }
    }
}
