//! Where the password goes.
