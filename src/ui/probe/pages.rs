//! What stands below the form: nothing yet, busy, servers to choose from, a failure, results.

use std::rc::Rc;
use std::time::SystemTime;

use adw::prelude::*;
use gtk::{gio, glib, pango};

use super::super::a11y;
use super::state::Notice;
use super::{Input, history};
use crate::base::i18n::gettext;
use crate::engine::api::job::report::Report;

/// The pages.
pub(super) struct Pages {
    /// To be put below the form.
    pub stack: gtk::Stack,
    failure: adw::StatusPage,
    spinner: gtk::Spinner,
    busy: gtk::Label,
    hosts: adw::Bin,
}

impl Pages {
    /// Nothing yet; `results` is the last of them.
    pub(super) fn new(results: &gtk::Paned) -> Self {
        let nothing = adw::StatusPage::builder()
            .icon_name("system-search-symbolic")
            .title(gettext("Examine a Mail Server"))
            .description(gettext(
                "Enter a server or an address. Nothing secret is sent.",
            ))
            .build();
        let this = Self {
            stack: gtk::Stack::builder()
                .vexpand(true)
                .hhomogeneous(false)
                .vhomogeneous(false)
                .build(),
            failure: adw::StatusPage::builder().name("probe-failure").build(),
            spinner: gtk::Spinner::builder()
                .width_request(32)
                .height_request(32)
                .build(),
            busy: gtk::Label::builder()
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .justify(gtk::Justification::Center)
                .accessible_role(gtk::AccessibleRole::Status)
                .name("probe-busy")
                .build(),
            hosts: adw::Bin::new(),
        };
        a11y::set_label(&this.spinner, &gettext("Examining"));
        let busy = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(12)
            .valign(gtk::Align::Center)
            .margin_start(12)
            .margin_end(12)
            .build();
        busy.append(&this.spinner);
        busy.append(&this.busy);
        this.stack.add_named(&nothing, Some("nothing"));
        this.stack.add_named(&busy, Some("busy"));
        this.stack.add_named(&this.hosts, Some("hosts"));
        this.stack.add_named(&this.failure, Some("failure"));
        this.stack.add_named(results, Some("results"));
        this.spin_only_in_sight(&busy);
        this
    }

    /// A spinner that nobody sees must not wake the machine.
    fn spin_only_in_sight(&self, page: &gtk::Box) {
        let spinner = self.spinner.clone();
        page.connect_map(move |_| spinner.set_spinning(true));
        let spinner = self.spinner.clone();
        page.connect_unmap(move |_| spinner.set_spinning(false));
    }

    fn show(&self, name: &str) {
        self.stack.set_visible_child_name(name);
    }

    /// As at the start.
    pub(super) fn nothing(&self) {
        self.show("nothing");
    }

    /// Something is under way: what.
    pub(super) fn busy(&self, text: &str) {
        self.busy.set_text(text);
        self.show("busy");
    }

    /// A choice of servers.
    pub(super) fn hosts(&self, page: &gtk::Widget) {
        self.hosts.set_child(Some(page));
        self.show("hosts");
        page.child_focus(gtk::DirectionType::TabForward);
    }

    /// Why there is nothing.
    pub(super) fn failure(&self, notice: &Notice) {
        // Title and description of a status page are markup in libadwaita 1.2.
        self.failure.set_icon_name(Some(notice.icon));
        self.failure
            .set_title(&glib::markup_escape_text(&notice.headline));
        self.failure
            .set_description(Some(&glib::markup_escape_text(&notice.text)));
        self.show("failure");
    }

    /// What was found.
    pub(super) fn results(&self) {
        self.show("results");
    }

    /// Whether results are in front.
    pub(super) fn shows_results(&self) -> bool {
        self.stack.visible_child_name().as_deref() == Some("results")
    }
}

/// Tells the size of the page: GTK 4.8 has no breakpoints. As wide as the page and of no height.
pub(super) fn ruler(to: &relm4::Sender<Input>) -> gtk::Overlay {
    let ruler = gtk::DrawingArea::builder()
        .can_target(false)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    let to = to.clone();
    ruler.connect_resize(move |ruler, width, _| {
        let height = ruler.root().map_or(0, |root| root.height());
        to.emit(Input::Size(width, height));
    });
    gtk::Overlay::builder().child(&ruler).build()
}

/// The menu of the probes of this session; it rests while something is under way.
pub(super) fn fill_history(
    button: &gtk::MenuButton,
    all: &[Rc<Report>],
    is_free: bool,
    to: &relm4::Sender<Input>,
) {
    button.set_visible(!all.is_empty());
    button.set_sensitive(is_free);
    let menu = gio::Menu::new();
    let now = SystemTime::now();
    for (place, report) in (0_u32..).zip(all) {
        let text = history::entry(report, now).replace('_', "__");
        let item = gio::MenuItem::new(Some(&text), None);
        item.set_action_and_target_value(Some("probe.show"), Some(&place.to_variant()));
        menu.append_item(&item);
    }
    button.set_menu_model(Some(&menu));
    let show = gio::SimpleAction::new("show", Some(glib::VariantTy::UINT32));
    let to = to.clone();
    show.connect_activate(move |_, place| {
        let place = place.and_then(u32::from_variant);
        if let Some(place) = place.and_then(|place| usize::try_from(place).ok()) {
            to.emit(Input::Show(place));
        }
    });
    let actions = gio::SimpleActionGroup::new();
    actions.add_action(&show);
    button.insert_action_group("probe", Some(&actions));
}
