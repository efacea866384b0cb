"""The parts that tests/real/run joins Postrider to: listeners and delivery programs of other makes.

A part has a `name`, lives in the chroot of its `family`, is made ready by `prepare`, may be a
server (`command`, run in the chroot), says where its port or socket is in words of the rc file, and
tells where mail lies. `design` is what it does to bodies by design, `refuses` what it does not take;
anything else that arrives changed, twice or not at all is a failure.
"""

import os
import re
import subprocess
from pathlib import Path

# The mail user in every chroot.
USER, UID = "ada", 1500

# Packages by chroot.
FAMILIES = {
    "exim": ["exim4-daemon-light", "maildrop", "procmail"],
    "opensmtpd": ["opensmtpd"],
    "postfix": ["postfix"],
    "dovecot": ["dovecot-lmtpd"],
}


LONG = "line-999 line-1000 line-1001 line-2047 line-2049 line-4096 line-8192 line-70000 line-of-dots".split()


def quoted(body):
    """mbox: > before From"""
    return re.sub(rb"(?m)^From ", rb">From ", body)


def quoted_again(body):
    """mbox: > before From, also behind other >"""
    return re.sub(rb"(?m)^(>*From )", rb">\1", body)


def cr_before_dot(body):
    """Postrider ends a line at a bare CR before a dot, so that nothing is smuggled"""
    return body.replace(b"\r.", b"\n.")


def cr_is_blank(body):
    """Postfix makes a blank of a bare CR"""
    return body.replace(b"\r\n", b"\n").replace(b"\r", b" ")


def nul_ends_lines(body):
    """OpenSMTPD drops the rest of a line from a NUL on"""
    return re.sub(rb"\x00[^\n]*", b"", body)


def crlf_is_lf(body):
    """Dovecot's programs take a CR before the line's end for a part of it"""
    return body.replace(b"\r\n", b"\n")


def cr_ends_lines(body):
    """Exim ends lines at a bare CR too"""
    return body.replace(b"\r", b"\n")


def last_blank_line_shared(body):
    """mbox: a last blank line counts as the separator"""
    return body.removesuffix(b"\n") if body.endswith(b"\n\n") or body == b"\n" else body


class Part:
    """What parts share; `root` is the chroot, `port` a free one on loopback."""

    family = ""
    # Runs in the chroot in place of a listener: Postrider runs there too, as the mail user.
    is_program = False
    mailbox = f"home/{USER}/Maildir"
    # What it does to bodies by design: functions of what was sent.
    design: tuple = ()
    # Fields that it drops or corrects by design.
    own_fields: tuple = ()
    # Messages it may refuse, by design, and the reason.
    refuses: tuple = ()
    refuses_because = ""

    def __init__(self, root, port):
        self.root, self.port = Path(root), port

    def write(self, path, text, mode=0o644, owner=0):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)
        os.chown(file, owner, owner)

    def inside(self, *command):
        subprocess.run(["chroot", self.root, *command], check=True, capture_output=True)

    def prepare(self):
        """Writes the configuration."""

    def command(self):
        """The server, in the foreground; none for a program."""

    def is_up(self):
        """How to see that it listens: a port, or the path of a socket."""
        return self.port

    def words(self):
        return f"smtphost localhost/{self.port}"


class Exim(Part):
    """Exim with the shortest configuration, into a Maildir."""

    name, family = "exim", "exim"
    design = (cr_before_dot, cr_ends_lines)
    # Without the limit on queueing it would keep from the eleventh message of a connection on for its
    # next queue run.
    config = """
smtp_accept_queue_per_connection = 0
primary_hostname = localhost
domainlist here = localhost
local_interfaces = 127.0.0.1
daemon_smtp_ports = {port}
tls_advertise_hosts =
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  accept domains = +here
begin routers
local:
  driver = accept
  check_local_user
  transport = maildir
begin transports
maildir:
  driver = appendfile
  directory = /home/$local_part_data/Maildir
  maildir_format
  return_path_add
begin retry
* * F,1h,1m
"""

    def prepare(self):
        self.write("etc/exim4/exim4.conf", self.config.format(port=self.port))

    def command(self):
        return ["exim4", "-bdf", "-q2s"]


class EximDebian(Exim):
    """Exim as Debian configures it for local delivery, into /var/mail."""

    name = "exim as in Debian"
    mailbox = f"var/mail/{USER}"
    design = (cr_before_dot, cr_ends_lines, quoted)
    refuses = LONG
    refuses_because = "lines of more than 998 octets (550, its acl_check_data)"

    def prepare(self):
        (self.root / "etc/exim4/exim4.conf").unlink(missing_ok=True)
        conf = self.root / "etc/exim4/update-exim4.conf.conf"
        rows = conf.read_text().splitlines()
        rows = [row for row in rows if not row.startswith("dc_local_interfaces")]
        conf.write_text("\n".join([*rows, f"dc_local_interfaces='127.0.0.1.{self.port}'", ""]))
        self.inside("update-exim4.conf")


class OpenSmtpd(Part):
    """OpenSMTPD, into a Maildir."""

    name, family = "opensmtpd", "opensmtpd"
    design = (cr_before_dot, nul_ends_lines)
    refuses = ("line-70000",)
    refuses_because = "a line of more than 64 KiB (500, and it ends the connection: what was on its way comes next time)"

    def prepare(self):
        self.write(
            "etc/smtpd.conf",
            f'listen on 127.0.0.1 port {self.port}\naction "here" maildir "~/Maildir"\n'
            'match from local for local action "here"\n',
        )
        self.write("etc/mail/mailname", "localhost\n")

    def command(self):
        return ["smtpd", "-d"]


class OpenSmtpdMbox(OpenSmtpd):
    """OpenSMTPD, into /var/mail."""

    name = "opensmtpd mbox"
    design = (cr_before_dot, nul_ends_lines, quoted)
    mailbox = f"var/mail/{USER}"

    def prepare(self):
        super().prepare()
        self.write(
            "etc/smtpd.conf",
            f'listen on 127.0.0.1 port {self.port}\naction "here" mbox\nmatch from local for local action "here"\n',
        )


class Postfix(Part):
    """Postfix, into a Maildir."""

    name, family = "postfix", "postfix"
    design = (cr_before_dot, cr_is_blank)
    home_mailbox = "Maildir/"
    own_fields = (b"Content-Length:",)

    def prepare(self):
        self.write(
            "etc/postfix/main.cf",
            "compatibility_level = 3.6\nmyhostname = localhost\nmydestination = localhost\n"
            "inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmynetworks = 127.0.0.0/8\n"
            "alias_maps =\nbiff = no\nmailbox_size_limit = 0\nmaillog_file = /var/log/maillog\n"
            f"home_mailbox = {self.home_mailbox}\n",
        )
        self.inside("postconf", "-M#", "smtp/inet")
        self.inside("postconf", "-M", f"{self.port}/inet=127.0.0.1:{self.port} inet n - n - - smtpd")

    def command(self):
        return ["postfix", "start-fg"]


class PostfixMbox(Postfix):
    """Postfix, into /var/mail."""

    name = "postfix mbox"
    design = (cr_before_dot, cr_is_blank, quoted)
    home_mailbox = ""
    mailbox = f"var/mail/{USER}"


DOVECOT = """
protocols = lmtp
listen = 127.0.0.1
ssl = no
log_path = /dev/stderr
mail_location = maildir:~/Maildir
first_valid_uid = {uid}
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home=/home/{user} allow_all_users=yes
}}
service lmtp {{
  inet_listener lmtp {{
    port = {port}
  }}
  unix_listener /run/lmtp {{
    mode = 0666
  }}
}}
"""


class Lmtp(Part):
    """Dovecot's LMTP over TCP."""

    name, family = "dovecot lmtp", "dovecot"
    design = (cr_before_dot,)

    def prepare(self):
        text = DOVECOT.format(port=self.port, uid=UID, user=USER)
        self.write("etc/dovecot/dovecot.conf", text)

    def command(self):
        return ["dovecot", "-F"]

    def words(self):
        return f"lmtp smtphost localhost/{self.port}"


class LmtpSocket(Lmtp):
    """The same over a Unix socket."""

    name = "dovecot lmtp socket"

    def is_up(self):
        return self.root / "run/lmtp"

    def words(self):
        return f"smtphost {self.root}/run/lmtp"


class Program(Part):
    """A delivery program."""

    is_program = True
    mda = ""

    def words(self):
        return f'mda "{self.mda}"'

    def is_up(self):
        return None


class Maildrop(Program):
    """maildrop, into a Maildir."""

    name, family, mda = "maildrop", "exim", "/usr/bin/maildrop"

    def prepare(self):
        self.write(f"home/{USER}/.mailfilter", 'to "$HOME/Maildir"\n', 0o600, UID)
        self.inside("su", "-s", "/bin/sh", USER, "-c", "maildirmake.maildrop ~/Maildir")


class MaildropMbox(Program):
    """maildrop, into an mbox."""

    name, family, mda = "maildrop mbox", "exim", "/usr/bin/maildrop"
    design = (quoted_again,)
    mailbox = f"home/{USER}/mbox"

    def prepare(self):
        self.write(f"home/{USER}/.mailfilter", 'to "$HOME/mbox"\n', 0o600, UID)


class Procmail(Program):
    """procmail, into a Maildir."""

    name, family, mda = "procmail", "exim", "/usr/bin/procmail -f %F -d %T"
    own_fields = (b"Content-Length:",)

    def prepare(self):
        self.write(f"home/{USER}/.procmailrc", "DEFAULT=$HOME/Maildir/\n", 0o600, UID)


class ProcmailMbox(Program):
    """procmail, into an mbox."""

    name, family, mda = "procmail mbox", "exim", "/usr/bin/procmail -f %F -d %T"
    own_fields = (b"Content-Length:",)
    design = (quoted, last_blank_line_shared)
    mailbox = f"home/{USER}/mbox"

    def prepare(self):
        self.write(f"home/{USER}/.procmailrc", "DEFAULT=$HOME/mbox\n", 0o600, UID)


class Lda(Program):
    """dovecot-lda, into a Maildir."""

    name, family = "dovecot-lda", "dovecot"
    design = (crlf_is_lf,)
    mda = "/usr/lib/dovecot/dovecot-lda -e -f %F"

    def prepare(self):
        self.write("etc/dovecot/dovecot.conf", "mail_location = maildir:~/Maildir\nlog_path = /dev/stderr\n")


PARTS = [
    Exim, EximDebian, OpenSmtpd, OpenSmtpdMbox, Postfix, PostfixMbox, Lmtp, LmtpSocket,
    Maildrop, MaildropMbox, Procmail, ProcmailMbox, Lda,
]  # fmt: skip
