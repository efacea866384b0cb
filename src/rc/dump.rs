//! The resolved configuration as `fetchmail --configdump` writes it: a Python dictionary, byte for
//! byte (rcfile.md section 7). Here are its order and nesting only; what stands under a key is told
//! by the option table, how a value is written by [`python`].
//!
//! Where fetchmail's dump is no Python, because of servers of the command line or line
//! breaks in a label, ours is.

pub mod python;
pub mod read;
mod rows;
pub mod view;

pub use python::Python;
pub use view::{Facts, View};

use crate::rc::option::Id;
use crate::rc::resolve::{Case, Layers};
use rows::{Rows, Source};

/// Keys of the outermost dictionary.
const GLOBAL: &[Source] = &[
    Source::Option(Id::Daemon),
    Source::Option(Id::Logfile),
    Source::Option(Id::Idfile),
    Source::Option(Id::Postmaster),
    Source::Option(Id::Bouncemail),
    Source::Option(Id::Spambounce),
    Source::Option(Id::Softbounce),
    Source::Option(Id::GlobalProperties),
    Source::Option(Id::Invisible),
    Source::Option(Id::Showdots),
    Source::Option(Id::Syslog),
];

/// Keys of a server.
const SERVER: &[Source] = &[
    Source::Label,
    Source::Active,
    Source::Option(Id::Via),
    Source::Option(Id::Proto),
    Source::Option(Id::Service),
    Source::Option(Id::Timeout),
    Source::Option(Id::Interval),
    Source::Option(Id::Envelope),
    Source::Option(Id::Qvirtual),
    Source::Option(Id::Auth),
    Source::Option(Id::Dns),
    Source::Option(Id::Uidl),
    Source::Option(Id::Aka),
    Source::Option(Id::Localdomains),
    Source::Option(Id::Interface),
    Source::Option(Id::Monitor),
    Source::Option(Id::Plugin),
    Source::Option(Id::Plugout),
    Source::Option(Id::Principal),
    Source::Option(Id::Esmtpname),
    Source::Option(Id::Esmtppassword),
    Source::Option(Id::Tracepolls),
    Source::Option(Id::BadHeader),
];

/// Keys of a user.
const USER: &[Source] = &[
    Source::Option(Id::User),
    Source::Option(Id::Password),
    Source::Option(Id::Is),
    Source::Option(Id::Fetchall),
    Source::Option(Id::Keep),
    Source::Option(Id::Flush),
    Source::Option(Id::Limitflush),
    Source::Option(Id::Rewrite),
    Source::Option(Id::Stripcr),
    Source::Option(Id::Forcecr),
    Source::Option(Id::Pass8bits),
    Source::Option(Id::Dropstatus),
    Source::Option(Id::Dropdelivered),
    Source::Option(Id::Mimedecode),
    Source::Option(Id::Idle),
    Source::Option(Id::Mda),
    Source::Option(Id::Bsmtp),
    Source::Option(Id::Lmtp),
    Source::Option(Id::Preconnect),
    Source::Option(Id::Postconnect),
    Source::Option(Id::Limit),
    Source::Option(Id::Warnings),
    Source::Option(Id::Fetchlimit),
    Source::Option(Id::Fetchsizelimit),
    Source::Option(Id::Fastuidl),
    Source::Option(Id::Batchlimit),
    Source::Option(Id::Ssl),
    Source::Option(Id::Sslkey),
    Source::Option(Id::Sslcert),
    Source::Option(Id::Sslproto),
    Source::Option(Id::Sslcertck),
    Source::Option(Id::Sslcertfile),
    Source::Option(Id::Sslcertpath),
    Source::Option(Id::Sslcommonname),
    Source::Option(Id::Sslfingerprint),
    Source::Option(Id::Expunge),
    Source::Option(Id::Properties),
    Source::Option(Id::Smtphost),
    Source::Option(Id::Fetchdomains),
    Source::Option(Id::Smtpaddress),
    Source::Option(Id::Smtpname),
    Source::Option(Id::Antispam),
    Source::Option(Id::Folder),
];

/// What stands before the dictionary. The features are those of fetchmail as distributions package
/// it: fetchmailconf offers what it finds here.
const HEAD: &[u8] = b"TRUE=1; FALSE=0

os_type = 'linux'
feature_options = ('pop3','imap','gssapi','sdps','etrn','odmr','ssl',)
# Start of configuration initializer
fetchmailrc = {
";

/// Where what is written goes: it empties the buffer. `false` ends the dump early.
pub type Sink<'s> = dyn FnMut(&mut Vec<u8>) -> bool + 's;

/// Full enough to be handed on.
const FULL: usize = 60 << 10;

/// Writes the dump, piece by piece: its size does not matter.
pub fn dump(layers: &Layers, facts: &Facts, sink: &mut Sink) {
    let mut out = Vec::with_capacity(FULL + (8 << 10));
    out.extend_from_slice(HEAD);
    let globals = layers.effective_globals();
    let view = View::of_globals(&globals, layers.around(), facts);
    Rows::new(GLOBAL, b"    ").write(&view, &mut out);
    if !facts.show_passwords && layers.cases().any(|case| has_secret(&case, layers, facts)) {
        out.extend_from_slice(b"    'passwords_masked':TRUE,\n");
    }
    let server = Rows::new(SERVER, b"\t    ");
    let user = Rows::new(USER, b"\t\t    ");
    let mut cases = layers.cases().peekable();
    let is_empty = cases.peek().is_none();
    out.extend_from_slice(match is_empty {
        true => b"    'servers': []\n",
        false => b"    # List of server entries begins here\n    'servers': [\n",
    });
    while let Some(case) = cases.next() {
        let view = View::of_case(&case, layers.around(), facts);
        if case.is_first {
            open(&case, &mut out);
            server.write(&view, &mut out);
            out.extend_from_slice(b"\t    'users': [\n");
        }
        out.extend_from_slice(b"\t\t{\n");
        user.write(&view, &mut out);
        out.extend_from_slice(b"\t\t}\n\t\t,");
        if case.is_last {
            out.extend_from_slice(b"\t    ]\n\t}\n");
            if cases.peek().is_some() {
                out.extend_from_slice(b"\t,\n");
            }
        }
        if out.len() > FULL && !sink(&mut out) {
            return;
        }
    }
    if !is_empty {
        out.extend_from_slice(b"    ]\n");
    }
    out.extend_from_slice(b"}\n# End of initializer\n");
    sink(&mut out);
}

/// The comment and the bracket before a server. A line break in the label must not end the comment.
fn open(case: &Case, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\t# Entry for site `");
    if case.entry.label.iter().any(|b| matches!(b, b'\n' | b'\r')) {
        python::escaped(&case.entry.label, out);
    } else {
        out.extend_from_slice(&case.entry.label);
    }
    out.extend_from_slice(b"' begins:\n\t{\n");
}

fn has_secret(case: &Case, layers: &Layers, facts: &Facts) -> bool {
    let view = View::of_case(case, layers.around(), facts);
    let is_secret = |value| matches!(value, Python::Secret(_));
    is_secret(view.password()) || view.effective.value(Id::Esmtppassword).is_some()
}

#[cfg(test)]
pub(super) mod tests;
