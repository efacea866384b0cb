//! The window: shows the engine's [`Snapshot`] and turns what the person means into [`Command`]s.
//!
//! [`App`] is the only component that talks to the engine, by a channel in [`Init`]; its pages
//! know plain data. Nothing here opens a socket, nor a file but the one a report is saved to. Texts from outside are always set as
//! text, never as markup (`ui.md` section 2).
//!
//! [`Command`]: crate::engine::api::Command
//! [`Snapshot`]: crate::engine::api::Snapshot

pub mod a11y;
mod accounts;
mod actions;
mod activity;
mod admin;
mod app;
mod bar;
mod certificate;
mod choose;
mod diff;
mod editor;
mod fact;
mod icons;
mod probe;
mod setup_words;
mod steps;
mod transcript;
mod wizard;

pub use actions::keys;
pub use app::{App, Init, Kept, Msg, Out};

use gtk::{gdk, gio};

/// Where icons and style lie among the compiled resources: the application id as a path.
pub const RESOURCES: &str = "/io/github/postrider/Postrider";

/// `text` for the places that libadwaita 1.2 takes for markup.
fn markup(text: &str) -> gtk::glib::GString {
    gtk::glib::markup_escape_text(text)
}

/// Makes icons and style known to the display. Called once, after GTK is initialised and before
/// the first window.
pub fn prepare() {
    if let Err(error) = gio::resources_register_include!("postrider.gresource") {
        tracing::error!(%error, "the program's own icons are unreadable");
        return;
    }
    gtk::Window::set_default_icon_name(crate::APP_ID);
    let Some(display) = gdk::Display::default() else {
        return;
    };
    gtk::IconTheme::for_display(&display).add_resource_path(&format!("{RESOURCES}/icons"));
    let style = gtk::CssProvider::new();
    style.load_from_resource(&format!("{RESOURCES}/style.css"));
    gtk::style_context_add_provider_for_display(
        &display,
        &style,
        gtk::STYLE_PROVIDER_PRIORITY_APPLICATION,
    );
}

/// The sign of a row that leads somewhere.
fn arrow() -> gtk::Image {
    gtk::Image::builder()
        .icon_name("go-next-symbolic")
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build()
}
