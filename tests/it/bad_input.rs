//! Wrong input.
