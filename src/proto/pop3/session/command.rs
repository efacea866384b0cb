//! What the session says (RFC 1939 sections 5 to 7).

/// A command of the TRANSACTION state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Stat,
    Uidl,
    /// The last of a survey.
    List,
    Top(u32),
    /// The header alone.
    Head(u32),
    /// `after_top`: TOP was refused for this message.
    Retr {
        number: u32,
        after_top: bool,
    },
    Dele(u32),
    Quit,
}

impl Command {
    /// Appends its line.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        let line = match self {
            Self::Stat => "STAT\r\n".to_owned(),
            Self::Uidl => "UIDL\r\n".to_owned(),
            Self::List => "LIST\r\n".to_owned(),
            // The largest count that CompuServe took (engine.md section 2.2).
            Self::Top(number) => format!("TOP {number} 99999999\r\n"),
            Self::Head(number) => format!("TOP {number} 0\r\n"),
            Self::Retr { number, .. } => format!("RETR {number}\r\n"),
            Self::Dele(number) => format!("DELE {number}\r\n"),
            Self::Quit => "QUIT\r\n".to_owned(),
        };
        out.extend_from_slice(line.as_bytes());
    }
}
