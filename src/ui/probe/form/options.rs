//! The options of a probe, folded away until they are wanted.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use adw::prelude::*;

use super::super::super::{a11y, choices, choose, fact};
use super::super::input;
use crate::base::i18n::gettext;
use crate::engine::api::job::{Family, Request};

/// The widgets.
pub(super) struct Options {
    /// To be put below the field.
    pub root: gtk::Revealer,
    imap: gtk::CheckButton,
    pop3: gtk::CheckButton,
    smtp: gtk::CheckButton,
    odmr: gtk::CheckButton,
    ports: adw::EntryRow,
    family: adw::ComboRow,
    authority: FileRow,
    certificate: FileRow,
    key: FileRow,
    plugin: adw::EntryRow,
    timeout: gtk::SpinButton,
    online: gtk::Switch,
    hide: gtk::Switch,
}

impl Options {
    /// With what is usual.
    pub(super) fn new() -> Self {
        let tick = |label: &str, name: &str, is_on: bool| {
            gtk::CheckButton::builder()
                .label(label)
                .name(name)
                .active(is_on)
                .build()
        };
        let families = [
            gettext("IPv4 and IPv6"),
            gettext("Only IPv4"),
            gettext("Only IPv6"),
        ];
        let families: Vec<&str> = families.iter().map(String::as_str).collect();
        let this = Self {
            root: gtk::Revealer::new(),
            imap: tick("IMAP", "probe-imap", true),
            pop3: tick("POP3", "probe-pop3", true),
            smtp: tick(&gettext("SMTP and ETRN"), "probe-smtp", false),
            odmr: tick("ODMR", "probe-odmr", false),
            ports: entry_row(&gettext("Further ports"), "probe-ports"),
            family: adw::ComboRow::builder()
                .title(gettext("Addresses"))
                .model(&gtk::StringList::new(&families))
                .name("probe-family")
                .build(),
            authority: FileRow::new(
                &gettext("Own certificate authority"),
                &gettext("None: those this computer knows"),
                "probe-ca",
            ),
            certificate: FileRow::new(
                &gettext("Client certificate"),
                &gettext("None"),
                "probe-cert",
            ),
            key: FileRow::new(
                &gettext("Key of the client certificate"),
                &gettext("In the same file"),
                "probe-key",
            ),
            plugin: entry_row(
                &gettext("Plugin command in place of a connection"),
                "probe-plugin",
            ),
            timeout: gtk::SpinButton::with_range(1.0, 300.0, 1.0),
            online: gtk::Switch::builder()
                .active(true)
                .name("probe-online")
                .build(),
            hide: gtk::Switch::builder()
                .active(true)
                .name("probe-hide")
                .build(),
        };
        this.timeout.set_value(10.0);
        this.timeout.set_widget_name("probe-timeout");
        let buttons = a11y::children(this.timeout.upcast_ref());
        let buttons = buttons.filter_map(|child| child.downcast::<gtk::Button>().ok());
        for (button, name) in buttons.zip([gettext("Decrease"), gettext("Increase")]) {
            a11y::name_button(&button, &name);
        }
        this.lay_out();
        this
    }

    fn lay_out(&self) {
        let group = adw::PreferencesGroup::new();
        a11y::name_rows(&group, &gettext("Options"));
        group.add(&self.protocols());
        group.add(&self.ports);
        group.add(&self.family);
        self.family
            .set_list_factory(Some(&choices::menu(&self.family)));
        a11y::name_inner_lists(&self.family, &gettext("Addresses"));
        group.add(&with_suffix(
            &gettext("Longest silence in seconds"),
            "",
            &self.timeout,
        ));
        group.add(&self.authority.row);
        group.add(&self.certificate.row);
        group.add(&self.key.row);
        group.add(&self.plugin);
        group.add(&with_suffix(
            &gettext("Look up settings online"),
            &gettext(
                "For an email address; otherwise only the built-in list and the name service.",
            ),
            &self.online,
        ));
        group.add(&with_suffix(
            &gettext("Hide addresses of the local network in reports"),
            "",
            &self.hide,
        ));
        let clamp = adw::Clamp::builder()
            .maximum_size(600)
            .child(&group)
            .margin_bottom(6)
            .build();
        let scroll = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .propagate_natural_height(true)
            .max_content_height(360)
            .min_content_height(120)
            .child(&clamp)
            .build();
        self.root.set_child(Some(&scroll));
    }

    /// The protocols, two beside each other.
    fn protocols(&self) -> adw::PreferencesRow {
        let grid = gtk::Grid::builder()
            .column_spacing(12)
            .row_spacing(6)
            .column_homogeneous(true)
            .build();
        let ticks = [&self.imap, &self.pop3, &self.smtp, &self.odmr];
        for (tick, (column, row)) in ticks.into_iter().zip([(0, 0), (1, 0), (0, 1), (1, 1)]) {
            grid.attach(tick, column, row, 1, 1);
        }
        let title = gettext("Protocols");
        let column = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .margin_top(12)
            .margin_bottom(12)
            .margin_start(12)
            .margin_end(12)
            .build();
        column.append(&gtk::Label::builder().label(&title).xalign(0.0).build());
        column.append(&grid);
        fact::wrap_buttons(&grid);
        adw::PreferencesRow::builder()
            .title(title)
            .activatable(false)
            .focusable(false)
            .child(&column)
            .build()
    }

    /// What to ask of `host`; or what is wrong, and in which widget.
    pub(super) fn request(
        &self,
        host: &str,
        port: Option<u16>,
    ) -> Result<Request, (String, gtk::Widget)> {
        let mut request = Request::new(host);
        request.imap = self.imap.is_active();
        request.pop3 = self.pop3.is_active();
        request.pop2 = self.pop3.is_active();
        request.smtp = self.smtp.is_active();
        request.odmr = self.odmr.is_active();
        request.ports = input::ports(&self.ports.text()).map_err(|sentence| {
            self.ports.add_css_class("error");
            a11y::set_invalid(&self.ports, true);
            (sentence, self.ports.clone().upcast())
        })?;
        if let Some(port) = port {
            request.only_ports = true;
            if !request.ports.contains(&port) {
                request.ports.insert(0, port);
            }
        }
        let asks = request.imap || request.pop3 || request.smtp || request.odmr;
        if !asks && request.ports.is_empty() {
            let sentence = gettext("Choose at least one protocol or port.");
            return Err((sentence, self.imap.clone().upcast()));
        }
        request.family = match self.family.selected() {
            1 => Family::V4,
            2 => Family::V6,
            _ => Family::Any,
        };
        request.ca_file = self.authority.path();
        request.identity = self.identity()?;
        let plugin = self.plugin.text().trim().to_owned();
        request.plugin = Some(plugin).filter(|plugin| !plugin.is_empty());
        let seconds = u64::try_from(self.timeout.value_as_int()).unwrap_or(10);
        request.timeout = Duration::from_secs(seconds);
        Ok(request)
    }

    fn identity(&self) -> Result<Option<(PathBuf, PathBuf)>, (String, gtk::Widget)> {
        match (self.certificate.path(), self.key.path()) {
            (Some(certificate), Some(key)) => Ok(Some((certificate, key))),
            (Some(both), None) => Ok(Some((both.clone(), both))),
            (None, None) => Ok(None),
            (None, Some(_)) => Err((
                gettext("Choose the client certificate that the key belongs to."),
                self.certificate.choose.clone().upcast(),
            )),
        }
    }

    /// Takes marks of errors away.
    pub(super) fn clear(&self) {
        self.ports.remove_css_class("error");
        a11y::set_invalid(&self.ports, false);
    }

    /// Settings pages are asked about an address.
    pub(super) fn is_online(&self) -> bool {
        self.online.is_active()
    }

    /// Reports do without addresses of the local network.
    pub(super) fn hides_local(&self) -> bool {
        self.hide.is_active()
    }
}

fn entry_row(title: &str, name: &str) -> adw::EntryRow {
    let row = adw::EntryRow::builder()
        .title(title)
        .use_markup(false)
        .name(name)
        .build();
    a11y::name_entry(&row);
    row
}

fn with_suffix(title: &str, subtitle: &str, suffix: &impl IsA<gtk::Widget>) -> adw::ActionRow {
    suffix.set_valign(gtk::Align::Center);
    let row = adw::ActionRow::builder()
        .title(title)
        .use_markup(false)
        .title_lines(0)
        .subtitle_lines(0)
        .activatable_widget(suffix)
        .build();
    row.set_subtitle(subtitle);
    row.add_suffix(suffix);
    a11y::set_label(suffix, title);
    a11y::set_description(suffix, subtitle);
    row
}

/// A row that holds the path of a file.
struct FileRow {
    row: adw::ActionRow,
    choose: gtk::Button,
    path: Rc<RefCell<Option<PathBuf>>>,
}

impl FileRow {
    fn new(title: &str, none: &str, name: &str) -> Self {
        let row = adw::ActionRow::builder()
            .title(title)
            .use_markup(false)
            .title_lines(0)
            .subtitle_lines(2)
            .build();
        row.set_subtitle(none);
        let button = |icon: &str, text: String, name: String| {
            let button = gtk::Button::builder()
                .icon_name(icon)
                .valign(gtk::Align::Center)
                .css_classes(["flat"])
                .name(name)
                .build();
            a11y::name_button(&button, &format!("{text}: {title}"));
            row.add_suffix(&button);
            button
        };
        let forget = button(
            "edit-clear-symbolic",
            gettext("Clear"),
            format!("{name}-clear"),
        );
        forget.set_visible(false);
        let choose = button(
            "document-open-symbolic",
            gettext("Choose a File"),
            name.to_owned(),
        );
        let path = Rc::<RefCell<Option<PathBuf>>>::default();
        let (shown, cleared, none) = (row.clone(), path.clone(), none.to_owned());
        forget.connect_clicked(move |button| {
            cleared.replace(None);
            shown.set_subtitle(&none);
            button.set_visible(false);
        });
        let (shown, chosen) = (row.clone(), path.clone());
        let title = title.to_owned();
        choose.connect_clicked(move |button| {
            let (shown, chosen, forget) = (shown.clone(), chosen.clone(), forget.clone());
            choose::file(button, &title, move |file| {
                shown.set_subtitle(&file.display().to_string());
                forget.set_visible(true);
                chosen.replace(Some(file));
            });
        });
        Self { row, choose, path }
    }

    fn path(&self) -> Option<PathBuf> {
        self.path.borrow().clone()
    }
}
