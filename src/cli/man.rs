//! The manual page: `postrider man | man -l -`. Commands, options and keywords come from the
//! tables, the rest from the files beside this one. English, and without a date: it is a file that
//! is installed once for everybody, and the same source always makes the same page.

mod file;
mod roff;

use super::commands::{COMMANDS, Command};
use super::parse::usage::options;
use crate::rc::lint::rules::RULES;
use roff::Page;

/// The page in man(7) markup.
pub fn page() -> String {
    let mut page = Page::new(&format!(
        ".TH POSTRIDER 1 \"\" \"Postrider {}\" \"User Commands\"\n",
        crate::VERSION
    ));
    page.section("NAME");
    page.raw("postrider, postrider\\-desktop \\- fetch mail from any server and deliver it\n");
    page.section("SYNOPSIS");
    synopsis(&mut page);
    page.raw(include_str!("man/description.man"));
    page.section("COMMANDS");
    COMMANDS.iter().for_each(|it| command(&mut page, it));
    page.section("OPTIONS OF FETCH");
    page.raw(include_str!("man/options.man"));
    for option in options(str::to_owned) {
        page.item(&option.names, &option.help);
    }
    page.raw(include_str!("man/desktop.man"));
    file::chapter(&mut page);
    page.raw(include_str!("man/differences.man"));
    page.raw(include_str!("man/status.man"));
    page.section("RULES OF LINT");
    for rule in &RULES {
        let name = format!("{} {} ({})", rule.id, rule.slug, rule.severity.name());
        page.item(&name, &format!("{}. {}", rule.title, rule.explanation));
    }
    page.raw(include_str!("man/json.man"));
    page.raw(include_str!("man/surroundings.man"));
    page.done()
}

fn synopsis(page: &mut Page) {
    page.raw(".B postrider\n");
    for command in COMMANDS {
        page.raw(".br\n");
        page.call(&format!("postrider {}", command.name), command.usage);
    }
    page.raw(".br\n");
    page.call("postrider-desktop", "[--hidden]");
}

fn command(page: &mut Page, command: &Command) {
    page.item(&format!("postrider {}", command.name), command.about);
    for option in command.options {
        page.raw(".RS\n");
        page.item(&format!("--{}", option.long), option.help);
        page.raw(".RE\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::described;
    use crate::rc::option;

    #[test]
    fn every_keyword_has_its_place() {
        let page = page();
        for keyword in option::all() {
            let words = keyword.words.iter().map(|word| roff::bold(word));
            let tag = words.collect::<Vec<_>>().join(", ");
            assert!(page.contains(&format!(".TP\n{tag}")), "{tag}");
            let about = roff::escape(keyword.about);
            assert!(page.contains(&about), "{about}");
            for note in keyword.notes {
                assert!(page.contains(&roff::escape(note)), "{note}");
            }
            for way in described::negated(keyword) {
                assert!(page.contains(&roff::bold(&way)), "{way}");
            }
        }
    }

    #[test]
    fn every_command_has_its_place() {
        let page = page();
        for command in COMMANDS {
            let tag = roff::bold(&format!("postrider {}", command.name));
            assert!(page.contains(&format!(".TP\n{tag}\n")), "{tag}");
        }
    }

    #[test]
    fn no_text_is_markup() {
        const REQUESTS: [&str; 14] = [
            ".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".BR", ".RB", ".I", ".IR", ".br", ".RS",
            ".RE", ".nf",
        ];
        for line in page().lines() {
            let request = line.split(' ').next().unwrap_or_default();
            let is_request = REQUESTS.contains(&request) || matches!(request, ".fi" | ".\\\"");
            assert!(is_request || !line.starts_with(['.', '\'']), "{line}");
            assert!(line.is_ascii(), "{line}");
        }
    }
}
