//! Compiles icons and style into the desktop program; does nothing for the command line alone.

fn main() {
    println!("cargo::rerun-if-changed=resources");
    #[cfg(feature = "desktop")]
    glib_build_tools::compile_resources(
        &["resources"],
        "resources/postrider.gresource.xml",
        "postrider.gresource",
    );
}
