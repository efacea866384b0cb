//! The collection behind [`super::mailbox`]: who wrote what, in which form.

use Form::*;

/// One letter of the collection.
pub struct Letter {
    from: &'static str,
    subject: &'static str,
    form: Form,
}

/// How a letter is put together.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    Flowed,
    Utf8,
    Latin1,
    Quoted,
    Html,
    Alternative,
    Attachment(&'static str, &'static str),
    Related,
    Digest,
    Forwarded,
    Report,
    Signed,
    Invitation,
    Patch,
    LongLines,
    Dots,
    FromLines,
    Empty,
    HeaderOnly,
    Folded,
    ManyReceived,
    NoMessageId,
    Raw8Header,
}

const fn letter(from: &'static str, subject: &'static str, form: Form) -> Letter {
    Letter {
        from,
        subject,
        form,
    }
}

/// Every letter, in the order they came.
#[rustfmt::skip]
pub const LETTERS: &[Letter] = &[
    letter("Mara Lindqvist <mara.lindqvist@example.org>", "Lunch on Thursday?", Plain),
    letter("\"Fjord Railways\" <tickets@rail.example>", "Your journey Oslo S - Bergen, 24 November", Alternative),
    letter("=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@example.net>", "=?utf-8?q?Gr=C3=BC=C3=9Fe_aus_K=C3=B6ln?=", Utf8),
    letter("Harbour Library <no-reply@library.example>", "Two of your books are due on Friday", Plain),
    letter("Priya Raman <priya@studio.example>", "Poster drafts, second round", Attachment("image/png", "poster-b.png")),
    letter("\"Okonkwo, Tomas\" <tomas.okonkwo@example.net>", "Re: the boat", Flowed),
    letter("Allotment Society <secretary@allotments.example>", "Minutes of the autumn meeting", Attachment("application/pdf", "minutes-2026-10.pdf")),
    letter("garden-list digest <garden-request@lists.example.net>", "garden-list Digest, Vol 41, Issue 7", Digest),
    letter("Northlight Energy <billing@northlight.example>", "Your invoice for October: 61.40", Attachment("application/pdf", "invoice-1026.pdf")),
    letter("Ines Carvalho <ines.carvalho@example.org>", "=?iso-8859-1?Q?Receita_do_p=E3o?=", Latin1),
    letter("Corner Bakery <hello@bakery.example>", "New opening hours", Html),
    letter("cron@attic.example (Cron Daemon)", "Cron <backup@attic> /usr/local/bin/nightly", Plain),
    letter("Wei Chen <wei.chen@example.org>", "=?utf-8?b?5LiL5ZGo55qE5pel56iL?=", Utf8),
    letter("Mail Delivery System <MAILER-DAEMON@mx.example.org>", "Undelivered Mail Returned to Sender", Report),
    letter("Sam Whitfield <sam@whitfield.example>", "Fwd: recording from the rehearsal", Forwarded),
    letter("River Swimming Club <club@swim.example>", "Water temperature and the winter season", Plain),
    letter("Dr. E. Haugen <reception@haugen-dental.example>", "Appointment 3 December, 08:30", Invitation),
    letter("Nadia Petrov <nadia@example.net>", "=?koi8-r?B?8NLJ18XU?=", Quoted),
    letter("kernel-folk <owner@lists.example.net>", "[PATCH 2/3] clocks: keep ticking when nobody looks", Patch),
    letter("kernel-folk <owner@lists.example.net>", "Re: [PATCH 2/3] clocks: keep ticking when nobody looks", Dots),
    letter("Old Mill Cinema <programme@oldmill.example>", "This week: three films and a piano", Related),
    letter("Ada Fairweather <ada@example.org>", "Note to self", Plain),
    letter("Bruno Keller <bruno@keller.example>", "Signed, as you asked", Signed),
    letter("Parcel Point <status@parcels.example>", "Parcel 7734 is waiting for you", Alternative),
    letter("Jo <jo@example.org>", "", Plain),
    letter("Yuki Tanaka <yuki@example.com>", "=?iso-2022-jp?B?GyRCJCo1VyQ3JFYkaiRHJDkbKEI=?=", Quoted),
    letter("The Monday Paper <news@monday.example>", "Why the bridge will open twice", LongLines),
    letter("Mara Lindqvist <mara.lindqvist@example.org>", "Re: Lunch on Thursday?", Flowed),
    letter("archive@history.example", "Letters of 1911, page scans and a transcript", FromLines),
    letter("Hotel Zum Anker <post@anker.example>", "=?utf-8?q?Best=C3=A4tigung_Ihrer_Reservierung?=", Html),
    letter("Leon <leon@example.net>", "(no text)", Empty),
    letter("probe@monitor.example", "ping", HeaderOnly),
    letter("Ministry of Long Titles <registry@titles.example>", "Notice concerning the consolidated index of amended annexes to the second supplementary schedule", Folded),
    letter("Relay Test <relay@hops.example>", "Around the world in thirty hops", ManyReceived),
    letter("scanner@office.example", "Scan from the third floor", NoMessageId),
    letter("Andr\u{e9} Lef\u{e8}vre <andre@example.com>", "D\u{e9}jeuner", Raw8Header),
    letter("Priya Raman <priya@studio.example>", "Poster drafts, third and last", Attachment("image/jpeg", "poster-c.jpg")),
    letter("Community Radio <studio@radio.example>", "Your show on 28 November", Invitation),
    letter("Elif Demir <elif@example.org>", "=?utf-8?q?Do=C4=9Fum_g=C3=BCn=C3=BC_?= =?utf-8?b?8J+OiQ==?=", Utf8),
    letter("choir@lists.example.net", "Who has the alto parts?", Plain),
    letter("choir@lists.example.net", "Re: Who has the alto parts?", Flowed),
    letter("choir@lists.example.net", "Re: Re: Who has the alto parts?", Dots),
    letter("Savings Bank <notice@bank.example>", "Your statement is ready", Html),
    letter("Tools Weekly <weekly@tools.example>", "Sharpening, a special issue", Related),
    letter("Oskar Nyberg <oskar@nyberg.example>", "The measurements", Attachment("text/csv", "tide-gauge.csv")),
    letter("postmaster@example.org", "Delivery delayed: choir@lists.example.net", Report),
    letter("Grandma <rosalind@example.net>", "A long letter", Plain),
    letter("=?utf-8?q?=C5=81ukasz_W=C3=B3jcik?= <lukasz@example.com>", "Fwd: =?utf-8?q?Zdj=C4=99cia_z_g=C3=B3r?=", Forwarded),
    letter("City Council <consultation@council.example>", "Consultation: trees in Mill Street", Attachment("application/pdf", "trees.pdf")),
    letter("Ferry Company <booking@ferry.example>", "Boarding card", Attachment("application/octet-stream", "boarding.pkpass")),
    letter("Sunday Walkers <walks@walkers.example>", "Route for the 29th (bring boots)", Quoted),
    letter("bugs@tracker.example", "[postbox #318] Crash when the flag is up", Plain),
    letter("bugs@tracker.example", "[postbox #318] closed", Plain),
    letter("poetry-digest <poetry-request@lists.example.net>", "poetry Digest, Vol 12, Issue 3", Digest),
    letter("Hannah Osei <hannah@osei.example>", "Contract, signed copy", Signed),
    letter("Night Trains <offers@trains.example>", "Sleep through Europe from 39.90", Alternative),
    letter("Wine Merchant <cellar@wine.example>", "=?iso-8859-1?Q?Ch=E2teau_d'automne?=", Latin1),
    letter("Ruben de Wit <ruben@dewit.example>", "Minified, sorry", LongLines),
    letter("School Office <office@school.example>", "Snow plan", Plain),
    letter("Tomas Okonkwo <tomas.okonkwo@example.net>", "Re: Re: the boat", FromLines),
    letter("Observatory <sky@observatory.example>", "Clear sky tonight", Utf8),
    letter("Chess by Post <moves@chess.example>", "Game 12: 23. Rxe6", Plain),
    letter("Allotment Society <secretary@allotments.example>", "Key for the tool shed", Html),
    letter("Mara Lindqvist <mara.lindqvist@example.org>", "Photos are on their way", Plain),
];

const PARAGRAPHS: &[&str] = &[
    "Thursday works well for me. The place by the canal has soup again, and they\nkeep the window table until half past twelve.\n",
    "I looked through everything once more and found only two small things: the\ndate on page three, and the name of the street, which has changed since.\n",
    "The boat is out of the water. We scraped the hull on Saturday until it got\ndark, and it looks better than it has for years. The mast can wait.\n",
    "Please bring the key back when you are done; there is only one, and the\nothers have asked for it too.\n",
    "It rained all week, so the walk was short, but the light over the hills made\nup for it. You would have liked the heron.\n",
    "Nothing to do on your side. If the figures look odd, compare them with last\nyear's first; the meter was replaced in May.\n",
    "Rehearsal begins at seven sharp. Whoever has the spare music stand: it is\nmissed.\n",
];

/// The address in `Name <address>`.
pub fn address(from: &str) -> &str {
    match from.split_once('<') {
        Some((_, rest)) => rest.trim_end_matches('>'),
        None => from.split(' ').next().unwrap_or(from),
    }
}

/// The letter as octets; `n` varies identifiers, dates and text.
pub fn write(letter: &Letter, n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let address = address(letter.from);
    line(&mut out, &format!("Return-Path: <{address}>"));
    for hop in 0..hops(letter.form) {
        line(
            &mut out,
            &format!("Received: from mx{hop}.example.net (mx{hop}.example.net [192.0.2.{hop}])"),
        );
        line(
            &mut out,
            &format!("\tby mail.example.org (Postfix) with ESMTPS id 4X{n:04}{hop:02}"),
        );
        line(&mut out, &format!("\tfor <ada@example.org>; {}", date(n)));
    }
    if matches!(letter.form, Raw8Header) {
        // Unencoded Latin-1, as old programs send it.
        out.extend(
            format!("From: {}\r\nSubject: {}\r\n", letter.from, letter.subject)
                .chars()
                .map(|c| c as u8),
        );
    } else {
        line(&mut out, &format!("From: {}", letter.from));
        line(&mut out, &subject(letter));
    }
    line(&mut out, "To: Ada Fairweather <ada@example.org>");
    line(&mut out, &format!("Date: {}", date(n)));
    if !matches!(letter.form, NoMessageId) {
        line(
            &mut out,
            &format!(
                "Message-ID: <{n}.{}@{}>",
                n * 7919 % 10007,
                address.rsplit('@').next().unwrap_or("x")
            ),
        );
    }
    if letter.from.contains("lists.example.net") {
        line(
            &mut out,
            &format!("List-Id: <{}>", address.replace('@', ".")),
        );
        line(&mut out, "Precedence: list");
    }
    rest(&mut out, letter.form, n);
    out
}

fn hops(form: Form) -> usize {
    match form {
        ManyReceived => 30,
        HeaderOnly => 0,
        _ => 2,
    }
}

fn subject(letter: &Letter) -> String {
    match letter.form {
        Folded => format!(
            "Subject: {}",
            letter
                .subject
                .replace(" of ", "\r\n\tof ")
                .replace(" to ", "\r\n  to ")
        ),
        // No blank after the colon: legal and rare.
        NoMessageId => format!("Subject:{}", letter.subject),
        _ => format!("Subject: {}", letter.subject),
    }
}

fn date(n: usize) -> String {
    const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    // 1 November 2026 is a Sunday.
    let day = n / 3 % 21;
    format!(
        "{}, {} Nov 2026 {:02}:{:02}:{:02} +0100",
        DAYS[day % 7],
        day + 1,
        7 + n % 13,
        n * 17 % 60,
        n * 31 % 60
    )
}

/// What follows the common fields: the other fields, the empty line, the body.
fn rest(out: &mut Vec<u8>, form: Form, n: usize) {
    let text = prose(n, 2 + n % 3);
    match form {
        Plain | ManyReceived | NoMessageId => {
            body(out, "text/plain; charset=us-ascii", "7bit", &text)
        }
        Flowed => body(
            out,
            "text/plain; charset=utf-8; format=flowed",
            "7bit",
            &format!("> {}\n\n{text}", prose(n + 1, 1).replace('\n', " \n> ")),
        ),
        Utf8 => body(
            out,
            "text/plain; charset=utf-8",
            "8bit",
            &format!(
                "Grüße, žluťoučký kůň, 你好, привет, 🎉\n\n{text}\nÜbermorgen — „vielleicht“.\n"
            ),
        ),
        Latin1 => {
            body(out, "text/plain; charset=iso-8859-1", "8bit", &text);
            out.extend_from_slice(b"Ol\xe1! P\xe3o, a\xe7\xfacar, caf\xe9, \xa3 3.50\r\n");
        }
        Raw8Header => body(out, "text/plain; charset=us-ascii", "7bit", &text),
        Quoted => body(
            out,
            "text/plain; charset=utf-8",
            "quoted-printable",
            &format!(
                "=D0=9F=D1=80=D0=B8=D0=B2=D0=B5=D1=82!=20=\n{text}A line that goes on =\nand on.=20\n=2E\n"
            ),
        ),
        Html => body(out, "text/html; charset=utf-8", "8bit", &page(&text)),
        Alternative => parts(
            out,
            "alternative",
            &[
                &part("text/plain; charset=utf-8", &text),
                &part("text/html; charset=utf-8", &page(&text)),
            ],
        ),
        Related => parts(
            out,
            "related; type=\"text/html\"",
            &[
                &part("text/html; charset=utf-8", &page(&text)),
                &file("image/gif", "inline-1.gif", 900 + n),
            ],
        ),
        Attachment(kind, name) => parts(
            out,
            "mixed",
            &[
                &part("text/plain; charset=us-ascii", &text),
                &file(kind, name, 4_000 + n * 997),
            ],
        ),
        Digest => parts(
            out,
            "digest",
            &[&enclosed(n), &enclosed(n + 1), &enclosed(n + 2)],
        ),
        Forwarded => parts(
            out,
            "mixed",
            &[
                &part("text/plain", &text),
                &format!("Content-Type: message/rfc822\n{}", enclosed(n)),
            ],
        ),
        Report => parts(
            out,
            "report; report-type=delivery-status",
            &[
                &part(
                    "text/plain; charset=us-ascii",
                    "This is the mail system at host mx.example.org.\n\nYour message could not be delivered.\n",
                ),
                &part(
                    "message/delivery-status",
                    "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; gone@example.com\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n",
                ),
            ],
        ),
        Signed => parts(
            out,
            "signed; micalg=pgp-sha256; protocol=\"application/pgp-signature\"",
            &[
                &part(
                    "text/plain; charset=utf-8",
                    &format!("{text}-- \nTrailing blank follows: \n"),
                ),
                &file("application/pgp-signature", "signature.asc", 560),
            ],
        ),
        Invitation => parts(
            out,
            "alternative",
            &[
                &part("text/plain", &text),
                &part(
                    "text/calendar; method=REQUEST",
                    "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nDTSTART:20261203T073000Z\nSUMMARY:Appointment\nEND:VEVENT\nEND:VCALENDAR\n",
                ),
            ],
        ),
        Patch => body(
            out,
            "text/plain; charset=us-ascii",
            "7bit",
            "---\n clocks/tick.c | 3 ++-\n 1 file changed, 2 insertions(+), 1 deletion(-)\n\ndiff --git a/clocks/tick.c b/clocks/tick.c\n--- a/clocks/tick.c\n+++ b/clocks/tick.c\n@@ -12,3 +12,4 @@\n \tint nobody = 0;\n-\treturn nobody;\n+\ttick();\n+\treturn 0;\n \n-- \n2.39.5\n",
        ),
        LongLines => body(
            out,
            "text/html; charset=us-ascii",
            "7bit",
            &format!(
                "<p>{}</p>\n{text}{}\n",
                "one line, ".repeat(150),
                "x=1;y=[0,1,2];".repeat(1_500 + n * 20)
            ),
        ),
        Dots => body(
            out,
            "text/plain; charset=us-ascii",
            "7bit",
            &format!(".\n..\n... and so on\n{text}.hidden\n\n.\n.\n"),
        ),
        FromLines => body(
            out,
            "text/plain; charset=us-ascii",
            "7bit",
            &format!(
                "From the attic, three letters.\n\nFrom ada@example.org Sat Nov  7 10:00:00 1911\nSubject: not a header\n\n>From here on it was quoted before.\n{text}"
            ),
        ),
        Folded => {
            line(out, "X-Odd:\tvalue after a tab");
            line(
                out,
                &format!(
                    "References: {}",
                    (0..40)
                        .map(|i| format!("<{i}.{n}@titles.example>"))
                        .collect::<Vec<_>>()
                        .join("\r\n ")
                ),
            );
            line(out, "Keywords : a blank before the colon");
            line(out, "X-Empty:");
            line(out, &format!("X-Long: {}", "abcdefghij".repeat(120)));
            body(out, "text/plain", "7bit", &text);
        }
        Empty => line(out, ""),
        HeaderOnly => {}
    }
}

fn body(out: &mut Vec<u8>, kind: &str, encoding: &str, text: &str) {
    line(out, "MIME-Version: 1.0");
    line(out, &format!("Content-Type: {kind}"));
    line(out, &format!("Content-Transfer-Encoding: {encoding}"));
    line(out, "");
    out.extend(crlf(text).into_bytes());
}

fn parts(out: &mut Vec<u8>, kind: &str, parts: &[&str]) {
    line(out, "MIME-Version: 1.0");
    line(
        out,
        &format!("Content-Type: multipart/{kind};\r\n\tboundary=\"=-part-of-many\""),
    );
    line(out, "");
    line(out, "This is a message in several parts.");
    for part in parts {
        line(out, "--=-part-of-many");
        out.extend(crlf(part).into_bytes());
        line(out, "");
    }
    line(out, "--=-part-of-many--");
}

fn part(kind: &str, text: &str) -> String {
    format!("Content-Type: {kind}\n\n{text}")
}

fn file(kind: &str, name: &str, size: usize) -> String {
    use base64::Engine as _;
    let octets: Vec<u8> = (0..size)
        .map(|i| (i * i * 31 + i * 7 + size) as u8)
        .collect();
    let text = base64::engine::general_purpose::STANDARD.encode(octets);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(76)
        .filter_map(|c| std::str::from_utf8(c).ok())
        .collect();
    format!(
        "Content-Type: {kind}; name=\"{name}\"\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=\"{name}\"\n\n{}\n",
        lines.join("\n")
    )
}

fn enclosed(n: usize) -> String {
    format!(
        "\nFrom: member{n}@lists.example.net\nSubject: Contribution {n}\nMessage-ID: <inner-{n}@lists.example.net>\n\n{}",
        prose(n, 1)
    )
}

fn page(text: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><body>\n<p>{}</p>\n</body></html>\n",
        text.replace("\n\n", "</p>\n<p>")
    )
}

fn prose(n: usize, count: usize) -> String {
    (0..count)
        .map(|i| PARAGRAPHS[(n + i * 3) % PARAGRAPHS.len()])
        .collect::<Vec<_>>()
        .join("\n")
}

fn crlf(text: &str) -> String {
    text.replace("\r", "").replace('\n', "\r\n")
}

fn line(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(text.as_bytes());
    out.extend_from_slice(b"\r\n");
}
