//! The commands of `postrider` besides `fetch`, as data for manual and completions: what is typed
//! after them. Doing them is elsewhere.

/// One command.
pub struct Command {
    /// Its word.
    pub name: &'static str,
    /// What is typed behind it, for the synopsis.
    pub usage: &'static str,
    /// One line.
    pub help: &'static str,
    /// A paragraph of the manual.
    pub about: &'static str,
    /// Its options.
    pub options: &'static [Choice],
    /// What its operand is.
    pub operand: Operand,
}

/// An option of a command.
pub struct Choice {
    /// Without the dashes.
    pub long: &'static str,
    /// What follows it.
    pub operand: Operand,
    /// One line.
    pub help: &'static str,
}

/// What a word on the command line stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    /// There is none.
    None,
    /// Something only the person knows.
    Text,
    /// A file.
    File,
    /// A directory.
    Directory,
    /// One of these.
    Word(&'static [&'static str]),
}

/// Shells that completions can be made for.
pub const SHELLS: &[&str] = &["bash", "zsh", "fish"];

/// All of them, in the order of the manual.
pub static COMMANDS: &[Command] = &[
    Command {
        name: "app",
        usage: "[--hidden]",
        help: "open the window",
        about: "Opens the window of the desktop program, or brings it to the front. So does \
                postrider without any word. Where the desktop program is not installed, a short \
                help is printed.",
        options: &[Choice {
            long: "hidden",
            operand: Operand::None,
            help: "start without showing the window",
        }],
        operand: Operand::None,
    },
    Command {
        name: "fetch",
        usage: "[OPTION ...] [SERVER ...]",
        help: "check for mail, as fetchmail does",
        about: "Checks the accounts of ~/.fetchmailrc for mail, or those of the servers named, with \
                the options and exit statuses of fetchmail. The same happens when the program is \
                called by the name fetchmail.",
        // Its options are those of the option table.
        options: &[],
        operand: Operand::Text,
    },
    Command {
        name: "deliver",
        usage: "--maildir FOLDER | --mbox FILE",
        help: "deliver one message from standard input",
        about: "Delivers one message from standard input into a Maildir, or adds it to a mailbox file, and \
                ends when it is safe on the disk, or with status 75 when it is not. An mda line in the \
                file that says just postrider deliver --maildir FOLDER is done without starting a \
                program. A mailbox file has the form mboxrd. It must be a plain file of one's own \
                with one name. Other programs are kept out by FILE.lock and an fcntl lock, and waited \
                for up to a minute; where the directory lets nobody make FILE.lock the fcntl lock must \
                do. What fails, for example because the disk is full, is taken back; only a crash can \
                leave the beginning of a message there, which the next attempt delivers whole.",
        options: &[
            Choice {
                long: "maildir",
                operand: Operand::Directory,
                help: "the Maildir to deliver to",
            },
            Choice {
                long: "mbox",
                operand: Operand::File,
                help: "the mailbox file to deliver to",
            },
        ],
        operand: Operand::None,
    },
    Command {
        name: "lint",
        usage: "[--explain | --json | --fix [--all] | --write [--all]] [FILE]",
        help: "check the configuration",
        about: "Looks through ~/.fetchmailrc, or FILE, or standard input for -, for errors and for what \
                could be better. It reads a file whoever may read it, runs nothing and asks no \
                server. Each finding begins with FILE:LINE:COLUMN: severity: sentence [rule name]; \
                the lines of the file below it are shown with every password masked. The status \
                is 0 when there is nothing to say, 1 when there is only advice, 5 when there are \
                errors, 6 when the file cannot be read.",
        options: &[
            Choice {
                long: "explain",
                operand: Operand::None,
                help: "say with each finding why it matters",
            },
            Choice {
                long: "json",
                operand: Operand::None,
                help: "print the findings for programs",
            },
            Choice {
                long: "fix",
                operand: Operand::None,
                help: "show what the safe fixes would change, as a difference to read, not to apply: \
                       passwords in it are masked",
            },
            Choice {
                long: "write",
                operand: Operand::None,
                help: "make the safe fixes, which change no meaning beyond their finding, save the \
                       file, closed to others, with the old one as FILE~, and say what is left",
            },
            Choice {
                long: "all",
                operand: Operand::None,
                help: "with --fix or --write: those fixes too that a person must choose",
            },
        ],
        operand: Operand::File,
    },
    Command {
        name: "fmt",
        usage: "[--write] [FILE]",
        help: "lay out the configuration",
        about: "Prints ~/.fetchmailrc, or FILE, or standard input for -, in a tidy layout: one option a \
                line, indented by entry and user, in one spelling, every comment where it belongs. What \
                the file says stays the same; it is read again to make sure. Like cat it prints the \
                passwords that are in the file. A file with errors is left alone. It is never done \
                unasked. The status is 0 when it is done, 5 when the file has errors or cannot be laid \
                out, 6 when it cannot be read or saved.",
        options: &[Choice {
            long: "write",
            operand: Operand::None,
            help: "print nothing of it but save it in place of the file, closed to others, with the \
                   old one as FILE~",
        }],
        operand: Operand::File,
    },
    Command {
        name: "probe",
        usage: "HOST [--json] [--timeout SECONDS] [--port N]... [--imap] [--pop3] [--smtp] [--etrn] \
                [--odmr] [--ca FILE] [--ipv4 | --ipv6] [--plugin COMMAND] [-v]",
        help: "what a mail server speaks and what to use",
        about: "Asks HOST, a name or an address, which mail protocols it speaks and how they are \
                protected: greeting, capabilities, STARTTLS tried out, certificates, versions of TLS, \
                ways to sign in, which program it is and what is known of it. Then it says what to \
                use, with the lines for the configuration. No user name and no password is sent, \
                nothing is saved. Without options IMAP (993, 143), POP3 (995, 110) and POP2 (109) \
                are tried at up to four addresses of the host; protocols that are named are the only \
                ones. Interrupted, it tells what it has found so far. The status is 0 when something \
                usable was found, 2 when not, 5 for wrong arguments.",
        options: &[
            Choice {
                long: "json",
                operand: Operand::None,
                help: "print the report for programs",
            },
            Choice {
                long: "timeout",
                operand: Operand::Text,
                help: "seconds for each step of each port (1 to 600, usually 10); the whole takes four \
                       times as long at most",
            },
            Choice {
                long: "port",
                operand: Operand::Text,
                help: "another port, whose protocol is told by its greeting; may be given again. \
                       Without a protocol named, only these ports are tried",
            },
            Choice {
                long: "imap",
                operand: Operand::None,
                help: "ports 993 and 143",
            },
            Choice {
                long: "pop3",
                operand: Operand::None,
                help: "ports 995 and 110",
            },
            Choice {
                long: "smtp",
                operand: Operand::None,
                help: "ports 587 and 25",
            },
            Choice {
                long: "etrn",
                operand: Operand::None,
                help: "the same, as ETRN is a word of SMTP",
            },
            Choice {
                long: "odmr",
                operand: Operand::None,
                help: "port 366",
            },
            Choice {
                long: "ca",
                operand: Operand::File,
                help: "certificates of authorities to trust besides those of the system",
            },
            Choice {
                long: "ipv4",
                operand: Operand::None,
                help: "only addresses of IPv4",
            },
            Choice {
                long: "ipv6",
                operand: Operand::None,
                help: "only addresses of IPv6",
            },
            Choice {
                long: "plugin",
                operand: Operand::Text,
                help: "a command in place of each connection, as plugin in the configuration: %h is the \
                       host, %p the port",
            },
            Choice {
                long: "verbose",
                operand: Operand::None,
                help: "or -v: everything each port said, with times",
            },
        ],
        operand: Operand::Text,
    },
    Command {
        name: "route",
        usage: "[--rc FILE] [--server LABEL] [--user NAME] [--dns ask|yes|no] [--json] [MESSAGE]",
        help: "who would get a message, and why",
        about: "Reads the header of MESSAGE, or of standard input, and says who would get it if it lay \
                in the mailbox of an account with several recipients: a line for each, the name, a \
                tab and the reason, then a line beginning with - for each address that leads to \
                nobody. Nothing is delivered and no mail server is asked. The status is 0 when \
                somebody gets it, 1 when only the postmaster or nobody does, 6 when something cannot \
                be read, 75 when a name server would have to say more.",
        options: &[
            Choice {
                long: "rc",
                operand: Operand::File,
                help: "the configuration, in place of ~/.fetchmailrc",
            },
            Choice {
                long: "server",
                operand: Operand::Text,
                help: "only accounts of this name behind poll or skip",
            },
            Choice {
                long: "user",
                operand: Operand::Text,
                help: "only accounts of this remote user",
            },
            Choice {
                long: "dns",
                operand: Operand::Word(&["ask", "yes", "no"]),
                help: "whether a host that DNS must be asked about is the mail server: ask it, or \
                       assume yes or no",
            },
            Choice {
                long: "json",
                operand: Operand::None,
                help: "print it for programs",
            },
        ],
        operand: Operand::File,
    },
    Command {
        name: "secret",
        usage: "set|show-source|clear LABEL USER",
        help: "keep the password of an account in the keyring",
        about: "Keeps the password of the account with this name behind poll or skip and this remote \
                user in the keyring of the desktop (Secret Service), where fetch finds it. set asks for \
                it twice in the terminal, or takes the first line of standard input when that is not a \
                terminal; it is never taken from the command line, where others could see it. \
                show-source says where the password would come from at the next check, not what it is: \
                the configuration, its password command, the keyring, .netrc, or a question. clear takes \
                it out of the keyring. fetchmail does not know the keyring and asks for such a password. \
                The status is 0 when it is done, 1 when there was nothing to take out or nothing has \
                the password, 3 when the keyring is missing or locked or fails, 5 for wrong arguments or \
                a configuration with errors, 6 when it cannot be read.",
        options: &[],
        operand: Operand::Word(&["set", "show-source", "clear"]),
    },
    Command {
        name: "report",
        usage: "[--rc FILE] [SERVER ...]",
        help: "what to show whoever helps you",
        about: "Prints what there is to know of this installation: release and system, the configuration \
                with every password masked, what is odd about it, and of each mailbox what is on record: \
                messages delivered and kept, delivered and still to be deleted, and held because they were \
                not taken. Nothing is changed and no server is asked, unless servers are named: then a \
                look into their mailboxes is added as it goes over the line, passwords left out.",
        options: &[Choice {
            long: "rc",
            operand: Operand::File,
            help: "the configuration, in place of ~/.fetchmailrc",
        }],
        operand: Operand::Text,
    },
    Command {
        name: "man",
        usage: "",
        help: "print this manual page",
        about: "Prints this page for man -l.",
        options: &[],
        operand: Operand::None,
    },
    Command {
        name: "completions",
        usage: "bash|zsh|fish",
        help: "print completions for a shell",
        about: "Prints a script that lets the shell complete commands, options and their values.",
        options: &[],
        operand: Operand::Word(SHELLS),
    },
    Command {
        name: "help",
        usage: "",
        help: "print a short help",
        about: "Prints a short help. postrider fetch --help lists the options of fetch.",
        options: &[],
        operand: Operand::None,
    },
];
