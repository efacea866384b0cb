//! Choosing files and folders with the desktop's own dialogue.

use std::path::PathBuf;

use gtk::prelude::*;

use crate::base::i18n::gettext;

/// Asks for a file; `chosen` is called with its path unless the person thinks better of it.
pub(super) fn file(from: &impl IsA<gtk::Widget>, title: &str, chosen: impl Fn(PathBuf) + 'static) {
    ask(from, title, gtk::FileChooserAction::Open, None, chosen);
}

/// Asks where to write a file; one that is there is only taken if the person agrees.
pub(super) fn place(
    from: &impl IsA<gtk::Widget>,
    title: &str,
    name: &str,
    chosen: impl Fn(PathBuf) + 'static,
) {
    ask(
        from,
        title,
        gtk::FileChooserAction::Save,
        Some(name),
        chosen,
    );
}

/// Asks for a folder.
pub(super) fn folder(
    from: &impl IsA<gtk::Widget>,
    title: &str,
    chosen: impl Fn(PathBuf) + 'static,
) {
    ask(
        from,
        title,
        gtk::FileChooserAction::SelectFolder,
        None,
        chosen,
    );
}

fn ask(
    from: &impl IsA<gtk::Widget>,
    title: &str,
    action: gtk::FileChooserAction,
    name: Option<&str>,
    chosen: impl Fn(PathBuf) + 'static,
) {
    let window = from.root().and_downcast::<gtk::Window>();
    let accept = match name {
        Some(_) => gettext("_Save"),
        None => gettext("_Open"),
    };
    let cancel = gettext("_Cancel");
    let dialog = gtk::FileChooserNative::new(
        Some(title),
        window.as_ref(),
        action,
        Some(&accept),
        Some(&cancel),
    );
    dialog.set_modal(true);
    if let Some(name) = name {
        dialog.set_current_name(name);
    }
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
