//! What outlives a run: the rc file, the journal, the id file, the lock.
