//! Folders chosen from a server, in the editor over a real engine.

use tokio::runtime::Runtime;

use super::multidrop::Page;
use super::*;
use crate::support::server::Server;

/// A server with folders of all kinds, and a file that names one of them and one that is gone.
fn served(runtime: &Runtime) -> (Server, String) {
    let server = runtime.block_on(Server::start());
    server.store.add_user("office", "s3cret");
    for name in [
        "INBOX",
        "Entw&APw-rfe",
        "R&-D",
        "Lists/A name that is so long that no window has room for it",
    ] {
        server.store.add("office", name, []);
    }
    let rc = format!(
        "set postmaster chief\npoll localhost proto imap port {}\n    user office password s3cret sslproto '' is ann here\n    folder \"Gone\" \"R&-D\"\n",
        server.imap
    );
    (server, rc)
}

impl Page {
    fn open_folders(&mut self) {
        self.select(3);
        self.turn("Folders");
        self.desk.press("option-from-server");
    }

    fn ticks(&self) -> Vec<(gtk::CheckButton, bool)> {
        let all = self.desk.all("folder-tick").into_iter();
        let ticks = all.map(|tick| tick.downcast::<gtk::CheckButton>().unwrap());
        ticks.map(|tick| (tick.clone(), tick.is_active())).collect()
    }

    fn source(&self) -> String {
        let buffer = self.desk.find::<gtk::TextView>("editor-text").buffer();
        let (start, end) = buffer.bounds();
        buffer.text(&start, &end, true).into()
    }
}

#[gtk::test]
fn folders_are_chosen_by_their_readable_names() {
    let runtime = Runtime::new().unwrap();
    let (server, rc) = served(&runtime);
    let mut page = Page::open_in(runtime, &rc, 1200);
    page.open_folders();
    page.until("the folders", |desk| desk.all("folder").len() == 5);
    let names: Vec<String> = page
        .desk
        .all("folder")
        .iter()
        .map(|row| texts_of(row).remove(0))
        .collect();
    assert_eq!(names[..3], ["Gone", "R&D", "Entwürfe"]);
    assert_eq!(names[3], "INBOX");
    let ticked: Vec<bool> = page.ticks().into_iter().map(|(_, is)| is).collect();
    assert_eq!(ticked, [true, true, false, false, false]);
    assert!(page.desk.shows("the server does not have it"));
    page.desk.is_named();
    let window = page.desk.find::<gtk::Window>("folders");
    let scheme = adw::StyleManager::default();
    for (tint, name) in [
        (adw::ColorScheme::ForceLight, "light"),
        (adw::ColorScheme::ForceDark, "dark"),
    ] {
        scheme.set_color_scheme(tint);
        page.desk.settle();
        page.desk.shot_of(&window, &format!("folders-{name}"));
    }
    scheme.set_color_scheme(adw::ColorScheme::Default);
    // A line of the list is as good as its tick.
    let list = page.desk.find::<gtk::ListBox>("folders-list");
    let row = list.row_at_index(2).unwrap();
    list.emit_by_name::<()>("row-activated", &[&row]);
    page.ticks()[0].0.set_active(false);
    page.desk.press("folders-use");
    page.until("closed", |desk| desk.all("folders").is_empty());
    let dots = rc.replace("s3cret", "••••••");
    let chosen = page.source();
    assert!(
        chosen.contains("folder \"R&-D\" \"Entw&APw-rfe\""),
        "{chosen}"
    );
    page.desk.shot("folders-row");
    page.desk.press("editor-undo");
    assert_eq!(page.source(), dots);
    assert!(!page.desk.find::<gtk::Button>("editor-undo").is_sensitive());
    // With no tick at all nothing is said.
    page.desk.press("option-from-server");
    page.until("the folders", |desk| desk.all("folder").len() == 5);
    page.ticks()
        .into_iter()
        .for_each(|(tick, _)| tick.set_active(false));
    page.desk.press("folders-use");
    page.until("closed", |desk| desk.all("folders").is_empty());
    assert!(!page.source().contains("folder"), "{}", page.source());
    let said = server.transcript().join("\n");
    assert!(
        !said.contains("SELECT") && !said.contains("EXAMINE"),
        "{said}"
    );
}

#[gtk::test]
fn what_the_server_says_is_shown_and_asked_again() {
    let runtime = Runtime::new().unwrap();
    let (server, rc) = served(&runtime);
    let wrong = rc.replace("s3cret", "other");
    let mut page = Page::open_in(runtime, &wrong, 360);
    page.open_folders();
    page.until("why", |desk| desk.shows("The folders cannot be read"));
    assert!(
        page.desk.shows("Sign-in was refused"),
        "{:?}",
        page.desk.texts()
    );
    assert!(page.desk.shows("The server said: "));
    assert!(!page.desk.find::<gtk::Button>("folders-use").is_sensitive());
    page.desk.is_named();
    let window = page.desk.find::<gtk::Window>("folders");
    page.desk.shot_of(&window, "folders-failed");
    server.store.add_user("office", "other");
    page.desk.press("folders-again");
    page.until("the folders", |desk| !desk.all("folder").is_empty());
    assert!(page.desk.window().width() <= 360 || std::env::var_os("POSTRIDER_LARGE").is_some());
    window.set_default_size(360, 520);
    page.desk.settle();
    page.desk.shot_of(&window, "folders-narrow");
    page.desk.press("folders-cancel");
    page.until("closed", |desk| desk.all("folders").is_empty());
    page.desk.shot("folders-row-narrow");
}

#[gtk::test]
fn there_is_nothing_to_choose_from_with_pop3() {
    let rc = "defaults proto pop3\npoll a.example\n    user office is ann here\npoll b.example proto imap user office is ann here\n";
    let mut page = Page::open(rc, 900);
    page.select(3);
    page.turn("Folders");
    assert!(page.desk.all("option-folder").len() == 1);
    assert!(page.desk.all("option-from-server").is_empty());
    page.select(5);
    assert_eq!(page.desk.all("option-from-server").len(), 1);
    // Nobody is meant by what is said for all.
    page.select(1);
    page.turn("Folders");
    assert!(page.desk.all("option-from-server").is_empty());
}
