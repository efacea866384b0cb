//! The fault matrix: what can go wrong between a mail server and a sink, and the tests that make it
//! happen. Not covered: running out of memory, NFS itself, and a POP3 server that gives the UID of a
//! message whose deletion is pending to another one.

use std::path::Path;

/// A fault, and its tests: `module::name` below `tests/it`, or `src/file.rs::name`; with an empty
/// name all tests of the file.
const MATRIX: &[(&str, &[&str])] = &[
    (
        "kill -9 at any instruction",
        &[
            "crash::kill::pop3_to_maildir",
            "crash::kill::imap_to_bsmtp",
            "crash::steps::killed_into_maildir",
            "crash::steps::killed_into_mda",
            "crash::steps::killed_into_bsmtp",
            "crash::steps::killed_into_smtp",
            "crash::steps::killed_into_lmtp",
        ],
    ),
    (
        "power loss",
        &[
            "crash::power::into_a_new_maildir",
            "crash::power::into_a_maildir",
            "crash::power::into_a_new_batch_file",
            "crash::power::into_a_batch_file",
            "crash::power::after_a_kill_into_a_maildir",
            "crash::power::after_a_kill_into_a_batch_file",
        ],
    ),
    (
        "SIGTERM, SIGINT, session end",
        &[
            "crash::steps::stopped_into_maildir",
            "crash::steps::stopped_into_mda",
            "crash::steps::stopped_into_bsmtp",
            "crash::steps::stopped_into_smtp",
            "crash::steps::stopped_into_lmtp",
            "engine::sigterm_finishes_what_was_handed_over",
            "poll::daemon::stopped_in_the_middle",
        ],
    ),
    (
        "SIGHUP, SIGUSR1 while polling",
        &["poll::daemon::signals_wake_and_end"],
    ),
    (
        "server: RST or FIN",
        &[
            "crash::cut::pop3_server_to_maildir",
            "crash::cut::imap_server_to_lmtp",
            "crash::steps::failing_into_maildir",
            "bad_input::cut::in_the_middle_of_a_message",
        ],
    ),
    (
        "server: silence",
        &[
            "crash::server::silence",
            "bad_input::connection::silence_before_the_greeting",
        ],
    ),
    (
        "server: one byte per second",
        &[
            "crash::server::slowness",
            "pump::one_octet_a_minute_is_silence",
            "pump::a_slow_long_line_is_not_silence",
        ],
    ),
    (
        "server: half-closed after its last byte",
        &[
            "crash::cut::imap_server_to_maildir",
            "crash::cut::pop3_server_to_bsmtp",
        ],
    ),
    (
        "TLS: close without close_notify",
        &[
            "bad_input::cut::pop3_tls_to_smtp",
            "bad_input::cut::imap_tls_to_maildir",
            "tls::close_without_close_notify_is_a_close",
        ],
    ),
    (
        "TLS: renegotiation, fatal alert, bad record",
        &["crash::server::spoilt_tls"],
    ),
    (
        "server: fewer or more octets than announced",
        &[
            "crash::server::wrong_sizes",
            "bad_input::cut::a_program_is_not_started_for_half_a_message",
        ],
    ),
    (
        "server: -ERR or NO to one RETR or FETCH",
        &["bad_input::server::withheld_message"],
    ),
    (
        "server: -ERR or NO to DELE, STORE, EXPUNGE",
        &[
            "bad_input::server::refused_deletion",
            "crash::server::refused_expunge",
        ],
    ),
    (
        "UIDVALIDITY changed, UIDs reused",
        &[
            "crash::server::renumbered_with_deletions_pending",
            "poll::again::renumbered_mail_does_not_come_again",
        ],
    ),
    (
        "UIDL differs each session, or missing",
        &[
            "crash::server::uids_of_one_session",
            "poll::again::a_very_old_pop3_server",
        ],
    ),
    (
        "other client deletes or expunges meanwhile",
        &[
            "crash::server::another_client",
            "poll::again::without_uidplus_only_our_own_is_expunged",
        ],
    ),
    (
        "second Postrider on the same account",
        &["poll::daemon::a_second_one_is_refused"],
    ),
    (
        "sink: refused connection, DNS failure",
        &["bad_input::sink::nobody_listens"],
    ),
    (
        "sink: 4xx at any step",
        &[
            "crash::sink::refusals",
            "bad_input::sink::listener_that_is_busy",
        ],
    ),
    (
        "sink: 5xx at any step",
        &[
            "crash::sink::refusals",
            "poll::outcomes::a_report_leaves_before_the_message_goes",
        ],
    ),
    (
        "sink: 5xx for some recipients; LMTP: mixed answers",
        &[
            "src/engine/transfer/tests/refused.rs::",
            "src/deliver/smtp/tests/recipients.rs::some_recipients_refused",
        ],
    ),
    (
        "sink: antispam code",
        &["src/engine/transfer/tests/refused.rs::"],
    ),
    (
        "sink: closes after the dot without an answer",
        &[
            "crash::sink::refusals",
            "crash::cut::smtp_listener_for_pop3",
            "crash::cut::lmtp_listener_for_imap",
        ],
    ),
    (
        "sink: 250 before the dot, or to nothing",
        &["crash::sink::acceptance_that_comes_too_early"],
    ),
    (
        "sink: never answers the dot",
        &["src/deliver/smtp/tests/lost.rs::silence_ends"],
    ),
    (
        "MDA: exit status, signal, not found, not executable",
        &[
            "bad_input::sink::program_that_fails",
            "crash::sink::programs_words",
            "src/deliver/mda/tests.rs::exit_statuses",
        ],
    ),
    (
        "MDA: exit 0 without reading all input",
        &["crash::sink::programs_words"],
    ),
    (
        "MDA: hangs, or a child keeps the pipe open",
        &[
            "src/deliver/mda/tests.rs::a_hanging_command_is_ended_with_its_children",
            "src/deliver/mda/tests.rs::a_child_left_behind_does_not_hold_us_up",
            "src/deliver/mda/tests.rs::chatter_is_cut",
        ],
    ),
    (
        "Maildir: ENOSPC, EDQUOT, EIO, EROFS",
        &[
            "bad_input::disk::full_disk_under_a_maildir",
            "crash::steps::failing_into_maildir",
            "src/deliver/maildir/tests.rs::a_rename_that_fails_keeps_the_message",
        ],
    ),
    (
        "state directory full or read-only",
        &[
            "bad_input::files::state_that_cannot_be_kept",
            "crash::steps::failing_into_smtp",
            "src/engine/close/tests.rs::no_leave_without_a_record",
        ],
    ),
    (
        "log or terminal full or closed",
        &[
            "output::mail_arrives_though_nobody_reads_the_output",
            "output::no_output_is_worth_a_crash",
        ],
    ),
    (
        "out of memory, EMFILE, ENFILE, fork failure",
        &[
            "crash::steps::failing_into_mda",
            "crash::steps::failing_into_bsmtp",
            "crash::steps::failing_into_lmtp",
        ],
    ),
    (
        "clock jumps, suspend",
        &["src/engine/schedule/tests.rs::", "pump::silence_ends"],
    ),
    (
        "NFS home: no hard links, no RENAME_NOREPLACE, errors at fsync",
        &["crash::steps::failing_into_maildir"],
    ),
    (
        "rc file changed or broken while the daemon runs",
        &["poll::daemon::a_bad_file_does_not_stop_it"],
    ),
];

#[test]
fn each_fault_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (fault, tests) in MATRIX {
        assert!(!tests.is_empty(), "{fault}");
        for test in *tests {
            let (file, name) = test.rsplit_once("::").unwrap();
            let path = match file.ends_with(".rs") {
                true => root.join(file),
                false => root
                    .join("tests/it")
                    .join(format!("{}.rs", file.replace("::", "/"))),
            };
            let text = std::fs::read_to_string(&path).expect(test);
            // Some are made by a macro that is given their names.
            let is_there = name.is_empty() || has_word(&text, name);
            assert!(is_there, "{fault}: {test} is no more");
        }
    }
}

fn has_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_part(c)).any(|word| word == name)
}
