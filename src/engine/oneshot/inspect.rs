//! Showing the configuration as it is understood (`--configdump`, `-V`): no network, no lock, no
//! scheduler, no runtime.

use std::cell::OnceCell;
use std::path::Path;

use crate::engine::Options;
use crate::engine::api::Halt;
use crate::net;
use crate::rc::dump::{self, Facts, Sink};
use crate::rc::resolve::{Layers, checked};
use crate::rc::{Document, settings};

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
    }

    /// Reads, checks, and shows.
    fn with(&self, tests_mode: bool, show: impl FnOnce(&Layers, &Facts)) -> Result<(), Halt> {
        let source = &self.options.source;
        let text = source.read(tests_mode)?.map(|text| text.bytes);
        let document = Document::parse(text.unwrap_or_default());
        let around = source.around(&source.servers);
        let (stanzas, found) = settings::read(&document);
        let layers = Layers::new(&stanzas, &source.overrides, &around);
        let globals = layers.globals();
        checked(&document, &layers, found, &globals, |_, _| {})
            .map_err(|errors| source.refusal(&errors))?;
        let host = OnceCell::new();
        let facts = Facts {
            idfile: &self.options.places.idfile(),
            is_file: &Path::exists,
            without_log: self.nodetach,
            only_check: self.options.only_check,
            host: &|| host.get_or_init(net::host::own_name).clone(),
            netrc: &|_, _| None,
            show_passwords: self.show_passwords,
        };
        show(&layers, &facts);
        Ok(())
    }
}
