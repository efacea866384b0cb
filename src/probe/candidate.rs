//! One way to reach a mailbox, and where it is known from.

/// The protocols a mailbox is fetched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)] // their own names
pub enum Protocol {
    Imap,
    Pop3,
}

/// How the line is protected. Ordered from the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS begun inside the conversation.
    StartTls,
    /// Nothing: everything can be read on the way.
    None,
}

/// Ways to sign in that can be offered or asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// USER and PASS, LOGIN, PLAIN: the password itself travels.
    Password,
    /// CRAM-MD5, DIGEST-MD5, SCRAM: a proof of it travels.
    Encrypted,
    /// APOP of POP3.
    Apop,
    /// Kerberos.
    Gssapi,
    /// NTLM.
    Ntlm,
    /// OAuth 2.0: XOAUTH2, OAUTHBEARER.
    OAuth2,
    /// A client certificate: EXTERNAL.
    Certificate,
    /// An app password: like [`Method::Password`], but the usual one is not taken.
    AppPassword,
}

/// What the user name is, as far as the source says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserForm {
    /// The whole address.
    Address,
    /// What is before the `@`.
    LocalPart,
    /// A name of the source's own making. `%EMAILADDRESS%` and `%EMAILLOCALPART%` in it stand for
    /// what only [`UserForm::of`] knows.
    Given(String),
}

impl UserForm {
    /// The name for an address.
    pub fn of(&self, address: &str) -> String {
        match self {
            Self::Address => address.to_owned(),
            Self::LocalPart => local(address).to_owned(),
            Self::Given(name) => name
                .replace("%EMAILADDRESS%", address)
                .replace("%EMAILLOCALPART%", local(address)),
        }
    }
}

fn local(address: &str) -> &str {
    address.rsplit_once('@').map_or(address, |(local, _)| local)
}

/// Where a candidate is known from (`ui.md` section 6). Ordered from the best.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// The table of providers: its name there.
    BuiltIn(String),
    /// The provider's own settings page: its address.
    Provider(String),
    /// The Thunderbird database: its address.
    Database(String),
    /// SRV records of the domain.
    Srv,
    /// The mail exchanger: its name.
    Mx(String),
    /// A usual name that answers.
    Guess,
    /// The server itself was asked.
    Probe,
    /// The person said so.
    Person,
}

/// One way to reach a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Which protocol.
    pub protocol: Protocol,
    /// The server.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Protection of the line.
    pub security: Security,
    /// Ways to sign in, best first; empty if nothing is known.
    pub methods: Vec<Method>,
    /// What the user name is.
    pub user: UserForm,
    /// Where it is known from.
    pub source: Source,
    /// Whoever controls the network could have put it there: the person is asked first.
    pub is_weak: bool,
}

impl Candidate {
    /// The port of a protocol with a protection.
    pub fn usual_port(protocol: Protocol, security: Security) -> u16 {
        match (protocol, security) {
            (Protocol::Imap, Security::Tls) => 993,
            (Protocol::Imap, _) => 143,
            (Protocol::Pop3, Security::Tls) => 995,
            (Protocol::Pop3, _) => 110,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names() {
        let check = |form: UserForm, expected: &str| {
            assert_eq!(form.of("ann@home@example.org"), expected);
        };
        check(UserForm::Address, "ann@home@example.org");
        check(UserForm::LocalPart, "ann@home");
        check(UserForm::Given("x1".into()), "x1");
        check(UserForm::Given("%EMAILLOCALPART%-x".into()), "ann@home-x");
        assert_eq!(UserForm::LocalPart.of("ann"), "ann");
    }
}
