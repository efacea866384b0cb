//! The tray's icons as pixels, for hosts that find no icon of that name: run without being
//! installed, or in another icon theme.

use std::sync::Arc;

use gtk::{gdk_pixbuf::Pixbuf, glib};

use super::tray::Mood;

/// Sizes hosts ask for, in pixels.
const SIZES: [i32; 3] = [22, 32, 48];

/// What the tray shows for each mood.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// The icons are where desktops look for them, so that names suffice.
    pub is_installed: bool,
    drawn: Vec<(Mood, Vec<ksni::Icon>)>,
}

impl Pictures {
    /// The pixels for `mood`, in several sizes; none if they could not be drawn.
    pub(super) fn of(&self, mood: Mood) -> Vec<ksni::Icon> {
        let found = self.drawn.iter().find(|(drawn, _)| *drawn == mood);
        found.map(|(_, icons)| icons.clone()).unwrap_or_default()
    }
}

/// Draws all. On the main thread, after the resources are registered.
pub(super) fn draw() -> Arc<Pictures> {
    let draw_one = |mood: Mood| {
        let path = format!(
            "{}/icons/scalable/apps/{}.svg",
            crate::ui::RESOURCES,
            mood.icon()
        );
        let icons = SIZES.iter().filter_map(|&size| {
            let picture = Pixbuf::from_resource_at_scale(&path, size, size, true).ok()?;
            pixels(&picture, mood.colour())
        });
        (mood, icons.collect())
    };
    Arc::new(Pictures {
        is_installed: is_installed(),
        drawn: Mood::ALL.into_iter().map(draw_one).collect(),
    })
}

/// Takes the shape of `picture` and the colour given, which must do on dark and light panels.
fn pixels(picture: &Pixbuf, [red, green, blue]: [u8; 3]) -> Option<ksni::Icon> {
    if picture.n_channels() != 4 {
        return None;
    }
    let bytes = picture.read_pixel_bytes();
    let width = usize::try_from(picture.width()).ok()?;
    let stride = usize::try_from(picture.rowstride()).ok()?;
    let mut data = Vec::with_capacity(bytes.len());
    for row in bytes.chunks(stride) {
        for pixel in row.get(..width * 4)?.chunks_exact(4) {
            data.extend([pixel[3], red, green, blue]);
        }
    }
    Some(ksni::Icon {
        width: picture.width(),
        height: picture.height(),
        data,
    })
}

/// Whether the icon theme every desktop falls back to has ours.
fn is_installed() -> bool {
    let name = format!("{}.svg", Mood::Idle.icon());
    let mut dirs = glib::system_data_dirs();
    dirs.push(glib::user_data_dir());
    let has = |dir: std::path::PathBuf| {
        let icons = dir.join("icons/hicolor");
        ["symbolic/apps", "scalable/apps"]
            .iter()
            .any(|kind| icons.join(kind).join(&name).exists())
    };
    dirs.into_iter().any(has)
}
