//! The question how often is checked in the background.

use adw::prelude::*;

use super::super::a11y;
use super::super::ask::{Question, Weight};
use super::Input;
use crate::base::i18n::gettext;
use crate::engine::api::job::users::Deed;

/// Seconds: the shortest, the usual, the longest.
const SECONDS: (f64, f64, f64) = (10.0, 300.0, 604_800.0);

/// Asks; a yes starts it.
pub(super) fn ask(parent: &adw::Window, to: &relm4::Sender<Input>) {
    let (least, usual, most) = SECONDS;
    let adjustment = gtk::Adjustment::new(usual, least, most, 10.0, 60.0, 0.0);
    let seconds = gtk::SpinButton::builder()
        .adjustment(&adjustment)
        .numeric(true)
        .name("start-seconds")
        .build();
    let label = gtk::Label::builder()
        .label(gettext("Se_conds between checks"))
        .use_underline(true)
        .mnemonic_widget(&seconds)
        .hexpand(true)
        .wrap(true)
        .xalign(0.0)
        .build();
    a11y::set_label(&seconds, &label.text());
    name_buttons(&seconds);
    let line = gtk::Box::builder().spacing(12).build();
    line.append(&label);
    line.append(&seconds);
    let question = Question {
        heading: &gettext("Check in the Background?"),
        body: &gettext(
            "Mail is checked for as this user, until that is stopped or the computer is restarted.",
        ),
        name: "start",
        no: ("cancel", &gettext("_Cancel")),
        yes: ("start", &gettext("_Start")),
        weight: Weight::Meant,
    };
    let to = to.clone();
    question.ask_with(parent, Some(&line), move || {
        seconds.update();
        let seconds = u32::try_from(seconds.value_as_int()).unwrap_or(usual as u32);
        to.emit(Input::Do(Deed::Start(seconds)));
    });
}

/// The two small buttons, which GTK leaves without a name.
fn name_buttons(seconds: &gtk::SpinButton) {
    let buttons = a11y::children(seconds.upcast_ref()).filter(|child| child.is::<gtk::Button>());
    let names = [gettext("Less"), gettext("More")];
    for (button, name) in buttons.zip(names) {
        a11y::set_label(&button, &name);
    }
}
