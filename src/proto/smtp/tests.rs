//! Dialogues: what the listener says, what we send, what the driver hears.

use super::*;
use crate::mail::envelope::BodyType;

/// A client and everything it has sent and told.
struct Talk {
    client: Client,
    sent: String,
    told: Vec<Event>,
    end: Option<Result<(), Error>>,
}

impl Talk {
    fn new(hello: Hello) -> Self {
        let client = Client::new("me.test", hello);
        Self {
            client,
            sent: String::new(),
            told: Vec::new(),
            end: None,
        }
    }

    /// An open session; `offers` are the lines after the listener's name.
    fn open(hello: Hello, offers: &[&str]) -> Self {
        let mut talk = Self::new(hello);
        talk.hear("220 hi\r\n");
        let mut reply = String::from("250-there\r\n");
        for offer in offers {
            reply.push_str(&format!("250-{offer}\r\n"));
        }
        talk.hear(&(reply + "250 HELP\r\n"));
        talk.sent.clear();
        assert!(matches!(talk.told.pop(), Some(Event::Open(_))));
        talk
    }

    fn run(&mut self) {
        while self.end.is_none() {
            match self.client.step() {
                Ok(Step::Input) => return,
                Ok(Step::Send(out)) => self.sent.push_str(&out.bytes.escape_ascii().to_string()),
                Ok(Step::Event(event)) => self.told.push(event),
                Ok(Step::Done) => self.end = Some(Ok(())),
                Ok(Step::StartTls) => unreachable!(),
                Err(error) => self.end = Some(Err(error)),
            }
        }
    }

    fn hear(&mut self, wire: &str) {
        self.client.inbox().extend_from_slice(wire.as_bytes());
        self.run();
    }

    /// What was sent since the last call.
    fn sent(&mut self) -> String {
        self.run();
        std::mem::take(&mut self.sent).replace("\\r\\n", "|")
    }

    fn fates(&mut self) -> Vec<(u64, &'static str, u16)> {
        self.run();
        let told = std::mem::take(&mut self.told);
        told.into_iter()
            .filter(|event| *event != Event::Go)
            .map(|event| match event {
                Event::Open(_) | Event::Go => (0, "open", 0),
                Event::Ended { id, fate } => match fate {
                    Fate::Taken { refused } => (id, "taken", u16::try_from(refused.len()).unwrap()),
                    Fate::Temporary(reply) => (id, "temporary", reply.code),
                    Fate::Permanent(reply) => (id, "permanent", reply.code),
                },
            })
            .collect()
    }

    fn begin(&mut self, id: u64, to: &[&str]) {
        assert!(self.client.takes_message());
        self.client.begin(id, envelope(to));
    }

    fn body(&mut self, text: &'static str) {
        assert!(self.client.takes_body());
        self.client.chunk(Bytes::from_static(text.as_bytes()));
        self.client.finish();
    }
}

fn envelope(to: &[&str]) -> Envelope {
    Envelope {
        sender: b"s@x".to_vec(),
        recipients: to.iter().map(|r| r.as_bytes().to_vec()).collect(),
        last_resort: None,
        body: BodyType::EightBit,
        size: Some(99),
    }
}

#[test]
fn one_recipient_costs_one_flight() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING", "8bitmime", "SIZE 1000"]);
    t.begin(1, &["a@b"]);
    let command = "MAIL FROM:<s@x> BODY=8BITMIME SIZE=99|RCPT TO:<a@b>|DATA|";
    assert_eq!(t.sent(), command);
    assert!(!t.client.takes_body());
    t.hear("250 ok\r\n250 ok\r\n354 go\r\n");
    t.body("hi\n.\n");
    t.begin(2, &["a@b"]);
    assert_eq!(t.sent(), format!("hi|..|.|{command}"));
    t.hear("250 1 taken\r\n250 ok\r\n250 ok\r\n354 go\r\n");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
    t.body("x");
    t.client.quit();
    assert_eq!(t.sent(), "x|.|");
    t.hear("250 ok\r\n");
    assert_eq!(t.fates(), [(2, "taken", 0)]);
    assert_eq!(t.sent(), "QUIT|");
    t.hear("221 bye\r\n");
    assert_eq!(t.end, Some(Ok(())));
}

#[test]
fn without_pipelining_each_command_waits() {
    let mut t = Talk::open(Hello::Ehlo, &[]);
    t.begin(1, &["a@b", "c@d"]);
    for (sends, hears) in [
        ("MAIL FROM:<s@x>|", "250 ok\r\n"),
        ("RCPT TO:<a@b>|", "250 ok\r\n"),
        ("RCPT TO:<c@d>|", "250 ok\r\n"),
        ("DATA|", "354 go\r\n"),
    ] {
        assert_eq!(t.sent(), sends);
        t.hear(hears);
    }
    t.body("x\r\n");
    t.begin(2, &["a@b"]);
    assert_eq!(t.sent(), "x|.|");
    t.hear("250 ok\r\n");
    assert_eq!(t.sent(), "MAIL FROM:<s@x>|");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
}

#[test]
fn data_waits_for_several_recipients() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    t.begin(1, &["a@b", "c@d"]);
    assert_eq!(t.sent(), "MAIL FROM:<s@x>|RCPT TO:<a@b>|RCPT TO:<c@d>|");
    t.hear("250 ok\r\n550 no\r\n");
    assert_eq!(t.sent(), "");
    t.hear("250 ok\r\n");
    assert_eq!(t.sent(), "DATA|");
    t.hear("354 go\r\n");
    t.body("x");
    t.hear("250 ok\r\n");
    assert_eq!(t.fates(), [(1, "taken", 1)]);
}

/// The postmaster gets what nobody takes, whether DATA is on its way already or not.
#[test]
fn the_last_resort() {
    let check = |to: &[&str], extension: &[&str], talk: &[(&str, &str)], fate: (u64, &str, u16)| {
        let mut t = Talk::open(Hello::Ehlo, extension);
        t.client.begin(
            1,
            Envelope {
                last_resort: Some(b"pm@x".to_vec()),
                ..envelope(to)
            },
        );
        for (sends, hears) in talk {
            assert_eq!(t.sent(), *sends);
            t.hear(hears);
        }
        if fate.1 == "taken" {
            t.body("x");
            assert_eq!(t.sent(), "x|.|");
            t.hear("250 ok\r\n");
        }
        assert_eq!(t.fates(), [fate]);
    };
    let again = "RSET|MAIL FROM:<s@x>|RCPT TO:<pm@x>|DATA|";
    check(
        &["a@b"],
        &["PIPELINING"],
        &[
            (
                "MAIL FROM:<s@x>|RCPT TO:<a@b>|DATA|",
                "250 ok\r\n550 no\r\n503 no\r\n",
            ),
            (again, "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n"),
        ],
        (1, "taken", 0),
    );
    check(
        &["a@b", "c@d"],
        &["PIPELINING"],
        &[
            (
                "MAIL FROM:<s@x>|RCPT TO:<a@b>|RCPT TO:<c@d>|",
                "250 ok\r\n550 no\r\n551 no\r\n",
            ),
            (again, "250 ok\r\n250 ok\r\n550 no\r\n503 no\r\n"),
        ],
        (1, "permanent", 550),
    );
    // One who is only put off comes again.
    check(
        &["a@b", "c@d"],
        &["PIPELINING"],
        &[(
            "MAIL FROM:<s@x>|RCPT TO:<a@b>|RCPT TO:<c@d>|",
            "250 ok\r\n550 no\r\n450 no\r\n",
        )],
        (1, "temporary", 450),
    );
    // A refused sender is nobody's fault.
    check(
        &["a@b"],
        &[],
        &[("MAIL FROM:<s@x>|", "550 no\r\n")],
        (1, "permanent", 550),
    );
    check(
        &["pm@x"],
        &[],
        &[
            ("MAIL FROM:<s@x>|", "250 ok\r\n"),
            ("RCPT TO:<pm@x>|", "550 no\r\n"),
        ],
        (1, "permanent", 550),
    );
}

/// Replies to one message with two recipients on a pipelining listener, and its fate.
#[test]
fn refusals_before_data() {
    let check = |replies: &str, expected: (u64, &'static str, u16)| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b", "c@d"]);
        t.sent();
        t.hear(replies);
        assert_eq!(t.fates(), [expected], "{replies}");
        assert_eq!(t.sent(), "RSET|");
        t.begin(2, &["a@b", "c@d"]);
        assert!(t.sent().starts_with("MAIL"));
        t.hear("250 reset\r\n250 ok\r\n");
        assert_eq!(t.end, None);
    };
    check("550 m\r\n503 r\r\n503 r\r\n", (1, "permanent", 550));
    check("451 m\r\n503 r\r\n503 r\r\n", (1, "temporary", 451));
    check("530 m\r\n503 r\r\n503 r\r\n", (1, "temporary", 530));
    check("250 m\r\n250 r\r\n450 r\r\n", (1, "temporary", 450));
    check("250 m\r\n550 r\r\n450 r\r\n", (1, "temporary", 450));
    check("250 m\r\n550 r\r\n551 r\r\n", (1, "permanent", 550));
}

#[test]
fn refusals_with_data_ahead() {
    let check = |replies: &str, expected: (u64, &'static str, u16), goes_on: bool| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b"]);
        t.sent();
        t.hear(replies);
        assert_eq!(t.fates(), [expected], "{replies}");
        assert!(!t.client.takes_body());
        assert_eq!(t.client.takes_message(), goes_on);
        assert_eq!(t.sent(), if goes_on { "RSET|" } else { "" });
        assert_eq!(t.end, (!goes_on).then_some(Ok(())));
    };
    check("550 m\r\n503 r\r\n503 d\r\n", (1, "permanent", 550), true);
    check("250 m\r\n550 r\r\n554 d\r\n", (1, "permanent", 550), true);
    check("250 m\r\n450 r\r\n503 d\r\n", (1, "temporary", 450), true);
    check("250 m\r\n250 r\r\n451 d\r\n", (1, "temporary", 451), true);
    check("250 m\r\n250 r\r\n554 d\r\n", (1, "permanent", 554), true);
    check("250 m\r\n550 r\r\n354 go\r\n", (1, "permanent", 550), false);
}

#[test]
fn answers_to_the_dot() {
    let check = |hello: Hello, replies: &str, expected: (u64, &'static str, u16)| {
        let mut t = Talk::open(hello, &["PIPELINING"]);
        t.begin(1, &["a@b", "c@d"]);
        t.hear("250 m\r\n250 r\r\n250 r\r\n");
        t.hear("354 go\r\n");
        t.body("x");
        t.hear(replies);
        assert_eq!(t.fates(), [expected], "{replies}");
        assert!(t.client.takes_message() && !t.client.awaits_reply());
    };
    check(Hello::Ehlo, "250 ok\r\n", (1, "taken", 0));
    check(Hello::Ehlo, "452 full\r\n", (1, "temporary", 452));
    check(Hello::Ehlo, "554 spam\r\n", (1, "permanent", 554));
    check(Hello::Lhlo, "250 a\r\n250 c\r\n", (1, "taken", 0));
    check(Hello::Lhlo, "250 a\r\n550 c\r\n", (1, "taken", 1));
    check(Hello::Lhlo, "250 a\r\n450 c\r\n", (1, "temporary", 450));
    check(Hello::Lhlo, "550 a\r\n450 c\r\n", (1, "temporary", 450));
    check(Hello::Lhlo, "550 a\r\n552 c\r\n", (1, "permanent", 550));
}

#[test]
fn lmtp_waits_for_every_answer() {
    let mut t = Talk::open(Hello::Lhlo, &[]);
    t.begin(1, &["a@b", "c@d"]);
    t.hear("250 m\r\n");
    t.hear("250 r\r\n");
    t.hear("250 r\r\n");
    t.hear("354 go\r\n");
    t.body("x");
    t.hear("250 a\r\n");
    assert_eq!(t.fates(), []);
    t.hear("250 c\r\n");
    assert_eq!(t.fates(), [(1, "taken", 0)]);
}

#[test]
fn helo_follows_a_refused_ehlo() {
    let mut t = Talk::new(Hello::Ehlo);
    t.hear("220-a\r\n220 hi\r\n");
    assert_eq!(t.sent(), "EHLO me.test|");
    t.hear("502 what?\r\n");
    assert_eq!(t.sent(), "HELO me.test|");
    t.hear("250-there\r\n250 PIPELINING\r\n");
    assert_eq!(t.told, [Event::Open(Capabilities::default())]);
}

#[test]
fn listeners_that_do_not_want_us() {
    let check = |wire: &str| {
        let mut t = Talk::new(Hello::Ehlo);
        t.hear(wire);
        assert!(matches!(t.end, Some(Err(_))), "{wire}");
    };
    check("554 no\r\n");
    check("421 busy\r\n");
    check("+OK POP3\r\n");
    check("220 hi\r\n421 bye\r\n");
    check("220 hi\r\n502 no\r\n502 no\r\n");
    check("220 hi\r\n451 later\r\n");
    check("354 go\r\n");
}

/// What the listener says while the message is fed must not be taken for the answer to the dot.
#[test]
fn answers_before_their_time_break_the_session() {
    let check = |early: &str| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b"]);
        t.hear("250 m\r\n250 r\r\n");
        t.hear(&format!("354 go\r\n{early}"));
        if t.end.is_none() {
            t.body("x");
        }
        assert!(!t.sent().contains("|.|"), "{early}");
        assert!(matches!(t.end, Some(Err(Error::Broken { .. }))), "{early}");
        assert_eq!(t.fates(), []);
    };
    check("250 ok\r\n");
    check("250 o");
    check("554 no\r\n");
}

#[test]
fn replies_of_the_wrong_kind_break_the_session() {
    let check = |replies: &str| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b"]);
        t.hear(replies);
        assert!(matches!(t.end, Some(Err(_))), "{replies}");
    };
    check("334 \r\n");
    check("250 m\r\n354 r\r\n");
    check("250 m\r\n250 r\r\n250 d\r\n");
    check("250 m\r\nr\r\n");
    check("250 m\r\n25\r\n");
}

#[test]
fn closing_service_puts_off_what_is_under_way() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    t.begin(1, &["a@b"]);
    t.hear("250 m\r\n250 r\r\n354 go\r\n");
    t.body("x");
    t.begin(2, &["a@b"]);
    t.hear("421 shutting down\r\n");
    assert_eq!(t.fates(), [(1, "temporary", 421), (2, "temporary", 421)]);
    assert_eq!(t.end, Some(Ok(())));
}

#[test]
fn closing_early_is_an_error_and_after_quit_it_is_not() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    assert_eq!(t.client.peer_closed(), Err(Error::Closed));
    t.client.quit();
    assert_eq!(t.sent(), "QUIT|");
    assert_eq!(t.client.peer_closed(), Ok(()));
    t.run();
    assert_eq!(t.end, Some(Ok(())));
}

#[test]
fn addresses_that_break_out_are_not_sent() {
    let check = |address: &str| {
        let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
        t.begin(1, &["a@b", address]);
        assert_eq!(t.sent(), "");
        assert_eq!(t.fates(), [(1, "permanent", 553)], "{address:?}");
        assert!(t.client.takes_message());
    };
    check("a@b>\r\nDATA");
    check("a\n@b");
    check("a\0@b");
    check("a>@b");
    check("");
    check(&"x".repeat(1000));
}

#[test]
fn the_last_bytes_wait_for_what_follows() {
    let mut t = Talk::open(Hello::Ehlo, &["PIPELINING"]);
    t.begin(1, &["a@b"]);
    t.hear("250 m\r\n250 r\r\n354 go\r\n");
    t.sent();
    t.client.chunk(Bytes::from_static(b"one\r\n"));
    assert_eq!(t.sent(), "");
    t.client.chunk(Bytes::from_static(b"two\r\n"));
    assert_eq!(t.sent(), "one|");
    t.client.finish();
    assert_eq!(t.sent(), "two|.|");
}

#[test]
fn any_split_gives_the_same_events() {
    let wire = "220 hi\r\n250-there\r\n250-SIZE\r\n250 PIPELINING\r\n250 m\r\n250 r\r\n354 go\r\n250-done\r\n250 ok\r\n";
    let talk = |cuts: [usize; 2]| {
        let mut t = Talk::new(Hello::Ehlo);
        let mut stage = 0;
        let cuts = [0, cuts[0].min(cuts[1]), cuts[0].max(cuts[1]), wire.len()];
        // The answer to the dot must not come before the dot.
        let dot = wire.find("250-done").unwrap();
        for pair in cuts.windows(2) {
            for piece in [
                pair[0].min(dot)..pair[1].min(dot),
                pair[0].max(dot)..pair[1].max(dot),
            ] {
                t.hear(&wire[piece]);
                if stage == 0 && t.client.takes_message() {
                    t.begin(7, &["a@b"]);
                    stage = 1;
                    t.run();
                }
                if stage == 1 && t.client.takes_body() {
                    t.body("x");
                    stage = 2;
                }
            }
        }
        (t.sent(), t.told.clone())
    };
    // MAIL must be out before its answer comes: cut between the hello and the transaction only.
    let hello = wire.find("250 m").unwrap();
    let expected = talk([hello, hello]);
    assert_eq!(expected.1.len(), 3);
    for at in 0..=wire.len() {
        assert_eq!(talk([hello, at]), expected, "cut at {at}");
    }
}
