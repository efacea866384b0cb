//! Sentences for causes and log entries, through gettext at the moment they are shown.
