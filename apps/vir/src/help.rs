//! Help and complaints about the arguments, in the language of the user.
//!
//! clap writes its own words in English. Headings and the help option are replaced in the
//! description of the commands; complaints are worded here from the kind of the error.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};
use vir_core::Lang;

use crate::language::{language, say};
use crate::terminal::printable;

/// Where the options stand that every command has: after its own.
pub const LAST: usize = 900;

/// Gives the command and all below it headings and help options in the user's language.
pub fn localise(command: Command) -> Command {
    let usage = say("Aufruf", "Usage");
    let is_group = command.has_subcommands();
    let mut positionals = 0;
    let mut command = command
        .help_template(format!("{{about-with-newline}}\n{usage}: {{usage}}\n\n{{all-args}}{{after-help}}"))
        .subcommand_help_heading(say("Befehle", "Commands"))
        .subcommand_value_name(say("BEFEHL", "COMMAND"))
        .next_help_heading(say("Optionen", "Options"))
        .disable_help_flag(true)
        .disable_version_flag(true)
        .disable_help_subcommand(true)
        .arg(
            Arg::new("help")
                .short('h')
                .long("help")
                .action(ArgAction::Help)
                .display_order(LAST)
                .help(say("Diese Hilfe zeigen", "Show this help"))
                .help_heading(say("Optionen", "Options")),
        )
        .mut_args(|arg| {
            // Without an order of their own, clap sorts positional arguments by their names.
            let arg = if arg.is_positional() {
                positionals += 1;
                arg.display_order(positionals)
            } else {
                arg
            };
            let heading = if arg.is_positional() { say("Angaben", "Arguments") } else { say("Optionen", "Options") };
            if arg.get_help_heading().is_none() { arg.help_heading(heading) } else { arg }
        });
    if command.get_version().is_some() {
        command = command.arg(
            Arg::new("version")
                .short('V')
                .long("version")
                .action(ArgAction::Version)
                .display_order(LAST)
                .help(say("Die Version zeigen", "Show the version"))
                .help_heading(say("Optionen", "Options")),
        );
    }
    if is_group {
        command = command.subcommand_required(true).arg_required_else_help(true);
    }
    command.mut_subcommands(localise)
}

/// Answers what could not be parsed as a command: with the help that was asked for, or a complaint.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line speaks to its user")]
pub fn answer(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            print!("{}", words(&error.render().to_string()));
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{}", words(&error.render().to_string()));
            ExitCode::from(2)
        }
        _ => {
            match language() {
                Lang::De => eprint!("{}", german(error)),
                Lang::En => eprint!("{}", error.render()),
            }
            ExitCode::from(2)
        }
    }
}

/// The same text with the one placeholder in the user's language that no setting of clap reaches.
fn words(text: &str) -> String {
    text.replace("[OPTIONS]", say("[OPTIONEN]", "[OPTIONS]"))
}

fn german(error: &clap::Error) -> String {
    let context = |kind| error.get(kind).map(in_words).unwrap_or_default();
    let arg = context(ContextKind::InvalidArg);
    let value = context(ContextKind::InvalidValue);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("Die Angabe „{arg}“ gibt es hier nicht."),
        ErrorKind::InvalidSubcommand => {
            format!("Den Befehl „{}“ gibt es nicht.", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingSubcommand => "Es fehlt ein Befehl.".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("Es fehlt: {arg}"),
        ErrorKind::InvalidValue if value.is_empty() => format!("Zu „{arg}“ fehlt der Wert."),
        ErrorKind::InvalidValue => format!("„{value}“ ist kein Wert für „{arg}“."),
        ErrorKind::ValueValidation => {
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
            format!("„{value}“ passt nicht zu „{arg}“{cause}.")
        }
        ErrorKind::ArgumentConflict => {
            format!("„{arg}“ geht nicht zusammen mit {}.", context(ContextKind::PriorArg))
        }
        ErrorKind::NoEquals | ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("„{arg}“ hat nicht die richtige Zahl von Werten.")
        }
        ErrorKind::InvalidUtf8 => "Eine Angabe ist kein gültiges UTF-8.".to_owned(),
        _ => error.to_string(),
    };
    let mut out = format!("Fehler: {}\n", printable(&what));
    for kind in [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue] {
        if let Some(suggestion) = error.get(kind) {
            _ = writeln!(out, "Gemeint ist vielleicht: {}", printable(&in_words(suggestion)));
        }
    }
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage) {
        _ = writeln!(out, "\n{}", words(&plain(usage)).replace("Usage:", "Aufruf:"));
    }
    out.push_str("\nMehr dazu mit --help.\n");
    out
}

fn in_words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(", "),
        ContextValue::StyledStr(text) => plain(text),
        ContextValue::StyledStrs(texts) => texts.iter().map(plain).collect::<Vec<_>>().join(", "),
        ContextValue::Number(number) => number.to_string(),
        ContextValue::Bool(value) => value.to_string(),
        _ => String::new(),
    }
}

fn plain(text: &StyledStr) -> String {
    text.to_string().trim().to_owned()
}
