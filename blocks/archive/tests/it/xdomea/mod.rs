//! Claims about xdomea: foreign messages are understood, ours are valid, and both sides of a disposal meet.

mod foreign;
mod hostile;
mod round;
mod sample;
mod valid;
