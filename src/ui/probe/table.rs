//! The result as a table, and as cards where a table has no room.

use adw::prelude::*;
use gtk::pango;

use super::super::lines::boxed;
use super::super::{a11y, icons};
use super::lines::Lines;
use super::words::{self, Column};
use crate::base::i18n::{fill, gettext};
use crate::engine::api::job::report::Row;

/// Both views of the same rows.
pub(super) struct Table {
    /// Table or cards, whichever fits.
    pub root: gtk::Stack,
    /// The table.
    pub columns: gtk::ColumnView,
    /// The cards.
    pub cards: gtk::ListBox,
    address: gtk::ColumnViewColumn,
    all: Vec<(Column, gtk::ColumnViewColumn)>,
}

impl Table {
    /// Shows `lines`.
    pub(super) fn new(lines: &Lines) -> Self {
        let columns = gtk::ColumnView::builder()
            .model(&lines.selection)
            .show_row_separators(true)
            .name("probe-table")
            .css_classes(["probe-table"])
            .build();
        a11y::set_label(&columns, &gettext("Ports"));
        let all: Vec<_> = Column::ALL
            .into_iter()
            .map(|column| (column, made(column, lines)))
            .collect();
        for (_, column) in &all {
            columns.append_column(column);
        }
        a11y::name_inner_lists(&columns, &gettext("Ports"));
        lines.sorted.set_sorter(columns.sorter().as_ref());
        let cards = cards(lines);
        let scroll = gtk::ScrolledWindow::builder()
            .vscrollbar_policy(gtk::PolicyType::Never)
            .css_classes(["card"])
            .overflow(gtk::Overflow::Hidden)
            .child(&columns)
            .build();
        let root = gtk::Stack::builder()
            .vhomogeneous(false)
            .hhomogeneous(false)
            .build();
        root.add_named(&scroll, Some("table"));
        root.add_named(&cards, Some("cards"));
        let address = all
            .iter()
            .find(|(column, _)| *column == Column::Address)
            .map(|(_, view)| view.clone())
            .unwrap_or_default();
        Self {
            root,
            columns,
            cards,
            address,
            all,
        }
    }

    /// Cards or the table.
    pub(super) fn set_narrow(&self, is_narrow: bool) {
        let name = if is_narrow { "cards" } else { "table" };
        self.root.set_visible_child_name(name);
    }

    /// The addresses have a column only if there are several.
    pub(super) fn set_has_addresses(&self, has: bool) {
        self.address.set_visible(has);
    }

    /// Sorts by the column of that name; once more turns the order round.
    pub(super) fn sort(&self, id: &str, is_down: bool) {
        let found = self.all.iter().find(|(column, _)| column.id() == id);
        let order = if is_down {
            gtk::SortType::Descending
        } else {
            gtk::SortType::Ascending
        };
        self.columns
            .sort_by_column(found.map(|(_, view)| view), order);
    }

    /// Puts the focus on the rows.
    pub(super) fn focus(&self) {
        if self.root.visible_child_name().as_deref() == Some("cards") {
            self.cards.child_focus(gtk::DirectionType::TabForward);
        } else {
            self.columns.grab_focus();
        }
    }
}

fn made(column: Column, lines: &Lines) -> gtk::ColumnViewColumn {
    let factory = lines.on_screen.factory(
        move || blank(column),
        move |item, row| draw(column, item, row),
    );
    let view = gtk::ColumnViewColumn::new(Some(&column.title()), Some(factory));
    view.set_resizable(true);
    view.set_expand(matches!(
        column,
        Column::Tls | Column::Certificate | Column::SignIn | Column::Server
    ));
    view.set_sorter(Some(&gtk::CustomSorter::new(move |a, b| {
        match (boxed(Some(a.clone())), boxed(Some(b.clone()))) {
            (Some(a), Some(b)) => column.compare(&a.borrow(), &b.borrow()).into(),
            _ => gtk::Ordering::Equal,
        }
    })));
    view
}

fn blank(column: Column) -> gtk::Widget {
    let label = gtk::Label::builder()
        .xalign(0.0)
        .ellipsize(pango::EllipsizeMode::End)
        .css_classes(["figure"])
        .build();
    // Wide enough for what is usual; more is in the pane beside it.
    let (least, most) = match column {
        Column::Port => (5, 5),
        Column::Service => (12, 15),
        Column::Result => (9, 17),
        Column::Time => (9, 18),
        Column::Address => (12, 39),
        Column::Tls | Column::Certificate => (14, 32),
        Column::SignIn | Column::Server => (10, 32),
    };
    label.set_width_chars(least);
    label.set_max_width_chars(most);
    if column != Column::Result {
        return label.upcast();
    }
    label.set_hexpand(true);
    let line = gtk::Box::builder().spacing(6).build();
    line.append(
        &gtk::Image::builder()
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build(),
    );
    line.append(&label);
    line.upcast()
}

fn draw(column: Column, item: &gtk::ListItem, row: &Row) {
    let Some(cell) = item.child() else { return };
    let label = match cell.downcast_ref::<gtk::Label>() {
        Some(label) => Some(label.clone()),
        None => cell.last_child().and_downcast::<gtk::Label>(),
    };
    if let Some(icon) = cell.first_child().and_downcast::<gtk::Image>() {
        icons::put(&icon, words::look(&row.outcome));
    }
    let Some(label) = label else { return };
    let text = column.text(row);
    if label.text() != text {
        label.set_text(&text);
        label.set_tooltip_text(
            Some(&text)
                .filter(|text| !text.is_empty())
                .map(String::as_str),
        );
    }
    // Headings are not linked to cells (`ui.md` section 16).
    let named = gettext("{column}: {value}");
    let value = if text.is_empty() {
        gettext("nothing")
    } else {
        text
    };
    let values: &[(&str, &dyn std::fmt::Display)] =
        &[("column", &column.title()), ("value", &value)];
    a11y::set_label(&label, &fill(&named, values));
    if let (Column::Port, Some(frame)) = (column, cell.parent()) {
        let parts = [Column::Port, Column::Service, Column::Result];
        a11y::name_line(&frame, &parts.map(|part| part.text(row)).join(" "));
    }
}

/// A `GtkListView` would guess its height: in GTK 4.8 cards of different heights are cut off.
fn cards(lines: &Lines) -> gtk::ListBox {
    let list = gtk::ListBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .valign(gtk::Align::Start)
        .name("probe-cards")
        .css_classes(["boxed-list"])
        .build();
    a11y::set_label(&list, &gettext("Ports"));
    let on_screen = lines.on_screen.clone();
    list.bind_model(Some(&lines.sorted), move |object| {
        let card = Card::new();
        let row = gtk::ListBoxRow::builder().child(&card.root).build();
        let shown = row.downgrade();
        if let Some(item) = boxed(Some(object.clone())) {
            on_screen.keep(&row, &item, move |data| {
                let name = card.show(data);
                if let Some(row) = shown.upgrade() {
                    a11y::set_label(&row, &name);
                }
            });
        }
        row.upcast()
    });
    list
}

/// One row where there is no room for columns: icon, port and service, what came of it.
struct Card {
    root: gtk::Box,
    icon: gtk::Image,
    title: gtk::Label,
    line: gtk::Label,
}

impl Card {
    fn new() -> Self {
        let label = |class: &str| {
            gtk::Label::builder()
                .xalign(0.0)
                .wrap(true)
                .wrap_mode(pango::WrapMode::WordChar)
                .lines(3)
                .ellipsize(pango::EllipsizeMode::End)
                .css_classes([class])
                .build()
        };
        let this = Self {
            root: gtk::Box::builder()
                .spacing(12)
                .margin_top(9)
                .margin_bottom(9)
                .margin_start(12)
                .margin_end(12)
                .build(),
            icon: gtk::Image::builder()
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
            title: label("heading"),
            line: label("caption"),
        };
        let texts = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(3)
            .hexpand(true)
            .build();
        texts.append(&this.title);
        texts.append(&this.line);
        this.root.append(&this.icon);
        this.root.append(&texts);
        this.root.append(
            &gtk::Image::builder()
                .icon_name("go-next-symbolic")
                .accessible_role(gtk::AccessibleRole::Presentation)
                .build(),
        );
        this
    }

    /// Shows `row`, and says it in one line.
    fn show(&self, row: &Row) -> String {
        icons::put(&self.icon, words::look(&row.outcome));
        let title = fill(
            &gettext("{port} · {service}"),
            &[
                ("port", &row.port),
                ("service", &words::service(row.service)),
            ],
        );
        self.title.set_text(&title);
        let wanted = [
            Column::Result,
            Column::Tls,
            Column::Certificate,
            Column::SignIn,
            Column::Address,
        ];
        let parts = wanted.into_iter().map(|column| column.text(row));
        let parts: Vec<String> = parts.filter(|text| !text.is_empty()).collect();
        let line = parts.join(" · ");
        self.line.set_text(&line);
        format!("{title} · {line}")
    }
}
