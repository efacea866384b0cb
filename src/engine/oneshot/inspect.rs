//! Showing the configuration as it is understood (`--configdump`, `-V`): no network, no lock, no
//! scheduler, no runtime.

use std::cell::OnceCell;
use std::mem::ManuallyDrop;
use std::path::Path;

use crate::engine::Options;
use crate::engine::api::Halt;
use crate::net;
use crate::rc::dump::{self, Facts, Sink};
use crate::rc::resolve::{Layers, checked, usable};
use crate::rc::show::{self, Extent};
use crate::rc::{Document, settings};
use crate::store::idfile::{self, Lines};
use crate::store::netrc;

/// What is shown, and how.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The file, the command line, and where state lives.
    pub options: Options,
    /// `--nodetach`: the log file does not count.
    pub nodetach: bool,
    /// `--show-passwords`
    pub show_passwords: bool,
}

impl Inspection {
    /// Writes the configuration as `fetchmail --configdump` does. Nothing is written if it has
    /// errors. A missing file is an empty one.
    pub fn dump(&self, sink: &mut Sink) -> Result<(), Halt> {
        self.with(true, |layers, facts| dump::dump(layers, facts, sink))
            .map(drop)
    }

    /// Tells the configuration in sentences as `fetchmail -V` does. Who may read the file is not
    /// tested. Returns whether there is a file.
    pub fn report(&self, is_verbose: bool, line: &mut dyn FnMut(&str)) -> Result<bool, Halt> {
        let extent = Extent { is_verbose };
        self.with(false, |layers, facts| {
            show::report(layers, facts, extent, line);
        })
    }

    /// Reads, checks, and shows.
    fn with(&self, tests_mode: bool, show: impl FnOnce(&Layers, &Facts)) -> Result<bool, Halt> {
        let source = &self.options.source;
        let text = source.read(tests_mode)?.map(|text| text.bytes);
        let is_there = text.is_some();
        // The process ends behind this: to give back what a large file took is work for nothing.
        let document = ManuallyDrop::new(Document::parse(text.unwrap_or_default()));
        let around = source.around(&source.servers);
        let (stanzas, found) = settings::read(&document);
        let stanzas = ManuallyDrop::new(stanzas);
        let layers = Layers::new(&stanzas, &source.overrides, &around);
        let globals = layers.globals();
        usable(checked(&document, &layers, found, &globals, |_, _| {}))
            .map_err(|errors| source.refusal(&errors))?;
        let uid = rustix::process::geteuid().as_raw();
        let own_idfile = self.options.places.idfile();
        let path = globals.idfile.as_deref().unwrap_or(&own_idfile);
        let lines = match idfile::read(path, uid) {
            Ok(lines) => lines,
            // An id file that others can write ends the run, even one that only shows (6.4.37).
            Err(error) if tests_mode && !path.as_os_str().is_empty() => {
                return Err(Halt::Unreadable(error.to_string()));
            }
            Err(_) => Lines::default(),
        };
        let netrc = self.options.places.netrc();
        // What is odd about it is told when accounts are polled.
        let netrc = netrc.and_then(|path| netrc::read(&path, uid).ok().flatten());
        let host = OnceCell::new();
        let facts = Facts {
            idfile: &own_idfile,
            is_file: &Path::exists,
            without_log: self.nodetach,
            only_check: self.options.only_check,
            host: &|| host.get_or_init(net::host::own_name).clone(),
            netrc: &|machine, user| netrc.as_ref()?.0.exact(machine, user),
            saved: &|user, host| saved(&lines, user, host),
            show_passwords: self.show_passwords,
        };
        show(&layers, &facts);
        Ok(is_there)
    }
}

/// The UIDs of an account in the id file.
fn saved(lines: &Lines, user: &[u8], host: &[u8]) -> Vec<Vec<u8>> {
    let key = [user, b"@", host].concat().to_ascii_lowercase();
    let uids = idfile::uids(lines.of(&key));
    uids.map(<[u8]>::to_vec).collect()
}
