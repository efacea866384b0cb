//! The numbers of the lines, left of the text. Drawn, and only those that can be seen.

use std::cell::Cell;
use std::rc::Rc;

use gtk::prelude::*;
use gtk::{gdk, pango};

/// The numbers.
pub(super) struct Gutter {
    area: gtk::DrawingArea,
    before: Rc<Cell<u32>>,
}

impl Gutter {
    /// At the left of `view`.
    pub(super) fn new(view: &gtk::TextView) -> Self {
        let area = gtk::DrawingArea::builder()
            .content_width(44)
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        let before: Rc<Cell<u32>> = Rc::default();
        let (text, count) = (view.downgrade(), Rc::clone(&before));
        area.set_draw_func(move |area, context, width, height| {
            if let Some(view) = text.upgrade() {
                draw(area, context, (width, height), &view, count.get());
            }
        });
        view.set_gutter(gtk::TextWindowType::Left, Some(&area));
        Self { area, before }
    }

    /// So many lines of the file stand before the first that is shown.
    pub(super) fn show(&self, before: u32) {
        self.before.set(before);
        self.area.queue_draw();
    }

    /// Something has moved.
    pub(super) fn redraw(&self) {
        self.area.queue_draw();
    }
}

fn draw(
    area: &gtk::DrawingArea,
    context: &gtk::cairo::Context,
    (width, height): (i32, i32),
    view: &gtk::TextView,
    before: u32,
) {
    let seen: gdk::Rectangle = view.visible_rect();
    let color = area.style_context().color();
    context.set_source_rgba(
        color.red().into(),
        color.green().into(),
        color.blue().into(),
        0.55,
    );
    // Digits only: cairo's own text will do, and is drawn by the same font everywhere.
    context.select_font_face(
        "monospace",
        gtk::cairo::FontSlant::Normal,
        gtk::cairo::FontWeight::Normal,
    );
    let size = area.pango_context().font_description();
    let size = size.map_or(10.0, |font| {
        f64::from(font.size()) / f64::from(pango::SCALE)
    });
    context.set_font_size(size.max(8.0));
    let (mut line, _) = view.line_at_y(seen.y());
    loop {
        let (y, tall) = view.line_yrange(&line);
        let y = y - seen.y();
        if y > height {
            break;
        }
        let number = before + u32::try_from(line.line()).unwrap_or(0) + 1;
        let text = number.to_string();
        if let Ok(extents) = context.text_extents(&text) {
            context.move_to(
                f64::from(width) - extents.x_advance() - 6.0,
                f64::from(y) + (f64::from(tall) + extents.height()) / 2.0,
            );
            if let Err(error) = context.show_text(&text) {
                tracing::debug!(%error, "the number of a line");
            }
        }
        if !line.forward_line() {
            break;
        }
    }
}
