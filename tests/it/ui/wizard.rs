//! The wizard in process, with this test in place of the engine.

use std::path::PathBuf;
use std::time::Duration;

use postrider::engine::api::job::found::{
    Found, Progress as Step, State as StepState, Step as Kind,
};
use postrider::engine::api::job::report::{Certificate, Problem, Shown};
use postrider::engine::api::job::*;
use postrider::engine::api::{Cause, Halt, Who};

use super::*;

mod editing;

/// The wizard over an empty window.
struct Run {
    desk: Desk,
}

impl Run {
    fn new(first: Snapshot) -> Self {
        let desk = Desk::open(first, 980);
        let mut run = Self { desk };
        run.desk
            .until("the wizard", || !run.desk.all("wizard").is_empty());
        let (id, job) = run.job();
        assert_eq!(job, Job::LookAround);
        run.done(id, Outcome::Around(Box::new(around())));
        run
    }

    fn window(&self) -> gtk::Window {
        self.desk.find("wizard")
    }

    fn job(&mut self) -> (JobId, Job) {
        match self.desk.command() {
            Command::Start { id, job } => (id, *job),
            other => panic!("{other:?}"),
        }
    }

    fn done(&self, id: JobId, outcome: Outcome) {
        self.desk.event(Event::JobDone { id, outcome });
    }

    fn progress(&self, id: JobId, progress: Progress) {
        self.desk.event(Event::Job { id, progress });
    }

    fn write(&self, name: &str, text: &str) {
        let entry: gtk::Widget = self.desk.find(name);
        let entry = entry.dynamic_cast::<gtk::Editable>().unwrap();
        entry.set_text(text);
        self.desk.settle();
    }

    fn tick(&self, name: &str, is_on: bool) {
        self.desk.find::<gtk::CheckButton>(name).set_active(is_on);
        self.desk.settle();
    }

    fn on(&self) {
        self.desk.press("primary");
    }

    fn is_at(&self, page: &str) {
        self.desk.until(page, || {
            let shown = self.desk.all(page);
            !shown.is_empty() && shown[0].is_child_visible()
        });
        self.desk.settle();
    }

    /// A picture of the page in every look.
    fn shot(&self, name: &str) {
        self.desk.is_named();
        if std::env::var_os("POSTRIDER_SHOTS").is_none() {
            return;
        }
        let window = self.window();
        let style = adw::StyleManager::default();
        self.desk
            .shot_of(&window, &format!("wizard-{name}-wide-light"));
        style.set_color_scheme(adw::ColorScheme::ForceDark);
        self.desk
            .shot_of(&window, &format!("wizard-{name}-wide-dark"));
        window.set_default_size(360, 640);
        self.desk.until("narrow", || window.width() <= 372);
        self.desk
            .shot_of(&window, &format!("wizard-{name}-narrow-dark"));
        style.set_color_scheme(adw::ColorScheme::Default);
        self.desk
            .shot_of(&window, &format!("wizard-{name}-narrow-light"));
        window.set_default_size(600, 680);
        self.desk.until("wide", || window.width() >= 590);
    }

    /// From the address to the sign-in.
    fn until_sign_in(&mut self) -> (JobId, Job) {
        self.on();
        self.write("address", "anna@example.org");
        self.write("password", "secret");
        self.on();
        let (id, _) = self.job();
        self.done(id, Outcome::Discovered(Box::new(found(vec![card()]))));
        self.is_at("server-page");
        self.on();
        self.job()
    }
}

fn around() -> Around {
    Around {
        keyring: Keyring::Open,
        login: "anna".into(),
        maildir: (PathBuf::from("/home/anna/Maildir"), Place::Free),
        listener: None,
        programs: vec![
            "/usr/bin/maildrop -d %T".into(),
            "/usr/bin/procmail -d %T".into(),
        ],
        lmtp: None,
        rc: RcFile {
            path: PathBuf::from("/home/anna/.fetchmailrc"),
            holds: None,
            trouble: None,
            is_open_to_others: false,
            accounts: vec![(
                sample::id("old@example.org", "imap.example.org"),
                "imap.example.org".into(),
            )],
        },
        has_netrc: false,
    }
}

fn card() -> Candidate {
    Candidate {
        protocol: Protocol::Imap,
        host: "imap.example.org".into(),
        port: 993,
        security: Security::Tls,
        methods: vec![Method::Password],
        user: UserForm::Address,
        source: Source::Provider("autoconfig.example.org".into()),
        is_weak: false,
    }
}

fn found(candidates: Vec<Candidate>) -> Found {
    let steps = Kind::ALL.into_iter().map(|step| Step {
        step,
        state: match step {
            Kind::BuiltIn => StepState::Nothing,
            Kind::Provider => StepState::Found(candidates.len()),
            Kind::Database => {
                StepState::Failed("The database did not answer within 5 seconds.".into())
            }
            _ => StepState::Skipped,
        },
        took: Duration::from_millis(340),
        asked: Vec::new(),
        notes: Vec::new(),
    });
    Found {
        domain: "example.org".into(),
        steps: steps.collect(),
        candidates,
        hint: None,
        is_offline: false,
        is_done: true,
    }
}

fn steps(upto: usize, failed: bool) -> Vec<SignInStep> {
    let words = [
        "203.0.113.5",
        "203.0.113.5, port 993",
        "TLS 1.3, TLS13_AES_256_GCM_SHA384",
        "Dovecot ready.",
        "",
        "",
    ];
    Stage::ALL
        .into_iter()
        .enumerate()
        .map(|(n, stage)| SignInStep {
            stage,
            state: match n {
                n if n < upto => StageState::Done,
                n if n == upto && failed => StageState::Failed,
                n if n == upto => StageState::Working,
                _ => StageState::Waiting,
            },
            words: if n < upto {
                words[n].into()
            } else {
                String::new()
            },
        })
        .collect()
}

fn failed(cause: Cause, words: &str, upto: usize) -> Failed {
    Failed {
        steps: steps(upto, true),
        ..Failed::new(sample::trouble(Who::You, cause, words))
    }
}

fn signed_in() -> Outcome {
    Outcome::SignedIn(Box::new(SignedIn {
        steps: steps(6, false),
        total: 42,
        new: 3,
        octets: Some(1_200_000),
        can_idle: true,
        has_uids: true,
        is_protected: true,
    }))
}

fn shown(problem: Problem) -> Shown {
    let day = Duration::from_secs(86_400);
    let leaf = Certificate {
        subject: "mail.hoster.example".into(),
        issuer: "Hoster <b>Own</b> CA & \"Sons\"".into(),
        names: vec!["mail.hoster.example".into(), "*.hoster.example".into()],
        from: Some(sample::ago(0) - 100 * day),
        until: Some(sample::ago(0) + 200 * day),
        key: "RSA 2048".into(),
        signature: "SHA256-RSA".into(),
        sha256: ["AB"; 32].join(":"),
        md5: ["CD"; 16].join(":"),
        der: Vec::new(),
    };
    Shown {
        chain: vec![leaf],
        problem: Some(problem),
        is_chain_trusted: false,
    }
}

fn seen(from: &str, subject: &str, skip: Option<Skip>) -> Seen {
    Seen {
        from: from.into(),
        subject: subject.into(),
        date: Some(sample::ago(7200)),
        octets: Some(41_200),
        to: if skip.is_none() {
            vec!["anna".into()]
        } else {
            Vec::new()
        },
        skip,
    }
}

fn empty() -> Snapshot {
    sample::halted(Halt::NoFile)
}

#[gtk::test]
fn from_an_address_to_a_saved_account() {
    let mut run = Run::new(empty());
    run.is_at("welcome");
    run.shot("0-welcome");
    run.on();
    run.is_at("address-page");
    run.write("address", "anna@gmail.com");
    assert!(
        run.desk.shows("needs an app password"),
        "{:?}",
        run.desk.texts()
    );
    run.write("address", " anna@example.org ");
    run.write("password", "secret");
    run.shot("1-address");
    run.on();
    let (id, job) = run.job();
    let Job::Discover(wish) = job else {
        panic!("{job:?}")
    };
    assert_eq!((wish.domain.as_str(), wish.online), ("example.org", true));
    run.is_at("discovery");
    let mut half = found(Vec::new());
    half.is_done = false;
    half.steps[1].state = StepState::Working;
    half.steps[3].state = StepState::Waiting;
    run.progress(id, Progress::Discover(Box::new(half)));
    run.shot("2-discovery");
    run.done(id, Outcome::Discovered(Box::new(found(vec![card()]))));
    run.is_at("server-page");
    assert!(run.desk.shows("1 of 3 sources could not be reached."));
    run.shot("3-server");
    run.on();
    let (id, job) = run.job();
    let Job::TrySignIn(draft) = job else {
        panic!("{job:?}")
    };
    assert_eq!(draft.setup.user, "anna@example.org");
    assert!(draft.setup.is_implicit_tls && draft.setup.is_imap);
    assert_eq!(draft.secret.unwrap().expose(), b"secret");
    run.progress(id, Progress::SignIn(steps(2, false)));
    run.is_at("sign-in");
    run.shot("4-sign-in-busy");
    run.done(id, signed_in());
    assert!(run.desk.shows("42 messages are waiting, 3 of them new"));
    run.shot("4-sign-in-ok");
    run.on();
    run.is_at("delivery");
    run.desk.press("test-delivery");
    let (id, job) = run.job();
    assert!(matches!(job, Job::TestDelivery(_)));
    run.done(id, Outcome::Delivered("/home/anna/Maildir/new/1.x".into()));
    assert!(run.desk.shows("Delivered: /home/anna/Maildir/new/1.x"));
    run.shot("5-delivery");
    run.on();
    run.is_at("copies");
    run.shot("6-copies");
    run.on();
    let (id, job) = run.job();
    assert!(matches!(job, Job::DryRun(_)));
    run.is_at("try-it");
    run.progress(id, Progress::DryRun { done: 12, of: 42 });
    run.shot("7-try-it-busy");
    run.done(id, dry_run());
    assert!(
        run.desk
            .shows("42 messages on the server, 3 would be fetched (1.2 MB)")
    );
    run.desk.press("fetch-one");
    let (id, job) = run.job();
    assert!(matches!(job, Job::FetchOne(_)));
    run.done(
        id,
        Outcome::Fetched(Some(Box::new(Fetched {
            from: "Anna Berg".into(),
            subject: "Minutes of Tuesday".into(),
            octets: 812,
            target: "/home/anna/Maildir/new/2.x".into(),
        }))),
    );
    run.shot("7-try-it");
    run.on();
    let (id, job) = run.job();
    assert!(matches!(job, Job::Preview(_)));
    run.is_at("save");
    run.done(id, preview());
    run.desk
        .find::<gtk::Expander>("what-is-written")
        .set_expanded(true);
    run.shot("8-save");
    run.on();
    let (id, job) = run.job();
    let Job::Adopt(draft) = job else {
        panic!("{job:?}")
    };
    assert!(draft.setup.keep, "nothing is deleted by surprise");
    run.done(id, adopted());
    run.desk
        .until("the wizard has gone", || run.desk.all("wizard").is_empty());
    assert_eq!(
        run.desk.out(),
        Some(Out::Prefer {
            starts_at_login: true,
            notifies: true
        })
    );
}

fn dry_run() -> Outcome {
    Outcome::DryRun(Box::new(DryRun {
        total: 42,
        fetch: 3,
        octets: Some(1_200_000),
        messages: vec![
            seen("Anna Berg", "Minutes of Tuesday", None),
            seen("<b>&\"", "<i>50 % & more</i>", Some(Skip::Old)),
            seen("news@hub.example", "", Some(Skip::Oversized)),
        ],
        cut: None,
    }))
}

fn preview() -> Outcome {
    let diff = "@@ -0,0 +1,6 @@\n+set daemon 600\n+poll imap.example.org proto imap\n+  user \"anna@example.org\" is anna here\n+  options ssl keep\n+  mda \"postrider deliver --maildir /home/anna/Maildir\"\n";
    Outcome::Previewed(Box::new(Preview {
        rc: FileChange {
            path: PathBuf::from("/home/anna/.fetchmailrc"),
            is_new: true,
            diff: diff.into(),
        },
        local: None,
        id: sample::id("anna@example.org", "imap.example.org"),
        notes: Vec::new(),
    }))
}

fn adopted() -> Outcome {
    use postrider::engine::api::saving::{Base, Version};
    let version = Version {
        base: Base::NONE,
        bytes: postrider::base::Secret::new(""),
    };
    Outcome::Adopted(Box::new(Adopted {
        id: sample::id("anna@example.org", "imap.example.org"),
        undo: Undo {
            rc: version,
            was_new: true,
            local: None,
            secret: None,
            written: None,
            former: None,
        },
        only_in_memory: None,
    }))
}

#[gtk::test]
fn what_is_wrong_is_said_at_the_field_and_forgotten_when_mended() {
    let mut run = Run::new(empty());
    run.on();
    run.on();
    assert!(run.desk.shows("Enter an address such as name@example.org."));
    run.shot("1-address-wrong");
    run.write("address", "anna@");
    assert!(
        !run.desk.shows("Enter an address"),
        "not while it is being mended"
    );
    run.write("address", "old@example.org");
    assert!(run.desk.shows("This address is already set up."));
    run.on();
    assert!(run.desk.is_silent());
    run.write("address", "anna@example.org");
    run.on();
    let (id, _) = run.job();
    run.done(id, Outcome::Discovered(Box::new(found(Vec::new()))));
    run.is_at("server-page");
    assert!(run.desk.shows("No settings found for example.org"));
    run.on();
    assert!(run.desk.shows("Enter the server's name"));
    run.write("port", "70000");
    run.write("server", "mail.example.org");
    run.on();
    assert!(run.desk.shows("Port must be between 1 and 65535."));
    run.write("port", "995");
    run.desk.find::<adw::ComboRow>("protocol").set_selected(1);
    run.desk.settle();
    assert!(run.desk.shows("995 is normally POP3 with TLS."));
    run.shot("3-server-by-hand");
    // Back and forth keeps everything.
    run.desk.press("wizard-back");
    run.is_at("address-page");
    run.on();
    run.is_at("server-page");
    assert!(run.desk.is_silent(), "what was found is still known");
}

#[gtk::test]
fn weak_and_plain_settings_need_a_tick() {
    let mut run = Run::new(empty());
    run.on();
    run.write("address", "anna@example.org");
    run.on();
    let (id, _) = run.job();
    let weak = Candidate {
        is_weak: true,
        source: Source::Srv,
        ..card()
    };
    let plain = Candidate {
        security: Security::None,
        port: 143,
        ..card()
    };
    run.done(id, Outcome::Discovered(Box::new(found(vec![weak, plain]))));
    run.is_at("server-page");
    assert!(
        run.desk.all("card-1").is_empty(),
        "nothing in the clear beside TLS"
    );
    run.on();
    assert!(run.desk.shows("Set the tick to go on"));
    run.shot("3-server-weak");
    assert!(run.desk.is_silent());
    run.tick("confirmed", true);
    run.on();
    run.is_at("sign-in");
}

#[gtk::test]
fn every_failure_of_signing_in_has_a_way_out() {
    let mut run = Run::new(empty());
    let (mut id, _) = run.until_sign_in();
    let cases: [(&str, Failed, &str, &str); 9] = [
        (
            "refused",
            failed(Cause::SignIn, "NO [AUTHENTICATIONFAILED] <b>no</b>", 4),
            "Sign-in was refused",
            "Try “anna”",
        ),
        (
            "locked",
            failed(Cause::Locked, "[IN-USE] locked", 5),
            "The mailbox is in use",
            "Try Now",
        ),
        (
            "busy",
            failed(Cause::Busy, "too many", 4),
            "The server asks to wait",
            "Try Again",
        ),
        (
            "no-tls",
            failed(Cause::NoTls("imap.example.org".into(), 143), "", 2),
            "No encryption offered",
            "Change Server",
        ),
        (
            "unreachable",
            failed(
                Cause::Unreachable("imap.example.org".into(), 993),
                "Connection refused",
                1,
            ),
            "does not answer here",
            "Try Again",
        ),
        (
            "timeout",
            failed(Cause::TimedOut("imap.example.org".into(), 30), "", 3),
            "is not answering",
            "Try Again",
        ),
        (
            "unknown",
            failed(Cause::UnknownHost("imap.example.org".into()), "", 0),
            "was not found",
            "Change Server",
        ),
        (
            "offline",
            failed(Cause::Dns("imap.example.org".into()), "", 0),
            "You are offline",
            "Try Again",
        ),
        (
            "no-method",
            failed(Cause::NoMethod, "", 4),
            "No common way to sign in",
            "Change Server",
        ),
    ];
    for (name, failure, headline, button) in cases {
        run.done(id, Outcome::Failed(Box::new(failure)));
        assert!(run.desk.shows(headline), "{name}: {:?}", run.desk.texts());
        assert!(run.desk.shows(button), "{name}: {:?}", run.desk.texts());
        run.shot(&format!("4-sign-in-{name}"));
        let again = run.desk.texts().iter().any(|text| text == "Try Now");
        if run.desk.shows("Try Again") || again {
            run.desk
                .press_text(if again { "Try Now" } else { "Try Again" });
        } else {
            run.on();
        }
        (id, _) = run.job();
    }
}

#[gtk::test]
fn certificates_are_shown_and_pinned() {
    let mut run = Run::new(empty());
    let (mut id, _) = run.until_sign_in();
    let now = sample::ago(0);
    let names = vec!["mail.hoster.example".to_owned()];
    let wanted = "imap.example.org".to_owned();
    let cases = [
        (
            "issuer",
            Problem::UnknownIssuer("Hoster Own CA".into()),
            "The certificate is not trusted",
        ),
        (
            "expired",
            Problem::Expired(now),
            "The certificate has expired",
        ),
        ("clock", Problem::NotYetValid(now), "clock may be wrong"),
        (
            "name",
            Problem::WrongName {
                wanted,
                found: names,
            },
            "is for another server",
        ),
        ("self", Problem::SelfSigned, "issued it to itself"),
    ];
    for (name, problem, headline) in cases {
        let mut failure = failed(Cause::Certificate("It is bad.".into()), "", 2);
        failure.shown = Some(Box::new(shown(problem)));
        run.done(id, Outcome::Failed(Box::new(failure)));
        assert!(run.desk.shows(headline), "{name}: {:?}", run.desk.texts());
        assert!(run.desk.shows("AB:AB:AB"), "the fingerprint");
        run.shot(&format!("4-certificate-{name}"));
        if name == "self" {
            break;
        }
        run.on();
        (id, _) = run.job();
    }
    run.desk.press_text("Use Only This Certificate");
    let (_, job) = run.job();
    let Job::TrySignIn(draft) = job else {
        panic!("{job:?}")
    };
    let Trust::Pin {
        sha256,
        is_chain_trusted,
        ..
    } = draft.setup.trust
    else {
        panic!()
    };
    assert!(sha256.starts_with("AB:AB") && !is_chain_trusted);
}

#[gtk::test]
fn leaving_asks_only_when_something_was_typed() {
    let run = Run::new(empty());
    run.on();
    run.write("address", "a");
    run.window().close();
    run.desk.settle();
    assert!(run.desk.shows("Leave set-up?"));
    run.desk.press_text("Leave");
    run.desk
        .until("it has gone", || run.desk.all("wizard").is_empty());
    run.desk.act("set-up");
    run.desk
        .until("it is back", || !run.desk.all("wizard").is_empty());
    run.window().close();
    run.desk.until("gone without a question", || {
        run.desk.all("wizard").is_empty()
    });
}

#[gtk::test]
fn pop3_says_what_only_new_means() {
    let mut run = Run::new(empty());
    run.on();
    run.write("address", "anna@example.org");
    run.write("password", "secret");
    run.on();
    let (id, _) = run.job();
    let pop3 = Candidate {
        protocol: Protocol::Pop3,
        port: 995,
        ..card()
    };
    run.done(id, Outcome::Discovered(Box::new(found(vec![pop3]))));
    run.is_at("server-page");
    run.on();
    let (id, _) = run.job();
    run.done(id, signed_in());
    for page in ["delivery", "copies"] {
        run.on();
        run.is_at(page);
    }
    assert!(run.desk.shows("counts as known"));
    run.on();
    let (id, _) = run.job();
    run.done(id, dry_run());
    run.on();
    let (id, _) = run.job();
    run.done(id, preview());
    run.on();
    let (id, _) = run.job();
    run.done(id, adopted());
    assert!(run.desk.is_silent(), "the engine knows what to do first");
}
