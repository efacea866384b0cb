//! What was found, for the accounts there are: the menu of accounts that can be changed to the way
//! that is shown, and the buttons that let one say an option.

use gtk::prelude::*;
use gtk::{gio, glib};

use super::Input;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::Report;
use crate::engine::api::words::title;
use crate::engine::api::{AccountId, ServerFacts};

/// The accounts, in the order in which messages name them.
pub(super) type Accounts = [(AccountId, ServerFacts)];

/// An account of the examined host: its place in the list, and its name.
pub(super) type Here = (usize, String);

/// The accounts of the host that `report` is about.
pub(super) fn here(report: &Report, accounts: &Accounts) -> Vec<Here> {
    let all = accounts.iter().enumerate();
    all.filter(|(_, (_, facts))| is_here(facts, report))
        .map(|(place, (id, _))| (place, title(id)))
        .collect()
}

fn is_here(facts: &ServerFacts, report: &Report) -> bool {
    facts.host.eq_ignore_ascii_case(&report.host)
}

/// Fills the menu of accounts that can be changed: those of this host first. Without accounts, or
/// while the report is not whole, there is no menu.
pub(super) fn fill_menu(
    button: &gtk::MenuButton,
    report: &Report,
    accounts: &Accounts,
    to: &relm4::Sender<Input>,
) {
    button.set_visible(report.is_done && !accounts.is_empty());
    let (near, far): (Vec<_>, Vec<_>) = (0..)
        .zip(accounts)
        .partition(|(_, (_, facts))| is_here(facts, report));
    let section = |all: Vec<(usize, &(AccountId, ServerFacts))>| {
        let menu = gio::Menu::new();
        for (place, (id, _)) in all {
            menu.append_item(&entry(place, &title(id)));
        }
        menu
    };
    let menu = gio::Menu::new();
    let heading = (!near.is_empty()).then(|| gettext("At Another Server Now"));
    menu.append_section(None, &section(near));
    menu.append_section(heading.as_deref(), &section(far));
    button.set_menu_model(Some(&menu));
    on_entry(button, to, Input::Apply);
}

/// A button that lets an account of this host say `option`; with several, a menu of them; with
/// none, nothing.
pub(super) fn use_button(
    option: &str,
    here: &[Here],
    to: &relm4::Sender<Input>,
) -> Option<gtk::Widget> {
    let words = fill(&gettext("Use {option}"), &[("option", &option)]);
    let say = option.to_owned();
    let meant = move |place| Input::Use(place, say.clone());
    match here {
        [] => None,
        [(place, name)] => {
            let button = gtk::Button::builder().label(&words).build();
            button.set_tooltip_text(Some(name));
            let (to, place) = (to.clone(), *place);
            button.connect_clicked(move |_| to.emit(meant(place)));
            Some(dressed(button.upcast()))
        }
        several => {
            let menu = gio::Menu::new();
            for (place, name) in several {
                menu.append_item(&entry(*place, name));
            }
            let button = gtk::MenuButton::builder()
                .label(&words)
                .menu_model(&menu)
                .build();
            super::super::a11y::set_label(&button, &words);
            on_entry(&button, to, meant);
            Some(dressed(button.upcast()))
        }
    }
}

fn dressed(button: gtk::Widget) -> gtk::Widget {
    button.set_valign(gtk::Align::Center);
    button.set_widget_name("probe-use");
    button
}

fn entry(place: usize, name: &str) -> gio::MenuItem {
    let item = gio::MenuItem::new(Some(&name.replace('_', "__")), None);
    let place = u32::try_from(place).unwrap_or(u32::MAX).to_variant();
    item.set_action_and_target_value(Some("accounts.pick"), Some(&place));
    item
}

fn on_entry(
    button: &gtk::MenuButton,
    to: &relm4::Sender<Input>,
    meant: impl Fn(usize) -> Input + 'static,
) {
    let pick = gio::SimpleAction::new("pick", Some(glib::VariantTy::UINT32));
    let to = to.clone();
    pick.connect_activate(move |_, place| {
        let place = place.and_then(u32::from_variant);
        if let Some(place) = place.and_then(|place| usize::try_from(place).ok()) {
            to.emit(meant(place));
        }
    });
    let actions = gio::SimpleActionGroup::new();
    actions.add_action(&pick);
    button.insert_action_group("accounts", Some(&actions));
}
