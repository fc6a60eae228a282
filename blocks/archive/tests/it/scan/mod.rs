//! Claims about scanning that replaces paper.

mod images;
mod notes;
mod pages;
mod way;
