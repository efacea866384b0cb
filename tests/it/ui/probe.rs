//! The Autoprobe page, with this test in place of the engine.

mod apply;
mod reports;
mod trying;

use std::time::SystemTime;

use postrider::engine::api::job::report::{Failure, Outcome as Ended, Problem, Report};
use postrider::engine::api::job::*;
use postrider::engine::api::{ServerFacts, State};

use super::*;

/// The page, and the job it waits for.
struct Page {
    desk: Desk,
    id: Option<JobId>,
}

impl Page {
    fn open(width: i32) -> Self {
        Self::with(Snapshot::default(), width)
    }

    fn with(first: Snapshot, width: i32) -> Self {
        let desk = Desk::open(first, width);
        desk.act("show-probe");
        Self { desk, id: None }
    }

    /// Types `text` and presses Enter.
    fn examine(&mut self, text: &str) -> Job {
        let entry = self.desk.find::<gtk::Entry>("server");
        entry.set_text(text);
        entry.emit_activate();
        self.job()
    }

    fn job(&mut self) -> Job {
        match self.desk.command() {
            Command::Start { id, job } => {
                self.id = Some(id);
                *job
            }
            other => panic!("{other:?}"),
        }
    }

    fn progress(&self, report: Report) {
        self.desk.event(Event::Job {
            id: self.id.unwrap(),
            progress: Progress::Probe(Box::new(report)),
        });
    }

    fn done(&mut self, outcome: Outcome) {
        let id = self.id.take().unwrap();
        self.desk.event(Event::JobDone { id, outcome });
    }

    fn probed(&mut self, report: Report) {
        self.done(Outcome::Probed(Box::new(report)));
    }

    /// A probe from its begin to its end.
    fn shows(&mut self, report: Report) {
        self.examine(&report.host);
        self.probed(report);
    }

    /// The cells of the table, row by row.
    fn cells(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        collect(&self.desk.find("probe-table"), &mut |widget| {
            if widget.type_().name() == "GtkListItemWidget"
                || widget.type_().name() == "GtkColumnListItemWidget"
            {
                let texts = texts_of(widget);
                if texts.len() > 2 && texts[0] != "Port" {
                    rows.push(texts);
                }
            }
        });
        rows
    }

    fn selected(&self) -> u32 {
        let table = self.desk.find::<gtk::ColumnView>("probe-table");
        let model = table.model().and_downcast::<gtk::SingleSelection>();
        model.unwrap().selected()
    }

    fn select(&self, place: u32) {
        let table = self.desk.find::<gtk::ColumnView>("probe-table");
        let model = table.model().and_downcast::<gtk::SingleSelection>();
        model.unwrap().set_selected(place);
        self.desk.settle();
    }

    fn open_card(&self, place: i32) {
        let cards = self.desk.find::<gtk::ListBox>("probe-cards");
        let row = cards.row_at_index(place).unwrap();
        WidgetExt::activate(&row);
        self.desk.settle();
    }

    fn menu(&self, button: &str, action: &str, target: Option<&glib::Variant>) {
        let button = self.desk.find::<gtk::MenuButton>(button);
        button.activate_action(action, target).unwrap();
        self.desk.settle();
    }

    fn copied(&self) -> String {
        let text = std::rc::Rc::new(std::cell::RefCell::new(None));
        let got = text.clone();
        let clipboard = self.desk.window().clipboard();
        clipboard.read_text_async(gtk::gio::Cancellable::NONE, move |read| {
            got.replace(Some(read.ok().flatten().map(String::from)));
        });
        self.desk.until("the clipboard", || text.borrow().is_some());
        text.take().flatten().unwrap_or_default()
    }
}

fn activate(row: &adw::ActionRow) {
    adw::prelude::ActionRowExt::activate(row);
}

/// Accounts at the host of the reports, and one elsewhere.
fn accounts() -> Snapshot {
    let mut here = sample::account("ann", "mail.example.org", State::Idle);
    here.server = ServerFacts {
        host: "mail.example.org".into(),
        protocol: Some(Protocol::Imap),
        port: Some(143),
        security: Some(Security::None),
    };
    let mut elsewhere = sample::account("under_score", "other.example", State::Idle);
    elsewhere.server.host = "other.example".into();
    Snapshot {
        accounts: vec![here, elsewhere],
        ..Snapshot::default()
    }
}

#[gtk::test]
fn nothing_yet() {
    let page = Page::open(980);
    assert!(page.desk.shows("Examine a Mail Server"));
    assert!(page.desk.shows("Nothing secret is sent."));
    page.desk.is_named();
}

#[gtk::test]
fn what_cannot_be_examined_is_said_and_the_cursor_goes_there() {
    let mut page = Page::open(980);
    let check = |page: &mut Page, text: &str, part: &str| {
        page.desk.find::<gtk::Entry>("server").set_text(text);
        page.desk.press("probe-go");
        assert!(page.desk.is_silent(), "{text}");
        assert!(page.desk.shows(part), "{text}: {:?}", page.desk.texts());
        let entry = page.desk.find::<gtk::Entry>("server");
        assert!(entry.has_css_class("error"));
        let focus = gtk::prelude::GtkWindowExt::focus(page.desk.window()).unwrap();
        assert!(focus.is_ancestor(&entry), "{focus:?}");
    };
    check(&mut page, "", "Enter a server such as");
    check(&mut page, "ann@", "Enter an address such as");
    check(&mut page, "mail.example.org:70000", "Port must be");
    check(
        &mut page,
        "<b>&\"",
        "“<b>&\"” cannot be the name of a server.",
    );
    // An error goes as soon as the text changes.
    page.desk
        .find::<gtk::Entry>("server")
        .set_text("mail.example.org");
    page.desk.settle();
    assert!(page.desk.all("probe-error").is_empty());
    assert!(page.desk.shows("Nothing secret is sent."));
}

#[gtk::test]
fn options_reach_the_engine() {
    let mut page = Page::open(980);
    page.desk
        .find::<gtk::ToggleButton>("probe-options")
        .set_active(true);
    page.desk
        .until("unfolded", || !page.desk.all("probe-imap").is_empty());
    page.desk.is_named();
    page.desk
        .find::<gtk::CheckButton>("probe-imap")
        .set_active(false);
    page.desk
        .find::<gtk::CheckButton>("probe-smtp")
        .set_active(true);
    page.desk
        .find::<adw::EntryRow>("probe-ports")
        .set_text("1110, 1143");
    page.desk
        .find::<adw::EntryRow>("probe-plugin")
        .set_text(" ssh %h ");
    page.desk
        .find::<adw::ComboRow>("probe-family")
        .set_selected(2);
    page.desk
        .find::<gtk::SpinButton>("probe-timeout")
        .set_value(25.0);
    let Job::Probe(request) = page.examine("mail.example.org") else {
        panic!()
    };
    let expected = Request {
        imap: false,
        smtp: true,
        ports: vec![1110, 1143],
        family: Family::V6,
        plugin: Some("ssh %h".into()),
        timeout: Duration::from_secs(25),
        ..Request::new("mail.example.org")
    };
    assert_eq!(request, expected);
    page.done(Outcome::Cancelled);
    let Job::Probe(request) = page.examine("[2001:db8::1]:1993") else {
        panic!()
    };
    assert_eq!(request.host, "2001:db8::1");
    assert!(request.only_ports);
    assert_eq!(request.ports, [1993, 1110, 1143]);
    page.done(Outcome::Cancelled);
    // An option that cannot be used is shown again.
    page.desk
        .find::<gtk::ToggleButton>("probe-options")
        .set_active(true);
    page.desk
        .until("unfolded", || !page.desk.all("probe-ports").is_empty());
    page.desk
        .find::<adw::EntryRow>("probe-ports")
        .set_text("imap");
    page.desk.press("probe-go");
    assert!(page.desk.is_silent());
    assert!(page.desk.shows("Enter port numbers"));
    assert!(
        page.desk
            .find::<adw::EntryRow>("probe-ports")
            .has_css_class("error")
    );
}

#[gtk::test]
fn an_address_lists_its_servers() {
    let mut page = Page::open(980);
    page.desk
        .find::<gtk::Entry>("server")
        .set_text("ann@example.org");
    page.desk.settle();
    assert!(page.desk.shows("Sends only the part after @"));
    let job = page.examine("ann@example.org");
    let Job::Discover(wish) = job else { panic!() };
    assert_eq!((wish.domain.as_str(), wish.online), ("example.org", true));
    assert!(page.desk.shows("Looking for settings…"));
    page.done(Outcome::Discovered(Box::new(reports::found())));
    assert!(page.desk.shows("Servers of example.org"));
    assert!(page.desk.shows("imap.example.org"));
    assert!(page.desk.shows("Not confirmed"));
    page.desk.is_named();
    let rows = page.desk.all("probe-host");
    assert_eq!(rows.len(), 2);
    activate(rows[0].downcast_ref::<adw::ActionRow>().unwrap());
    let Job::Probe(request) = page.job() else {
        panic!()
    };
    assert_eq!(request.host, "imap.example.org");
    assert_eq!(request.ports, [1995]);
    assert!(!request.only_ports);
}

#[gtk::test]
fn no_servers_and_no_network_are_told_apart() {
    let mut page = Page::open(980);
    page.examine("ann@example.org");
    let mut found = reports::found();
    found.candidates.clear();
    page.done(Outcome::Discovered(Box::new(found.clone())));
    assert!(page.desk.shows("No settings found for example.org"));
    page.examine("ann@example.org");
    found.is_offline = true;
    page.done(Outcome::Discovered(Box::new(found)));
    assert!(page.desk.shows("You are offline"));
}

#[gtk::test]
fn rows_fill_in_and_the_selected_one_stays() {
    let mut page = Page::open(1200);
    assert_eq!(
        page.examine("mail.example.org"),
        Job::Probe(Request::new("mail.example.org"))
    );
    assert!(page.desk.shows("Looking up"));
    assert!(page.desk.shows("Stop"));
    page.desk.is_named();
    // The name is looked up: nothing to show.
    let mut first = reports::begun();
    first.rows.clear();
    page.progress(first);
    assert!(page.desk.shows("Looking up"));
    page.progress(reports::begun());
    assert!(page.desk.shows("0 of 4 ports done"));
    assert_eq!(page.cells().len(), 4);
    page.select(2);
    let table = page.desk.find::<gtk::ColumnView>("probe-table");
    table.grab_focus();
    page.desk.settle();
    let focus = gtk::prelude::GtkWindowExt::focus(page.desk.window()).unwrap();
    assert!(focus.is_ancestor(&table));
    page.progress(reports::half());
    assert_eq!(page.selected(), 2);
    let now = gtk::prelude::GtkWindowExt::focus(page.desk.window());
    assert_eq!(now.as_ref(), Some(&focus), "the focus stays");
    assert!(page.desk.shows("2 of 4 ports done"));
    assert!(page.desk.shows("Port 143 · IMAP"));
    page.probed(reports::good());
    assert_eq!(page.selected(), 2, "the person chose it");
    assert!(page.desk.shows("2 of 4 ports answered in 4.3 s."));
    assert!(page.desk.shows("Use IMAP on port 993 with TLS."));
    assert!(page.desk.shows("Probe"));
    page.desk.is_named();
}

#[gtk::test]
fn what_is_best_is_selected_if_nobody_chose() {
    let mut page = Page::open(1200);
    let mut report = reports::good();
    report.rows.rotate_left(1);
    page.shows(report);
    assert_eq!(page.selected(), 3);
    assert!(page.desk.shows("Port 993 · IMAP over TLS"));
}

#[gtk::test]
fn the_table_is_sorted_and_stays_sorted() {
    let mut page = Page::open(1200);
    page.examine("mail.example.org");
    page.progress(reports::begun());
    let ports =
        |page: &Page| -> Vec<String> { page.cells().iter().map(|row| row[0].clone()).collect() };
    assert_eq!(ports(&page), ["993", "995", "143", "110"]);
    page.menu("probe-sort", "probe.sort", Some(&"port".to_variant()));
    assert_eq!(ports(&page), ["110", "143", "993", "995"]);
    page.select(0);
    page.menu("probe-sort", "probe.sort", Some(&"result".to_variant()));
    page.probed(reports::good());
    assert_eq!(ports(&page), ["110", "993", "143", "995"]);
    assert_eq!(page.selected(), 0, "port 110");
    page.menu("probe-sort", "probe.reversed", None);
    assert_eq!(ports(&page), ["995", "143", "993", "110"]);
    assert_eq!(page.selected(), 3, "still port 110");
}

#[gtk::test]
fn details_tell_everything() {
    let mut page = Page::open(1200);
    page.shows(reports::good());
    for part in [
        "Dovecot 2.3.19 (it says so)",
        "TLS 1.0, TLS 1.1. A weakness",
        "Tells of new mail as it comes",
        "Issued for",
        "Example Intermediate R3",
        "Servers of this kind have returned",
        "mx1.provider.example",
    ] {
        assert!(page.desk.shows(part), "{part}");
    }
    page.select(3);
    assert!(page.desk.shows("only inside TLS"));
    assert!(
        page.desk
            .shows("Offered with the stamp <1896.697170952@mail.example.org>")
    );
    let greeting = page.desk.find::<gtk::Label>("probe-greeting");
    assert!(greeting.attributes().is_some(), "the stamp is marked");
    assert!(
        page.desk
            .shows("Nothing special is known about this server.")
    );
    page.select(1);
    assert!(page.desk.shows("Nothing listens on this port."));
    assert!(page.desk.all("probe-greeting").is_empty());
}

#[gtk::test]
fn certificates_have_a_window() {
    let mut page = Page::open(1200);
    let mut report = reports::good();
    if let Some(tls) = &mut report.rows[0].tls {
        tls.shown.problem = Some(Problem::SelfSigned);
    }
    page.shows(report);
    activate(&page.desk.find("probe-certificates"));
    page.desk
        .until("the window", || !page.desk.all("certificates").is_empty());
    assert!(page.desk.shows("The Server's Certificate"));
    assert!(page.desk.shows("Fingerprint MD5 (old form)"));
    let window = page.desk.find::<adw::Window>("certificates");
    let texts = texts_of(window.upcast_ref());
    let place = |part: &str| texts.iter().position(|text| text.contains(part)).unwrap();
    assert!(
        place("not trusted") < place("Issued to"),
        "what is wrong comes first"
    );
    page.desk.is_named();
    page.desk.shot_of(window.upcast_ref(), "probe-certificates");
    page.desk.press("copy-sha256-0");
    assert_eq!(page.copied(), ["AB"; 32].join(":"));
    window.close();
}

#[gtk::test]
fn states_without_results() {
    let mut page = Page::open(980);
    let mut check = |failure: Failure, part: &str| {
        page.shows(reports::failed(failure));
        assert!(page.desk.shows(part), "{part}");
        page.desk.is_named();
    };
    check(Failure::UnknownHost, "The server was not found");
    check(
        Failure::Lookup("<b>SERVFAIL".into()),
        "answered: <b>SERVFAIL",
    );
    check(Failure::Offline, "You are offline");
    check(Failure::Settings("No such file.".into()), "No such file.");
}

#[gtk::test]
fn states_with_results() {
    let mut page = Page::open(980);
    let mut check = |report: Report, part: &str| {
        page.shows(report);
        assert!(page.desk.shows(part), "{part}");
        assert!(page.desk.all("probe-verdict").is_empty());
        page.desk.is_named();
    };
    check(reports::all_with(Ended::Refused), "All ports are refused");
    check(reports::blocked(), "This network may block mail");
    let portal = reports::all_with(Ended::NotThis("HTTP/1.1 302 Found".into()));
    check(portal, "This is not a mail server");
    assert!(page.desk.shows("It said: HTTP/1.1 302 Found"));
    page.shows(reports::plain());
    assert!(
        page.desk
            .shows("Only POP3 on port 110 without encryption is left.")
    );
}

#[gtk::test]
fn stopping_keeps_what_was_found() {
    let mut page = Page::open(980);
    page.examine("mail.example.org");
    page.desk.press("probe-go");
    let id = page.id.unwrap();
    assert_eq!(page.desk.command(), Command::Cancel(id));
    page.done(Outcome::Cancelled);
    assert!(page.desk.shows("Examine a Mail Server"));
    page.examine("mail.example.org");
    page.progress(reports::half());
    page.desk.press("probe-go");
    assert_eq!(page.desk.command(), Command::Cancel(page.id.unwrap()));
    page.done(Outcome::Cancelled);
    assert!(page.desk.shows("What was found until then is shown."));
    assert!(page.cells()[2].contains(&"stopped".to_owned()));
    // What comes too late is not taken for an answer to something else.
    page.desk.event(Event::JobDone {
        id,
        outcome: Outcome::Probed(Box::new(reports::good())),
    });
    assert!(page.desk.shows("What was found until then is shown."));
}

#[gtk::test]
fn an_engine_that_ends_ends_the_probe() {
    let mut page = Page::open(980);
    page.examine("mail.example.org");
    page.progress(reports::half());
    page.desk.event(Event::Ended);
    assert!(page.desk.shows("What was found until then is shown."));
}

#[gtk::test]
fn reports_are_copied_and_local_addresses_are_not() {
    let mut page = Page::open(1200);
    let mut report = reports::good();
    let local = "192.168.7.7".parse().unwrap();
    report.addresses = vec![local];
    for row in &mut report.rows {
        row.address = Some(local);
    }
    page.shows(report);
    page.desk.press("probe-copy");
    let text = page.copied();
    assert!(text.contains("mail.example.org"), "{text}");
    assert!(text.contains("993"));
    assert!(!text.contains("192.168.7.7"));
    assert!(page.desk.shows("Report copied"));
    page.desk
        .find::<gtk::ToggleButton>("probe-options")
        .set_active(true);
    page.desk
        .until("unfolded", || !page.desk.all("probe-hide").is_empty());
    page.desk
        .find::<gtk::Switch>("probe-hide")
        .set_active(false);
    page.desk.act("copy");
    assert!(page.copied().contains("192.168.7.7"));
}

#[gtk::test]
fn the_same_host_again_can_be_compared() {
    let mut page = Page::open(1200);
    let mut old = reports::good();
    old.at = SystemTime::now() - Duration::from_secs(600);
    page.shows(old);
    let compare = page.desk.find::<gtk::ToggleButton>("probe-compare");
    assert!(!compare.is_sensitive(), "nothing to compare with");
    page.desk.press("probe-again");
    assert_eq!(page.job(), Job::Probe(Request::new("mail.example.org")));
    let mut new = reports::good();
    new.rows[1].outcome = Ended::TimedOut;
    page.probed(new);
    assert!(compare.is_sensitive());
    compare.set_active(true);
    page.desk.settle();
    assert!(page.desk.shows("Since "));
    assert!(
        page.desk
            .shows("Port 995 of 192.0.2.10, Result: refused before, timed out now.")
    );
    page.desk.is_named();
    // Both are in the menu, newest first; the older one has none before it.
    page.menu("probe-history", "probe.show", Some(&1u32.to_variant()));
    assert!(!page.desk.shows("Since "));
    assert!(
        !page
            .desk
            .find::<gtk::ToggleButton>("probe-compare")
            .is_sensitive()
    );
}

#[gtk::test]
fn accounts_at_this_host_are_compared() {
    let mut page = Page::with(accounts(), 1200);
    page.shows(reports::good());
    assert!(page.desk.shows(
        "Your file says port 143 without TLS, where nothing answers; port 993 with TLS is offered."
    ));
    page.desk.is_named();
}

#[gtk::test]
fn what_was_found_becomes_an_account() {
    let mut page = Page::with(accounts(), 1200);
    page.shows(reports::good());
    page.desk.press("probe-choose");
    assert!(page.desk.shows("Use POP3 on port 110 with STARTTLS."));
    assert!(page.desk.shows("Also possible: IMAP on port 993 with TLS"));
    page.desk.press("probe-set-up");
    page.desk
        .until("the wizard", || !page.desk.all("wizard").is_empty());
}

#[gtk::test]
fn lines_for_the_file_are_copied() {
    let mut page = Page::open(1200);
    page.shows(reports::good());
    let mut lines = None;
    collect(page.desk.window().upcast_ref(), &mut |widget| {
        if widget.widget_name() == "probe-lines" {
            lines = widget.downcast_ref::<gtk::Expander>().cloned();
        }
    });
    lines.unwrap().set_expanded(true);
    page.desk
        .until("unfolded", || !page.desk.all("probe-rc").is_empty());
    page.desk.press("probe-rc-copy");
    assert_eq!(
        page.copied(),
        "poll mail.example.org proto imap port 993\n    ssl\n"
    );
}

#[gtk::test]
fn narrow_has_cards_and_a_page_for_each() {
    let mut page = Page::open(360);
    page.shows(reports::good());
    assert!(page.desk.window().width() <= 360, "nothing asks for more");
    assert!(page.desk.all("probe-table").is_empty());
    assert!(page.desk.all("probe-detail").is_empty());
    page.desk.is_named();
    // Each card is as high as its text.
    let cards = page.desk.find::<gtk::ListBox>("probe-cards");
    let heights = (0..4).map(|n| cards.row_at_index(n).unwrap().height());
    assert!(heights.sum::<i32>() <= cards.height());
    page.open_card(0);
    page.desk
        .until("the page", || !page.desk.all("probe-detail").is_empty());
    assert!(page.desk.all("probe-cards").is_empty());
    page.desk
        .until("a way back", || !page.desk.all("back").is_empty());
    page.desk.is_named();
    page.desk.act("show-activity");
    assert!(
        page.desk.all("back").is_empty(),
        "that page has nothing behind it"
    );
    page.desk.act("show-probe");
    page.desk.act("back");
    page.desk
        .until("the cards", || !page.desk.all("probe-cards").is_empty());
    assert!(page.desk.all("back").is_empty());
}

#[gtk::test]
fn foreign_text_shows_as_it_is_and_breaks_nothing() {
    for width in [360, 700, 1200] {
        let mut page = Page::open(width);
        page.examine("mail.example.org");
        page.probed(reports::hostile());
        let now = page.desk.window().width();
        assert!(now <= width, "{now} of {width}");
        if width == 360 {
            page.open_card(0);
            page.desk
                .until("the page", || !page.desk.all("probe-detail").is_empty());
            assert!(page.desk.window().width() <= width);
        }
        assert!(
            page.desk
                .texts()
                .iter()
                .any(|text| text == reports::HOSTILE)
        );
        page.desk.is_named();
        activate(&page.desk.find("probe-certificates"));
        page.desk
            .until("the window", || !page.desk.all("certificates").is_empty());
        let window = page.desk.find::<adw::Window>("certificates");
        page.desk.settle();
        assert!(window.width() <= 600, "{}", window.width());
        page.desk.is_named();
    }
}

#[gtk::test]
fn keys_alone_do() {
    let mut page = Page::open(1200);
    page.desk.act("show-accounts");
    page.desk.act("probe-focus");
    let entry = page.desk.find::<gtk::Entry>("server");
    let focus = gtk::prelude::GtkWindowExt::focus(page.desk.window()).unwrap();
    assert!(focus.is_ancestor(&entry));
    entry.set_text("mail.example.org");
    page.desk.act("probe-start");
    assert!(matches!(page.job(), Job::Probe(_)));
    page.probed(reports::good());
    // Tab leads from the field to the rows and on into the pane, and out again.
    page.desk.act("probe-focus");
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..60 {
        page.desk
            .window()
            .child_focus(gtk::DirectionType::TabForward);
        page.desk.settle();
        let Some(focus) = gtk::prelude::GtkWindowExt::focus(page.desk.window()) else {
            continue;
        };
        let mut up = Some(focus);
        while let Some(widget) = up {
            seen.insert(widget.widget_name().to_string());
            up = widget.parent();
        }
    }
    for name in [
        "probe-go",
        "probe-options",
        "probe-again",
        "probe-sort",
        "probe-copy",
        "probe-save",
        "probe-lines",
        "probe-set-up",
        "probe-table",
        "probe-certificates",
        "probe-transcript-fold",
    ] {
        assert!(seen.contains(name), "{name} in {seen:?}");
    }
}

#[gtk::test]
fn a_start_with_a_host_examines_it() {
    let mut page = Page::open(980);
    page.desk.act("show-accounts");
    page.desk.tell(Msg::Probe("mail.example.org".into()));
    assert_eq!(page.job(), Job::Probe(Request::new("mail.example.org")));
    page.done(Outcome::Cancelled);
    page.desk.tell(Msg::Probe(String::new()));
    assert!(page.desk.is_silent());
    let entry = page.desk.find::<gtk::Entry>("server");
    let focus = gtk::prelude::GtkWindowExt::focus(page.desk.window()).unwrap();
    assert!(focus.is_ancestor(&entry));
}

/// Every state in every room, to be looked at.
#[gtk::test]
fn pictures() {
    if std::env::var_os("POSTRIDER_SHOTS").is_none() {
        return;
    }
    let style = adw::StyleManager::default();
    for (name, width, height, scheme) in [
        ("wide-rtl", 1200, 800, adw::ColorScheme::ForceLight),
        ("narrow-rtl", 360, 640, adw::ColorScheme::ForceLight),
        ("wide", 1200, 800, adw::ColorScheme::ForceLight),
        ("wide-dark", 1200, 800, adw::ColorScheme::ForceDark),
        ("medium", 700, 800, adw::ColorScheme::ForceLight),
        ("narrow", 360, 640, adw::ColorScheme::ForceLight),
        ("narrow-dark", 360, 640, adw::ColorScheme::ForceDark),
    ] {
        style.set_color_scheme(scheme);
        gtk::Widget::set_default_direction(match name.ends_with("rtl") {
            true => gtk::TextDirection::Rtl,
            false => gtk::TextDirection::Ltr,
        });
        let mut page = Page::with(accounts(), width);
        page.desk.window().set_default_size(width, height);
        let shot = |page: &Page, state: &str| page.desk.shot(&format!("probe-{name}-{state}"));
        shot(&page, "nothing");
        page.desk
            .find::<gtk::ToggleButton>("probe-options")
            .set_active(true);
        page.desk
            .until("unfolded", || !page.desk.all("probe-imap").is_empty());
        page.desk
            .find::<gtk::Entry>("server")
            .set_text("mail example");
        page.desk.press("probe-go");
        std::thread::sleep(Duration::from_millis(300));
        shot(&page, "options");
        page.examine("ann@example.org");
        shot(&page, "looking");
        page.done(Outcome::Discovered(Box::new(reports::found())));
        shot(&page, "servers");
        page.shows(reports::failed(Failure::UnknownHost));
        shot(&page, "unknown");
        page.shows(reports::failed(Failure::Offline));
        shot(&page, "offline");
        page.examine("mail.example.org");
        page.progress(reports::half());
        shot(&page, "partial");
        page.done(Outcome::Cancelled);
        shot(&page, "stopped");
        let mut old = reports::good();
        old.at = sample::ago(7200);
        old.rows[1].outcome = Ended::TimedOut;
        page.shows(old);
        page.shows(reports::good());
        shot(&page, "done");
        page.desk
            .find::<gtk::ToggleButton>("probe-compare")
            .set_active(true);
        shot(&page, "compared");
        page.shows(reports::plain());
        shot(&page, "plain");
        page.shows(reports::all_with(Ended::Refused));
        shot(&page, "refused");
        page.shows(reports::blocked());
        shot(&page, "blocked");
        page.shows(reports::all_with(Ended::NotThis(
            "HTTP/1.1 302 Found".into(),
        )));
        shot(&page, "portal");
        page.examine("mail.example.org");
        page.probed(reports::hostile());
        shot(&page, "hostile");
        if width < 600 {
            page.shows(reports::good());
            page.open_card(0);
            page.desk
                .until("the page", || !page.desk.all("probe-detail").is_empty());
            shot(&page, "port");
        }
    }
    style.set_color_scheme(adw::ColorScheme::Default);
}
