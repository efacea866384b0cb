//! The format of settings files (`clientConfig`, version 1.1), as Thunderbird's wiki describes it.
//! Only servers for incoming mail are read. The file may come from anybody: no document types (and
//! so no entities), bounded in nodes and in depth, and what cannot be read is passed over, never guessed at.

use std::collections::HashMap;

use roxmltree::{Document, Node, NodeId, ParsingOptions};

use crate::base::i18n::{fill, gettext};
use crate::base::text::quiet;
use crate::probe::candidate::{Candidate, Method, Protocol, Security, Source, UserForm};
use crate::probe::discover::domain::Host;

/// Most nodes of a file; real ones have some hundred.
const NODES: u32 = 4096;
/// Deepest nesting; real ones have four.
const DEPTH: usize = 32;
/// Most servers that are taken.
const SERVERS: usize = 16;

/// An `incomingServer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    pub protocol: Protocol,
    /// As written.
    pub host: String,
    pub port: u16,
    pub security: Security,
    pub methods: Vec<Method>,
    /// As written; empty if nothing is.
    pub user: String,
}

impl Server {
    /// As a candidate, with its host looked at and the domain of the address.
    pub fn candidate(self, host: Host, domain: &str, source: Source) -> Candidate {
        Candidate {
            protocol: self.protocol,
            host: host.name,
            port: self.port,
            security: self.security,
            methods: self.methods,
            user: user(&self.user, domain),
            source,
            is_weak: host.is_private,
        }
    }
}

/// Whether this is for a browser: sign-in pages of networks come with any media type.
pub(super) fn is_web_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let begins = |word: &[u8]| {
        let same = start.get(..word.len());
        same.is_some_and(|same| same.eq_ignore_ascii_case(word))
    };
    begins(b"<!doctype html") || begins(b"<html")
}

/// Reads a file; an error is the end of a sentence.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Server>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| gettext("it is not UTF-8"))?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let what = quiet(error.to_string().as_bytes(), 100);
        fill(&gettext("the XML is broken ({what})"), &[("what", &what)])
    })?;
    if is_deep(&document) {
        return Err(gettext("it is nested too deeply"));
    }
    let root = document.root_element();
    let provider = Some(root)
        .filter(|root| is_called(*root, "clientConfig"))
        .and_then(|root| child(root, "emailProvider"))
        .ok_or_else(|| gettext("there is no provider in it"))?;
    let servers = provider
        .children()
        .filter(|node| is_called(*node, "incomingServer"));
    Ok(servers.filter_map(server).take(SERVERS).collect())
}

/// Whether elements lie deeper inside each other than [`DEPTH`]. The reader itself does not recurse,
/// and gives up at [`NODES`].
fn is_deep(document: &Document) -> bool {
    let mut depths: HashMap<NodeId, usize> = HashMap::new();
    document.descendants().any(|node| {
        // In the order of the document, so a parent has its depth before its children.
        let above = node.parent().and_then(|parent| depths.get(&parent.id()));
        let depth = above.map_or(0, |depth| depth + 1);
        depths.insert(node.id(), depth);
        depth > DEPTH && node.is_element()
    })
}

fn server(node: Node) -> Option<Server> {
    let protocol = match node.attribute("type")?.to_ascii_lowercase().as_str() {
        "imap" => Protocol::Imap,
        "pop3" => Protocol::Pop3,
        _ => return None,
    };
    let port: u16 = text(node, "port")?.parse().ok()?;
    let security = match text(node, "socketType")?.to_ascii_lowercase().as_str() {
        "ssl" | "tls" => Security::Tls,
        "starttls" => Security::StartTls,
        "plain" => Security::None,
        _ => return None,
    };
    let methods = node
        .children()
        .filter(|node| is_called(*node, "authentication"))
        .filter_map(|node| method(node.text()?.trim()));
    let mut known = Vec::new();
    for method in methods {
        if !known.contains(&method) {
            known.push(method);
        }
    }
    Some(Server {
        protocol,
        host: text(node, "hostname")?.to_owned(),
        port: Some(port).filter(|port| *port != 0)?,
        security,
        methods: known,
        user: text(node, "username").unwrap_or_default().to_owned(),
    })
}

/// `client-IP-address` and `none` are no ways to sign in.
fn method(word: &str) -> Option<Method> {
    Some(match word.to_ascii_lowercase().as_str() {
        "password-cleartext" | "plain" => Method::Password,
        "password-encrypted" | "secure" => Method::Encrypted,
        "gssapi" => Method::Gssapi,
        "ntlm" => Method::Ntlm,
        "oauth2" => Method::OAuth2,
        "tls-client-cert" => Method::Certificate,
        _ => return None,
    })
}

/// What a pattern for user names means. The local part is not known here, so a pattern that joins
/// it with something else stays one, and [`UserForm::of`] fills it; placeholders that nobody knows
/// mean the whole address, which most servers take.
fn user(pattern: &str, domain: &str) -> UserForm {
    const LOCAL: &str = "%EMAILLOCALPART%";
    let pattern = pattern.replace("%EMAILDOMAIN%", domain);
    let is_address = |rest: &str| rest.eq_ignore_ascii_case(&format!("@{domain}"));
    let bare = pattern.replace("%EMAILADDRESS%", "").replace(LOCAL, "");
    match pattern.as_str() {
        "" | "%EMAILADDRESS%" => UserForm::Address,
        LOCAL => UserForm::LocalPart,
        _ if pattern.strip_prefix(LOCAL).is_some_and(is_address) => UserForm::Address,
        _ if bare.contains('%') || bare.chars().any(char::is_control) => UserForm::Address,
        _ => UserForm::Given(pattern),
    }
}

fn text<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    let text = child(node, name)?.text()?.trim();
    Some(text).filter(|text| !text.is_empty() && text.len() <= 255)
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| is_called(*child, name))
}

/// By its local name: some files declare a name space, some none.
fn is_called(node: Node, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

#[cfg(test)]
mod tests;
