//! Choosing files and folders with the desktop's own dialogue.

use std::path::PathBuf;

use gtk::prelude::*;

use crate::base::i18n::gettext;

/// Asks for a file; `chosen` is called with its path unless the person thinks better of it.
pub(super) fn file(from: &impl IsA<gtk::Widget>, title: &str, chosen: impl Fn(PathBuf) + 'static) {
    ask(from, title, gtk::FileChooserAction::Open, chosen);
}

/// Asks for a folder.
pub(super) fn folder(
    from: &impl IsA<gtk::Widget>,
    title: &str,
    chosen: impl Fn(PathBuf) + 'static,
) {
    ask(from, title, gtk::FileChooserAction::SelectFolder, chosen);
}

fn ask(
    from: &impl IsA<gtk::Widget>,
    title: &str,
    action: gtk::FileChooserAction,
    chosen: impl Fn(PathBuf) + 'static,
) {
    let window = from.root().and_downcast::<gtk::Window>();
    let (accept, cancel) = (gettext("_Open"), gettext("_Cancel"));
    let dialog = gtk::FileChooserNative::new(
        Some(title),
        window.as_ref(),
        action,
        Some(&accept),
        Some(&cancel),
    );
    dialog.set_modal(true);
    // It lives until it is answered: nobody else holds it.
    let kept = std::cell::RefCell::new(Some(dialog.clone()));
    dialog.connect_response(move |dialog, response| {
        if response == gtk::ResponseType::Accept
            && let Some(path) = dialog.file().and_then(|file| file.path())
        {
            chosen(path);
        }
        kept.take();
    });
    dialog.show();
}
