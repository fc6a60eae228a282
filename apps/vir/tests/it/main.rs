//! The command as a user sees it: what it prints, where, and with which exit code.

mod check;
mod commands;
mod handbook;
mod run;
