//! A full disk under a Maildir or a mailbox file: a small file system in a mount namespace of its own.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::arrived::assert_arrived;
use crate::support::home::{Ended, Home};
use crate::support::journey::{BOTH, Journey, Protocol, Shield, into_maildir, program};
use crate::support::mailbox::Message;

/// How to get a mount namespace, and how to be an ordinary user in it.
#[derive(Clone, Copy)]
struct Namespace {
    unshare: &'static [&'static str],
    as_user: &'static str,
    owner: u32,
}

impl Namespace {
    /// `None`, with a word about it, where the system allows none; with `CI` set it must.
    fn find() -> Option<Self> {
        let candidates: &[Self] = if rustix::process::geteuid().is_root() {
            &[
                Self::root(&["--mount"]),
                // In a chroot, whose root is no mount: what is mounted is taken away again.
                Self::root(&["--mount", "--propagation", "unchanged"]),
            ]
        } else {
            &[Self {
                unshare: &["--user", "--map-root-user", "--mount"],
                as_user: "unshare --user --map-user=1000 --map-group=1000",
                owner: 0,
            }]
        };
        let found = candidates.iter().find(|one| one.works());
        if found.is_none() {
            assert!(
                std::env::var_os("CI").is_none(),
                "no mount namespace can be made"
            );
            eprintln!("skipped: no mount namespace can be made here");
        }
        found.copied()
    }

    const fn root(unshare: &'static [&'static str]) -> Self {
        Self {
            unshare,
            as_user: "setpriv --reuid=65534 --regid=65534 --clear-groups",
            owner: 65534,
        }
    }

    fn works(&self) -> bool {
        let mut probe = Command::new("unshare");
        probe.args(self.unshare).args(["sh", "-c"]);
        probe.arg(format!(
            "mount -t tmpfs none /mnt && {} true && umount /mnt",
            self.as_user
        ));
        let status = probe.stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    /// Runs a script of sh in which `fetch` is `postrider fetch` as an ordinary user, writing
    /// what it says and its status to the files `N.out`, `N.err` and `N.status`, and `~/Mail` is
    /// a file system of 1 MB; `deliver` is `postrider deliver` likewise.
    async fn run(&self, home: &Home, script: &str) {
        let command = home.command(program());
        let reachable = Path::new(command.as_std().get_program());
        let text = format!(
            "set -eu\nmkdir -p ~/Mail\n\
             mount -t tmpfs -o size=1m,mode=0700,uid={owner},gid={owner} none ~/Mail\n\
             trap 'umount ~/Mail' EXIT\n\
             run() {{ word=$1; n=$2; shift 2; s=0; \
             {user} '{program}' $word \"$@\" >$n.out 2>$n.err || s=$?; echo $s >$n.status; }}\n\
             fetch() {{ run fetch \"$@\"; }}\ndeliver() {{ run deliver \"$@\"; }}\n\
             {script}",
            owner = self.owner,
            user = self.as_user,
            program = reachable.display(),
        );
        let script = home.write("script", text);
        let mut command = tokio::process::Command::new("unshare");
        command.args(self.unshare).arg("sh").arg(script).env_clear();
        home.settle_in(&mut command, reachable);
        let output = command.output().await.unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

fn ended(home: &Home, n: u32) -> Ended {
    let read =
        |what: &str| std::fs::read_to_string(home.path().join(format!("{n}.{what}"))).unwrap();
    Ended {
        status: read("status").trim().parse().unwrap(),
        out: read("out"),
        err: read("err"),
    }
}

/// What fits is delivered, the rest stays on the server and comes when there is room again: each
/// message once.
#[tokio::test]
async fn full_disk_under_a_maildir() {
    let Some(namespace) = Namespace::find() else {
        return;
    };
    for protocol in BOTH {
        let sent: Vec<Message> = (0..30)
            .map(|n| {
                Message::large(
                    "T <t@example.net>",
                    &format!("Photo {n}"),
                    60_000 + n * 1000,
                )
            })
            .collect();
        let journey = Journey::with(sent.clone()).await;
        let well = Journey::small(2).await;
        journey.home.rc(&format!(
            "{}{}",
            journey.entry("alpha", protocol, Shield::Tls, &into_maildir("Mail")),
            well.entry("beta", Protocol::Imap, Shield::Tls, &into_maildir("Well")),
        ));
        // The person makes room by moving mail away, as often as it takes.
        let script = "fetch 1 alpha\nls ~/Mail/new | wc -l >count\nls ~/Mail/tmp >tmp\nfetch 2\n\
                      mkdir -p ~/Copy/new\nfor n in 3 4 5 6\n\
                      do mv ~/Mail/new/* ~/Copy/new/ 2>mv.err || true; fetch $n alpha; done\n";
        namespace.run(&journey.home, script).await;

        let full = ended(&journey.home, 1);
        assert_eq!(full.status, 10, "{full:#?}");
        let line = "postrider: ada@alpha: The disk is full. There is no room left at ";
        assert!(full.err.contains(line), "{}", full.err);
        assert!(
            full.err.contains("What was not delivered is still"),
            "{}",
            full.err
        );
        let read = |name| std::fs::read_to_string(journey.home.path().join(name)).unwrap();
        let count: usize = read("count").trim().parse().unwrap();
        assert!((1..20).contains(&count), "{count} messages in 1 MB");
        let flushed = full.out.matches(" flushed\n").count();
        assert_eq!((flushed, read("tmp").as_str()), (count, ""));

        let beside = ended(&journey.home, 2);
        assert_eq!(beside.status, 0, "{beside:#?}");
        assert_eq!((well.left(), journey.mail("Well").len()), (0, 2));

        let later: Vec<i32> = (3..7).map(|n| ended(&journey.home, n).status).collect();
        assert!(later.contains(&0) && later.ends_with(&[1]), "{later:?}");
        assert_arrived(&sent, journey.mail("Copy"));
        assert_eq!(journey.left(), 0);
    }
}

/// A message that does not fit is taken back, and what was there before stays as it was.
#[tokio::test]
async fn full_disk_under_a_mailbox_file() {
    let Some(namespace) = Namespace::find() else {
        return;
    };
    let home = Home::new();
    home.write("small", "Subject: small\n\nbody\n");
    home.write(
        "large",
        format!("Subject: large\n\n{}", "x\n".repeat(2_000_000)),
    );
    let script = "deliver 1 --mbox Mail/box <small\ncp Mail/box before\n\
        deliver 2 --mbox Mail/box <large\ncp Mail/box after\nls Mail >left\n\
        deliver 3 --mbox Mail/box <small\ncp Mail/box last\n\
        deliver 4 --mbox Mail/other <large\nwc -c <Mail/other >other\n";
    namespace.run(&home, script).await;
    let status: Vec<i32> = (1..5).map(|n| ended(&home, n).status).collect();
    assert_eq!(status, [0, 75, 0, 75]);
    let err = ended(&home, 2).err;
    assert!(
        err.contains("No space left") && err.contains("not delivered"),
        "{err}"
    );
    let read = |name| std::fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!(read("before"), read("after"));
    assert_eq!(read("left"), "box\n");
    let last = read("last");
    assert!(last.starts_with(&read("before")) && last.matches("Subject: small").count() == 2);
    assert_eq!(read("other").trim(), "0");
}
