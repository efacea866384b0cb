//! Window, tray, notices and engine in one process.
