//! The command line of the desktop program; a second start hands it to the first (contract).

use std::ops::ControlFlow;

use adw::prelude::*;
use gtk::{gio, glib};

use crate::base::i18n::gettext;
use crate::ui::Msg;

/// Declares the options and handles those that need no first program.
pub(super) fn declare(app: &adw::Application) {
    let flag = |name: &str, text: &str| {
        app.add_main_option(
            name,
            glib::Char::from(0),
            glib::OptionFlags::NONE,
            glib::OptionArg::None,
            &gettext(text),
            None,
        );
    };
    flag("hidden", "Start without showing the window");
    flag("check", "Check mail now: all accounts, or those named");
    app.add_main_option(
        "probe",
        glib::Char::from(0),
        glib::OptionFlags::NONE,
        glib::OptionArg::String,
        &gettext("Show what a mail server, or those of an address, offer"),
        Some(&gettext("HOST")),
    );
    flag("quit", "End the running program");
    flag("version", "Print the release and exit");
    app.set_option_context_parameter_string(Some("[ACCOUNT…]"));
    app.connect_handle_local_options(|_, options| {
        if options.contains("version") {
            println!("postrider-desktop {}", crate::VERSION);
            return ControlFlow::Break(glib::ExitCode::SUCCESS);
        }
        if options.contains("quit") {
            return ControlFlow::Break(quit_the_first());
        }
        ControlFlow::Continue(())
    });
}

/// Tells the running program to end, as a panel would: by its action on the session bus. That
/// there is none is no failure, and none is started for it.
fn quit_the_first() -> glib::ExitCode {
    let bus = match gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE) {
        Ok(bus) => bus,
        Err(error) => {
            eprintln!("postrider-desktop: {error}");
            return glib::ExitCode::FAILURE;
        }
    };
    let parameters = glib::Variant::tuple_from_iter([
        "quit".to_variant(),
        Vec::<glib::Variant>::new().to_variant(),
        glib::VariantDict::new(None).end(),
    ]);
    let answer = bus.call_sync(
        Some(crate::APP_ID),
        crate::ui::RESOURCES,
        "org.gtk.Actions",
        "Activate",
        Some(&parameters),
        None,
        gio::DBusCallFlags::NO_AUTO_START,
        5_000,
        gio::Cancellable::NONE,
    );
    match answer {
        Err(error)
            if !error.matches(gio::DBusError::ServiceUnknown)
                && !error.matches(gio::DBusError::NameHasNoOwner) =>
        {
            eprintln!("postrider-desktop: {error}");
            glib::ExitCode::FAILURE
        }
        _ => glib::ExitCode::SUCCESS,
    }
}

/// What a start, the first or a later one, asks for.
pub(super) fn messages(line: &gio::ApplicationCommandLine) -> Vec<Msg> {
    let options = line.options_dict();
    let names = line.arguments().into_iter().skip(1);
    let names = names.map(|name| name.to_string_lossy().into_owned());
    let mut all = wanted(
        options.contains("check"),
        options.contains("hidden"),
        names.collect(),
    );
    if let Ok(Some(host)) = options.lookup::<String>("probe") {
        all.push(Msg::Probe(host));
    }
    all
}

/// `--check` alone checks all; nothing at all, or names alone, shows the window.
fn wanted(check: bool, hidden: bool, names: Vec<String>) -> Vec<Msg> {
    match (check, hidden) {
        (true, _) if names.is_empty() => vec![Msg::Check(None)],
        (true, _) => names
            .into_iter()
            .map(|name| Msg::Check(Some(name)))
            .collect(),
        (false, true) => Vec::new(),
        (false, false) => vec![Msg::Present(None)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_ask_for_what_they_say() {
        let check = |check, hidden, names: &[&str], expected: &str| {
            let names = names.iter().map(|&name| name.to_owned()).collect();
            assert_eq!(format!("{:?}", wanted(check, hidden, names)), expected);
        };
        check(false, false, &[], "[Present(None)]");
        check(false, true, &[], "[]");
        check(true, false, &[], "[Check(None)]");
        check(
            true,
            true,
            &["a", "b"],
            "[Check(Some(\"a\")), Check(Some(\"b\"))]",
        );
    }
}
