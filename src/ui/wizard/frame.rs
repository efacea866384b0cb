//! The wizard's window: header, pages in a leaflet that shows one at a time, and the bar below.

use adw::prelude::*;
use gtk::{gdk, gio, glib};

use super::super::ask::{Question, Weight};
use super::super::{a11y, fact};
use super::address::Address;
use super::copies::Copies;
use super::delivery::Delivery;
use super::discovery::Discovery;
use super::model::{Deed, Field, Input, Model, Page, Work};
use super::rows::{Leaf, Meant, put};
use super::save::Save;
use super::server::Server;
use super::sign_in::SignIn;
use super::try_it::TryIt;
use super::welcome::Welcome;
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::Rhythm;

/// The widgets.
pub(super) struct Frame {
    leaflet: adw::Leaflet,
    leaves: Vec<(Page, Box<dyn Leaf>)>,
    back: gtk::Button,
    title: adw::WindowTitle,
    status: gtk::Label,
    primary: gtk::Button,
    more: gtk::MenuButton,
}

impl Frame {
    /// Fills `window`; `whose`: the account that is changed.
    pub(super) fn new(window: &adw::Window, whose: Option<&str>, meant: &Meant) -> Self {
        let leaves: Vec<(Page, Box<dyn Leaf>)> = vec![
            (Page::Welcome, Box::new(Welcome::new(meant))),
            (Page::Address, Box::new(Address::new(meant))),
            (Page::Discovery, Box::new(Discovery::new(meant))),
            (Page::Server, Box::new(Server::new(meant))),
            (Page::SignIn, Box::new(SignIn::new(meant))),
            (Page::Delivery, Box::new(Delivery::new(meant))),
            (Page::Copies, Box::new(Copies::new(meant))),
            (Page::TryIt, Box::new(TryIt::new(meant))),
            (Page::Save, Box::new(Save::new(meant))),
        ];
        let leaflet = adw::Leaflet::builder()
            .can_unfold(false)
            .can_navigate_back(true)
            .vexpand(true)
            .build();
        for (page, leaf) in &leaves {
            let place = leaflet.append(&leaf.sheet().root);
            place.set_name(Some(page.name()));
            // What is busy is not a place to come back to.
            place.set_navigatable(*page != Page::Discovery);
        }
        let to = meant.clone();
        leaflet.connect_visible_child_notify(move |leaflet| {
            let name = leaflet.visible_child_name();
            let page = Page::ALL
                .into_iter()
                .find(|page| name.as_deref() == Some(page.name()));
            if let Some(page) = page.filter(|_| !leaflet.is_child_transition_running()) {
                to(Input::Swiped(page));
            }
        });
        let press = |button: gtk::Button, name: &str, input: fn() -> Input| {
            button.set_widget_name(name);
            let to = meant.clone();
            button.connect_clicked(move |_| to(input()));
            button
        };
        let back = a11y::mnemonic_button(&gettext("_Back"));
        let back = press(back, "wizard-back", || Input::Back);
        let primary = press(gtk::Button::new(), "primary", || Input::Primary);
        primary.add_css_class("pill");
        primary.add_css_class("suggested-action");
        let status = gtk::Label::builder()
            .hexpand(true)
            .css_classes(["caption", "quiet"])
            .accessible_role(gtk::AccessibleRole::Status)
            .build();
        let bar = gtk::CenterBox::builder()
            .margin_top(8)
            .margin_bottom(8)
            .margin_start(12)
            .margin_end(12)
            .build();
        bar.set_start_widget(Some(&back));
        bar.set_center_widget(Some(&status));
        bar.set_end_widget(Some(&primary));
        let more = save_menu(window, meant);
        let title = match whose {
            None => adw::WindowTitle::new(&gettext("Set Up an Account"), ""),
            Some(name) => {
                adw::WindowTitle::new(&gettext("Edit Account"), &super::super::markup(name))
            }
        };
        let header = adw::HeaderBar::builder().title_widget(&title).build();
        // Below, there is no room for it in a narrow window.
        header.pack_end(&more);
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .build();
        column.append(&header);
        column.append(&leaflet);
        column.append(&gtk::Separator::new(gtk::Orientation::Horizontal));
        column.append(&bar);
        fact::wrap_buttons(&column);
        window.set_content(Some(&column));
        window.set_default_widget(Some(&primary));
        keys(window, meant);
        Self {
            leaflet,
            leaves,
            back,
            title,
            status,
            primary,
            more,
        }
    }

    /// Shows how things stand.
    pub(super) fn show(&self, model: &Model) {
        for (page, leaf) in &self.leaves {
            if *page == model.page {
                leaf.show(model);
            }
        }
        self.back.set_visible(!model.trail.is_empty());
        if model.editing.is_none() {
            let step = model
                .page
                .step()
                .map(|(n, all)| fill(&gettext("Step {n} of {all}"), &[("n", &n), ("all", &all)]));
            self.title.set_subtitle(&step.unwrap_or_default());
        }
        let status = match model.saving.is_running() {
            true => gettext("Saving…"),
            false => String::new(),
        };
        put(&self.status, &status);
        let can_wait = model.page == Page::Save
            && model.editing.is_none()
            && model.answers.chosen_rhythm() != Rhythm::Asked;
        self.more
            .set_visible(can_wait && !model.saving.is_running());
        let primary = primary(model);
        self.primary.set_visible(primary.is_some());
        // Hidden, it is no longer what Enter presses, and does not become it again by itself.
        if let Some(window) = self.primary.root().and_downcast::<gtk::Window>()
            && primary.is_some()
        {
            window.set_default_widget(Some(&self.primary));
        }
        if let Some(label) = primary
            && self.primary.label().as_deref() != Some(&label)
        {
            self.primary.set_label(&label);
        }
    }

    /// Brings a page to the front; its title takes the focus.
    pub(super) fn go(&self, page: Page) {
        if let Some(leaf) = self.leaf(page) {
            self.leaflet.set_visible_child(&leaf.sheet().root);
            leaf.sheet().root.vadjustment().set_value(0.0);
            leaf.sheet().focus_title();
        }
    }

    /// Puts the focus on the title of a page.
    pub(super) fn rest(&self, page: Page) {
        if let Some(leaf) = self.leaf(page) {
            leaf.sheet().focus_title();
        }
    }

    /// Puts the cursor into a field of the page in front.
    pub(super) fn focus(&self, page: Page, field: Field) {
        if let Some(leaf) = self.leaf(page) {
            leaf.focus(field);
        }
    }

    fn leaf(&self, page: Page) -> Option<&dyn Leaf> {
        let found = self.leaves.iter().find(|(of, _)| *of == page);
        found.map(|(_, leaf)| &**leaf)
    }
}

/// What the way on is called; `None` while there is none.
fn primary(model: &Model) -> Option<String> {
    Some(match model.page {
        Page::Server if model.probe.is_running() => return None,
        Page::Address | Page::Server | Page::Delivery | Page::Copies if model.editing.is_some() => {
            match (model.is_changed(), model.is_untested()) {
                (false, _) => gettext("Done"),
                (true, true) => gettext("Test Sign-In"),
                (true, false) => gettext("Review Changes"),
            }
        }
        Page::Welcome => gettext("Set Up an Account"),
        Page::Address => gettext("Find Settings"),
        Page::Discovery => return None,
        Page::SignIn => match &model.sign_in {
            Work::Running(_) => return None,
            Work::Done(Ok(_)) => gettext("Continue"),
            _ => gettext("Sign In"),
        },
        Page::Save if model.saving.is_running() => return None,
        Page::Save if model.is_untested() => gettext("Save Without Testing"),
        Page::Save if model.editing.is_some() => gettext("Save"),
        Page::Save if model.answers.setup().rhythm == Rhythm::Asked => gettext("Save"),
        Page::Save => gettext("Save and Start Checking"),
        _ => gettext("Continue"),
    })
}

/// The other way to save: what is checked later.
fn save_menu(window: &adw::Window, meant: &Meant) -> gtk::MenuButton {
    let actions = gio::SimpleActionGroup::new();
    let only = gio::SimpleAction::new("save-only", None);
    let to = meant.clone();
    only.connect_activate(move |_, _| to(Input::Do(Deed::SaveOnly)));
    actions.add_action(&only);
    window.insert_action_group("wizard", Some(&actions));
    let menu = gio::Menu::new();
    menu.append(Some(&gettext("_Save Only")), Some("wizard.save-only"));
    let button = gtk::MenuButton::builder()
        .icon_name("view-more-symbolic")
        .menu_model(&menu)
        .name("save-menu")
        .build();
    a11y::name_button(&button, &gettext("Other Ways to Save"));
    button
}

fn keys(window: &adw::Window, meant: &Meant) {
    let controller = gtk::EventControllerKey::new();
    let to = meant.clone();
    controller.connect_key_pressed(move |_, key, _, state| {
        let input = match key {
            gdk::Key::Escape => Input::Close,
            gdk::Key::Left if state.contains(gdk::ModifierType::ALT_MASK) => Input::Back,
            _ => return glib::Propagation::Proceed,
        };
        to(input);
        glib::Propagation::Stop
    });
    window.add_controller(controller);
    window.add_controller(on_enter(window, meant));
    let to = meant.clone();
    window.connect_close_request(move |_| {
        to(Input::Close);
        glib::Propagation::Stop
    });
}

/// Enter goes on also from a row that only tells something, whose list would swallow the key.
fn on_enter(window: &adw::Window, meant: &Meant) -> gtk::EventControllerKey {
    let controller = gtk::EventControllerKey::new();
    controller.set_propagation_phase(gtk::PropagationPhase::Capture);
    let (to, weak) = (meant.clone(), window.downgrade());
    controller.connect_key_pressed(move |_, key, _, _| {
        let focus = weak
            .upgrade()
            .and_then(|window| GtkWindowExt::focus(&window));
        let row = focus.and_downcast::<gtk::ListBoxRow>();
        let only_tells = row.is_some_and(|row| !row.is_activatable());
        if only_tells && matches!(key, gdk::Key::Return | gdk::Key::KP_Enter) {
            to(Input::Primary);
            return glib::Propagation::Stop;
        }
        glib::Propagation::Proceed
    });
    controller
}

/// Asks whether to leave though something was typed.
pub(super) fn ask_to_leave(window: &adw::Window, is_change: bool, meant: &Meant) {
    let heading = match is_change {
        true => gettext("Discard the changes?"),
        false => gettext("Leave set-up?"),
    };
    let question = Question {
        heading: &heading,
        body: &gettext("Nothing has been saved."),
        name: "leave-question",
        no: ("stay", &gettext("_Stay")),
        yes: ("leave", &gettext("_Leave")),
        weight: Weight::Grave,
    };
    let to = meant.clone();
    question.ask(window, move || to(Input::Leave));
}
