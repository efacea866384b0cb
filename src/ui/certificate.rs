//! The window that shows a server's certificates: what is wrong first, then each of the chain
//! from the server's own upwards. It decides nothing.

use std::time::SystemTime;

use adw::prelude::*;

use super::{a11y, fact, shell};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::{Certificate, Shown};
use crate::engine::api::words;

/// Shows the certificates of `host` above `parent`.
pub(super) fn show(parent: &impl IsA<gtk::Window>, shown: &Shown, host: &str) {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(24)
        .margin_top(24)
        .margin_bottom(24)
        .margin_start(12)
        .margin_end(12)
        .build();
    column.append(&verdict(shown, host));
    for (place, certificate) in shown.chain.iter().enumerate() {
        column.append(&group(certificate, place));
    }
    let title = adw::WindowTitle::new(&gettext("Certificates"), &super::markup(host));
    let header = adw::HeaderBar::builder().title_widget(&title).build();
    let content = shell::vertical(0);
    content.append(&header);
    content.append(&shell::scroll(&column, 600));
    let window = adw::Window::builder()
        .title(gettext("Certificates"))
        .transient_for(parent)
        .default_width(560)
        .default_height(600)
        .width_request(360)
        .content(&content)
        .name("certificates")
        .build();
    shell::close_on_escape(&window);
    window.present();
}

/// Date and time; what cannot be read is said to be so.
fn moment(at: Option<SystemTime>) -> String {
    match at {
        // Against the beginning of time, so that the date is always there.
        Some(at) => words::clock(at, SystemTime::UNIX_EPOCH),
        None => gettext("unreadable"),
    }
}

/// What is wrong, or that nothing is.
fn verdict(shown: &Shown, host: &str) -> gtk::Box {
    let (icon, class, headline, text) = match &shown.problem {
        Some(wrong) => {
            let (headline, text) = words::certificate(wrong);
            ("dialog-warning-symbolic", "wait", headline, text)
        }
        None => (
            "channel-secure-symbolic",
            "well",
            gettext("The certificate is good"),
            fill(
                &gettext(
                    "It is valid for “{host}”, and an authority this computer knows has issued it.",
                ),
                &[("host", &host)],
            ),
        ),
    };
    let label = |text: &str, class: &str| fact::verbatim(text, &[class]);
    let texts = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(6)
        .hexpand(true)
        .build();
    texts.append(&label(&headline, "heading"));
    texts.append(&label(&text, "body"));
    let card = gtk::Box::builder()
        .spacing(14)
        .css_classes(["card", "trouble"])
        .name("certificate-verdict")
        .build();
    card.append(
        &gtk::Image::builder()
            .icon_name(icon)
            .valign(gtk::Align::Start)
            .css_classes([class])
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build(),
    );
    card.append(&texts);
    card
}

fn group(certificate: &Certificate, place: usize) -> adw::PreferencesGroup {
    let title = match place {
        0 => gettext("The Server's Certificate"),
        1 => gettext("Its Issuer"),
        _ => gettext("Issuer of the Issuer"),
    };
    let group = adw::PreferencesGroup::builder().title(title).build();
    let row = |title: String, value: &str| {
        let (row, suffixes) = fact::row(&title, value, fact::Weight::Plain);
        group.add(&row);
        suffixes
    };
    row(gettext("Issued to"), &certificate.subject);
    row(gettext("Issued by"), &certificate.issuer);
    if !certificate.names.is_empty() {
        row(gettext("Names"), &certificate.names.join(", "));
    }
    let moments = [
        (gettext("Valid from"), certificate.from),
        (gettext("Valid until"), certificate.until),
    ];
    for (title, at) in moments {
        row(title, &moment(at));
    }
    row(gettext("Key"), &certificate.key);
    row(gettext("Signature"), &certificate.signature);
    for (title, value, name) in [
        (
            gettext("Fingerprint SHA-256"),
            &certificate.sha256,
            "sha256",
        ),
        (
            gettext("Fingerprint MD5 (old form)"),
            &certificate.md5,
            "md5",
        ),
    ] {
        let copied = fill(&gettext("Copy {what}"), &[("what", &title)]);
        row(title, value).append(&copy_button(
            &copied,
            value,
            &format!("copy-{name}-{place}"),
        ));
    }
    group
}

/// A button that puts `text` into the clipboard and shows that it has.
fn copy_button(title: &str, text: &str, name: &str) -> gtk::Button {
    let button = gtk::Button::builder()
        .icon_name("edit-copy-symbolic")
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .name(name)
        .build();
    a11y::name_button(&button, title);
    let text = text.to_owned();
    button.connect_clicked(move |button| {
        button.clipboard().set_text(&text);
        button.set_icon_name("emblem-ok-symbolic");
    });
    button
}
