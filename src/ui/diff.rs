//! What will be written to a file, as lines that come and lines that go. The marks at their
//! beginning tell them apart without colour.

use adw::prelude::*;
use gtk::{gdk, glib, pango};

/// The lines in a frame; as wide as they want to be, to be scrolled sideways.
pub(super) struct Diff {
    /// To be put anywhere.
    pub root: gtk::Frame,
    label: gtk::Label,
}

impl Diff {
    /// Shows nothing yet; the text is the widget called `name`.
    pub(super) fn new(name: &str) -> Self {
        let label = gtk::Label::builder()
            .xalign(0.0)
            .selectable(true)
            .css_classes(["words"])
            .margin_top(6)
            .margin_bottom(6)
            .margin_start(12)
            .margin_end(12)
            .name(name)
            .build();
        label.set_direction(gtk::TextDirection::Ltr);
        let scroll = gtk::ScrolledWindow::builder()
            .vscrollbar_policy(gtk::PolicyType::Never)
            .propagate_natural_width(false)
            .child(&label)
            .build();
        let root = gtk::Frame::builder().child(&scroll).build();
        let weak = label.downgrade();
        let repaint = move || {
            if let Some(label) = weak.upgrade() {
                paint(&label);
            }
        };
        let again = repaint.clone();
        label.connect_realize(move |_| again());
        let styles = adw::StyleManager::default();
        // The colours are there once the style has changed, which this only announces.
        let handler = styles.connect_dark_notify(move |_| {
            glib::idle_add_local_once(repaint.clone());
        });
        let handler = std::cell::RefCell::new(Some(handler));
        label.connect_destroy(move |_| {
            if let Some(handler) = handler.take() {
                styles.disconnect(handler);
            }
        });
        Self { root, label }
    }

    /// Shows `text`, lines that begin with `+` and `-` for what comes and goes.
    pub(super) fn show(&self, text: &str) {
        let text = text.trim_end();
        if self.label.text() != text {
            self.label.set_text(text);
            paint(&self.label);
        }
    }
}

/// Colours the lines as the theme has it.
fn paint(label: &gtk::Label) {
    let colors = label.style_context();
    // The theme's green is made for icons; as text on white it must be darker to be read.
    let strength = if adw::StyleManager::default().is_dark() {
        1.0
    } else {
        0.75
    };
    let named = |name: &str, strength| Some(foreground(colors.lookup_color(name)?, strength));
    let come = named("success_color", strength);
    let go = named("error_color", 1.0);
    let list = pango::AttrList::new();
    for (kind, from, to) in lines(&label.text()) {
        let color = match kind {
            Kind::Comes => &come,
            Kind::Goes => &go,
        };
        if let Some(mut attr) = color.clone() {
            attr.set_start_index(from);
            attr.set_end_index(to);
            list.insert(attr);
        }
    }
    label.set_attributes(Some(&list));
}

fn foreground(color: gdk::RGBA, strength: f32) -> pango::AttrColor {
    let part = |value: f32| ((value * strength).clamp(0.0, 1.0) * f32::from(u16::MAX)) as u16;
    pango::AttrColor::new_foreground(part(color.red()), part(color.green()), part(color.blue()))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Comes,
    Goes,
}

/// The lines that come and go: from which octet to which.
fn lines(text: &str) -> Vec<(Kind, u32, u32)> {
    let mut at = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let from = at;
        at += line.len();
        let kind = match line.as_bytes().first() {
            Some(b'+') => Kind::Comes,
            Some(b'-') => Kind::Goes,
            _ => continue,
        };
        if let (Ok(from), Ok(to)) = (u32::try_from(from), u32::try_from(at)) {
            found.push((kind, from, to));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_by_their_mark() {
        let text = " poll a\n-\tkeep\n+\tnokeep ü\n\n+x";
        let found = lines(text);
        assert_eq!(
            found,
            [
                (Kind::Goes, 8, 15),
                (Kind::Comes, 15, 27),
                (Kind::Comes, 28, 30)
            ]
        );
        let part = |n: usize| &text[found[n].1 as usize..found[n].2 as usize];
        assert_eq!(
            (part(0), part(1), part(2)),
            ("-\tkeep\n", "+\tnokeep ü\n", "+x")
        );
        assert_eq!(lines(""), []);
    }
}
