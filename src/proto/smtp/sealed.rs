//! A message whose end is out and whose answers are awaited, and what they come to.

use super::reply::Reply;

/// How a message fared with the listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Taken, for every recipient.
    Taken,
    /// Taken for some: in the order of the envelope what each one was refused with; `None` for
    /// those served.
    Divided(Vec<Option<Reply>>),
    /// Taken for `last_resort` of the envelope; in its order what the recipients were refused
    /// with.
    LastResort(Vec<Reply>),
    /// Not now (4xx, and 530).
    Temporary(Reply),
    /// Not ever (5xx, and codes of `antispam`).
    Permanent(Reply),
}

/// What a refusing reply makes of a message.
pub(super) fn fate_of(reply: Reply) -> Fate {
    if reply.is_temporary() {
        Fate::Temporary(reply)
    } else {
        Fate::Permanent(reply)
    }
}

/// One answer follows the end of the body, or in LMTP one for each accepted recipient (RFC 2033
/// section 4.2).
#[derive(Debug)]
pub(super) struct Sealed {
    pub id: u64,
    /// What each recipient was told.
    rcpts: Vec<Reply>,
    /// What the recipients of the first try were told, if this is the second.
    first_try: Option<Vec<Reply>>,
    replies: Vec<Reply>,
    is_lmtp: bool,
    /// It went in counted chunks. After a refused one only RSET makes sure of the listener's state
    /// (RFC 3030 section 2).
    pub is_counted: bool,
}

impl Sealed {
    pub fn new(
        id: u64,
        rcpts: Vec<Reply>,
        first_try: Option<Vec<Reply>>,
        is_lmtp: bool,
        is_counted: bool,
    ) -> Self {
        Self {
            id,
            rcpts,
            first_try,
            replies: Vec::new(),
            is_lmtp,
            is_counted,
        }
    }

    /// How many answers the end will have.
    pub fn wanted(&self) -> usize {
        if self.is_lmtp {
            self.rcpts.iter().filter(|reply| reply.is_good()).count()
        } else {
            1
        }
    }

    /// The next answer, and with the last one the message's fate.
    pub fn answered(&mut self, reply: Reply) -> Option<Fate> {
        self.replies.push(reply.clone());
        if self.replies.len() < self.wanted() {
            return None;
        }
        let is_served = self.replies.iter().any(Reply::is_good);
        Some(match self.first_try.take() {
            // If nobody was served, one who is only put off has the message come again.
            _ if !is_served => {
                let put_off = self.replies.iter().find(|reply| reply.is_temporary());
                fate_of(put_off.or(self.replies.first()).unwrap_or(&reply).clone())
            }
            Some(refusals) => Fate::LastResort(refusals),
            None => self.divided(),
        })
    }

    /// What each recipient was told last.
    fn divided(&mut self) -> Fate {
        let mut replies = std::mem::take(&mut self.replies).into_iter();
        let for_all = if self.is_lmtp { None } else { replies.next() };
        let told = |rcpt: Reply| {
            let last = match &for_all {
                _ if !rcpt.is_good() => Some(rcpt),
                Some(reply) => Some(reply.clone()),
                None => replies.next(),
            };
            last.filter(|reply| !reply.is_good())
        };
        let answers: Vec<_> = std::mem::take(&mut self.rcpts)
            .into_iter()
            .map(told)
            .collect();
        if answers.iter().all(Option::is_none) {
            Fate::Taken
        } else {
            Fate::Divided(answers)
        }
    }
}
