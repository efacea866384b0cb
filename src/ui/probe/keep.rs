//! A report written to a file that the person chooses.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;

use adw::prelude::*;
use gtk::{gio, glib};

use super::Input;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::Report;
use crate::engine::api::report_text::{self, Format};

/// Asks for a file and writes `report` to it; `to` hears how that ended.
pub(super) fn ask(
    parent: Option<&gtk::Window>,
    report: Rc<Report>,
    hides_local: bool,
    to: &relm4::Sender<Input>,
) {
    let chooser = gtk::FileChooserNative::new(
        Some(&gettext("Save Report")),
        parent,
        gtk::FileChooserAction::Save,
        None,
        None,
    );
    for (name, pattern) in [
        (gettext("Text"), "*.txt"),
        (gettext("Markdown"), "*.md"),
        (gettext("JSON"), "*.json"),
    ] {
        let filter = gtk::FileFilter::new();
        filter.set_name(Some(&name));
        filter.add_pattern(pattern);
        chooser.add_filter(&filter);
    }
    chooser.set_current_name(&format!("{}.txt", file_name(&report.host)));
    // The dialog lives as long as its handler holds it, which is until it is answered.
    let kept = RefCell::new(Some(chooser.clone()));
    let to = to.clone();
    chooser.connect_response(move |chooser, response| {
        kept.take();
        if let (gtk::ResponseType::Accept, Some(file)) = (response, chooser.file()) {
            write(&file, &report, hides_local, to.clone());
        }
    });
    chooser.show();
}

/// The ending of the name says which format is wanted.
fn write(file: &gio::File, report: &Report, hides_local: bool, to: relm4::Sender<Input>) {
    let name = file.basename().unwrap_or_default();
    let format = format(&name.to_string_lossy());
    let text = report_text::render(report, format, hides_local);
    let file = file.clone();
    glib::spawn_future_local(async move {
        let flags = gio::FileCreateFlags::REPLACE_DESTINATION;
        let done = file
            .replace_contents_future(text.into_bytes(), None, false, flags)
            .await;
        let result = match done {
            Ok(_) => Ok(file.path().unwrap_or(name)),
            Err((_, error)) => Err(error.message().to_owned()),
        };
        to.emit(Input::Saved(result));
    });
}

fn format(name: &str) -> Format {
    match name.rsplit_once('.').map(|(_, end)| end) {
        Some(end) if end.eq_ignore_ascii_case("md") => Format::Markdown,
        Some(end) if end.eq_ignore_ascii_case("json") => Format::Json,
        _ => Format::Text,
    }
}

/// How it ended, as a sentence.
pub(super) fn ended(result: &Result<PathBuf, String>) -> String {
    match result {
        Ok(path) => fill(&gettext("Saved as {file}"), &[("file", &path.display())]),
        Err(words) => fill(
            &gettext("The report was not saved: {words}"),
            &[("words", words)],
        ),
    }
}

/// Colons of IPv6 addresses are not welcome in names of files everywhere.
fn file_name(host: &str) -> String {
    host.replace(|c: char| !c.is_alphanumeric() && c != '.' && c != '-', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        let check = |name: &str, expected: Format| assert_eq!(format(name), expected);
        check("a.txt", Format::Text);
        check("a.MD", Format::Markdown);
        check("mail.example.json", Format::Json);
        check("a", Format::Text);
        assert_eq!(file_name("2001:db8::1"), "2001-db8--1");
        assert_eq!(file_name("../mail.example"), "..-mail.example");
    }
}
