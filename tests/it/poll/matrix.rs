//! Every protocol, protection and way of delivery: a mailbox as people have it arrives once and
//! byte for byte, the server is emptied, and a second poll finds nothing.

use crate::support::arrived::assert_arrived;
use crate::support::home::Home;
use crate::support::journey::{Journey, Protocol, Shield, into_maildir, into_sink};
use crate::support::letters::LETTERS;
use crate::support::mailbox::{self, Message};
use crate::support::sink::Sink;

/// How mail is delivered, and where a test looks for it.
enum Goal {
    Smtp(Sink),
    Lmtp(Sink),
    Mda,
    Maildir,
}

impl Goal {
    fn words(&self, home: &Home) -> String {
        match self {
            Self::Smtp(sink) => into_sink(sink),
            Self::Lmtp(sink) => format!("{} lmtp", into_sink(sink)),
            Self::Maildir => into_maildir("Mail"),
            Self::Mda => {
                home.write("Taken/new/.keep", "");
                let take = home.write("take", "f=$(mktemp ~/Taken/new/XXXXXXXX) && cat > \"$f\"\n");
                format!("mda \"sh '{}'\"", take.display())
            }
        }
    }

    fn arrived(&self, journey: &Journey) -> Vec<Vec<u8>> {
        match self {
            Self::Smtp(sink) | Self::Lmtp(sink) => {
                let received = sink.received();
                for message in &received {
                    assert_eq!(message.recipients, ["<ada@127.0.0.1>"]);
                }
                received.into_iter().map(|m| m.octets).collect()
            }
            Self::Maildir => journey.mail("Mail"),
            Self::Mda => {
                let files = journey.mail("Taken").into_iter();
                files.filter(|octets| !octets.is_empty()).collect()
            }
        }
    }
}

async fn all_arrive(protocol: Protocol, shield: Shield, goal: Goal, sent: Vec<Message>) {
    assert!(sent.len() > 60);
    let journey = Journey::with(sent.clone()).await;
    journey.rc(protocol, shield, &goal.words(&journey.home));
    let first = journey.expect(0, &[]).await;
    assert_eq!(first.err, "");
    let count = first.out.matches("reading message ada@alpha:").count();
    assert_eq!(count, sent.len(), "{}", first.out);
    assert_arrived(&sent, goal.arrived(&journey));
    assert_eq!(journey.left(), 0);

    let second = journey.expect(1, &[]).await;
    assert_eq!(second.out, "postrider: No mail for ada at alpha\n");
    assert_eq!(goal.arrived(&journey).len(), sent.len());
}

/// Every letter of the collection, without the large one.
fn letters() -> Vec<Message> {
    (0..LETTERS.len()).map(Message::numbered).collect()
}

macro_rules! arrives {
    ($($name:ident: $protocol:ident $shield:ident $goal:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            all_arrive(Protocol::$protocol, Shield::$shield, $goal, letters()).await;
        }
    )*};
}

arrives! {
    pop3_plain_to_smtp: Pop3 Plain Goal::Smtp(Sink::smtp().await);
    pop3_plain_to_lmtp: Pop3 Plain Goal::Lmtp(Sink::lmtp().await);
    pop3_plain_to_mda: Pop3 Plain Goal::Mda;
    pop3_plain_to_maildir: Pop3 Plain Goal::Maildir;
    pop3_starttls_to_smtp: Pop3 StartTls Goal::Smtp(Sink::smtp().await);
    pop3_starttls_to_lmtp: Pop3 StartTls Goal::Lmtp(Sink::lmtp().await);
    pop3_starttls_to_mda: Pop3 StartTls Goal::Mda;
    pop3_starttls_to_maildir: Pop3 StartTls Goal::Maildir;
    pop3_tls_to_smtp: Pop3 Tls Goal::Smtp(Sink::smtp().await);
    pop3_tls_to_lmtp: Pop3 Tls Goal::Lmtp(Sink::lmtp().await);
    pop3_tls_to_mda: Pop3 Tls Goal::Mda;
    pop3_tls_to_maildir: Pop3 Tls Goal::Maildir;
    imap_plain_to_smtp: Imap Plain Goal::Smtp(Sink::smtp().await);
    imap_plain_to_lmtp: Imap Plain Goal::Lmtp(Sink::lmtp().await);
    imap_plain_to_mda: Imap Plain Goal::Mda;
    imap_plain_to_maildir: Imap Plain Goal::Maildir;
    imap_starttls_to_smtp: Imap StartTls Goal::Smtp(Sink::smtp().await);
    imap_starttls_to_lmtp: Imap StartTls Goal::Lmtp(Sink::lmtp().await);
    imap_starttls_to_mda: Imap StartTls Goal::Mda;
    imap_starttls_to_maildir: Imap StartTls Goal::Maildir;
    imap_tls_to_smtp: Imap Tls Goal::Smtp(Sink::smtp().await);
    imap_tls_to_lmtp: Imap Tls Goal::Lmtp(Sink::lmtp().await);
    imap_tls_to_mda: Imap Tls Goal::Mda;
}

/// The last of the matrix, with a message of 20 MB among the others.
#[tokio::test]
async fn imap_tls_to_maildir_with_a_large_one() {
    all_arrive(
        Protocol::Imap,
        Shield::Tls,
        Goal::Maildir,
        mailbox::realistic(),
    )
    .await;
}
