//! How often one may answer.
//!
//! Two programs that answer each other never stop. Headers (RFC 3834) tell most robots apart; this
//! guard is for those that they do not: it counts what was answered already.
//!
//! Invariant: with the default [`Rates`], no sender gets more than 20 answers a day, no thread more than
//! 5, and no mailbox sends more than 600 an hour, whatever comes in.

/// What was answered already; the caller counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Answered {
    /// To this sender, in the last 24 hours.
    pub sender_day: u32,
    /// To this sender, in the last 10 minutes.
    pub sender_minutes: u32,
    /// In this thread, ever.
    pub thread: u32,
    /// By this mailbox to anybody, in the last hour.
    pub mailbox_hour: u32,
}

/// How much is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Answers to one sender in 24 hours.
    pub sender_day: u32,
    /// Answers to one sender in 10 minutes.
    pub sender_minutes: u32,
    /// Answers in one thread.
    pub thread: u32,
    /// Answers of one mailbox in an hour.
    pub mailbox_hour: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { sender_day: 20, sender_minutes: 10, thread: 5, mailbox_hour: 600 }
    }
}

/// Why nothing is answered any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// The sender got too many answers.
    Sender,
    /// The thread got too many answers.
    Thread,
    /// The mailbox sent too many answers.
    Mailbox,
}

/// May one more answer be sent?
///
/// ```
/// use vir_mail::loop_guard::{Answered, Exceeded, Rates, permit};
/// assert_eq!(permit(&Rates::default(), Answered::default()), Ok(()));
/// assert_eq!(permit(&Rates::default(), Answered { thread: 5, ..Answered::default() }), Err(Exceeded::Thread));
/// ```
///
/// # Errors
/// Where a rate is used up.
pub fn permit(rates: &Rates, answered: Answered) -> Result<(), Exceeded> {
    if answered.sender_day >= rates.sender_day || answered.sender_minutes >= rates.sender_minutes {
        return Err(Exceeded::Sender);
    }
    if answered.thread >= rates.thread {
        return Err(Exceeded::Thread);
    }
    if answered.mailbox_hour >= rates.mailbox_hour {
        return Err(Exceeded::Mailbox);
    }
    Ok(())
}
