//! What a listener offers in its answer to EHLO or LHLO (RFC 5321 section 4.1.1.1).

use super::reply::Reply;

/// The extensions that change what we say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// RFC 2920
    pub pipelining: bool,
    /// RFC 6152
    pub eight_bit: bool,
    /// RFC 1870
    pub size: bool,
    /// RFC 3030
    pub chunking: bool,
    /// RFC 6531
    pub utf8: bool,
    /// RFC 3207
    pub starttls: bool,
    /// RFC 4954
    pub auth: Mechanisms,
}

/// Ways of signing in that are spoken here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mechanisms {
    /// RFC 2195
    pub cram_md5: bool,
    /// RFC 4616
    pub plain: bool,
    /// The name and the password, each asked for; never standardized.
    pub login: bool,
}

impl Capabilities {
    /// Reads the reply. Its first line is the listener's name.
    pub(super) fn read(reply: &Reply) -> Self {
        let mut found = Self::default();
        for line in reply.lines().skip(1) {
            found.note(&line.to_ascii_uppercase());
        }
        found
    }

    fn note(&mut self, line: &[u8]) {
        // Some very old listeners write `AUTH=`, which clients took for the same.
        let mut words = line.split(|b| matches!(b, b' ' | b'='));
        match words.next().unwrap_or_default() {
            b"PIPELINING" => self.pipelining = true,
            b"8BITMIME" => self.eight_bit = true,
            b"SIZE" => self.size = true,
            b"CHUNKING" => self.chunking = true,
            b"SMTPUTF8" => self.utf8 = true,
            b"STARTTLS" => self.starttls = true,
            b"AUTH" => words.for_each(|word| self.auth.note(word)),
            _ => {}
        }
    }
}

impl Mechanisms {
    fn note(&mut self, word: &[u8]) {
        match word {
            b"CRAM-MD5" => self.cram_md5 = true,
            b"PLAIN" => self.plain = true,
            b"LOGIN" => self.login = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        let check = |text: &str, expected: Capabilities| {
            let found = Capabilities::read(&Reply {
                code: 250,
                words: text.into(),
                is_spam: false,
            });
            assert_eq!(found, expected, "{text:?}");
        };
        let none = Capabilities::default();
        let auth = |cram_md5, plain, login| Capabilities {
            auth: Mechanisms {
                cram_md5,
                plain,
                login,
            },
            ..none
        };
        check("", none);
        // The first line is a name, even one that reads like an extension.
        check("PIPELINING", none);
        check(
            "x\nPIPELINING\nsize 0\n8BitMime\nCHUNKING\nsmtputf8\nstarttls\nHELP",
            Capabilities {
                pipelining: true,
                eight_bit: true,
                size: true,
                chunking: true,
                utf8: true,
                starttls: true,
                ..none
            },
        );
        check("x\nPIPELININGS\nX-SIZE\nSTARTTLSX", none);
        check("x\nAUTH plain LOGIN", auth(false, true, true));
        check("x\nAUTH=LOGIN\nAUTH CRAM-MD5", auth(true, false, true));
        check("x\nAUTH", none);
        check("x\nAUTH GSSAPI XPLAIN", none);
    }
}
