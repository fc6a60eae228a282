//! Parts of pages: fields, tables, badges and the like, as functions that give HTML.
//!
//! A page is put together from these parts and from the classes of the one stylesheet, so that all
//! pages look and behave alike and what makes them accessible is solved once.
//!
//! Invariant: every text enters through maud and is escaped there; no part writes inline script or
//! style, because the content security policy would refuse it.

mod button;
mod choice;
mod field;
mod forms;
mod icon;
mod list;
mod navigation;
mod pager;
mod status;
mod table;
mod upload;

pub use button::{Button, Link, button, link_button};
pub use choice::{Checkbox, Choice, Radios, Select, checkbox, radios, select};
pub use field::{Field, amount_field, date_field, field, password_field, search_field, text_area};
pub use forms::{FieldError, csrf_field, error_summary, post_button, post_form};
pub use icon::{Icon, icon};
pub use list::{card, definition_list, figure_tile, filter_bar, toolbar};
pub use navigation::{Crumb, Tab, breadcrumbs, tabs};
pub use pager::{Pager, pager};
pub use status::{Light, Tone, badge, empty_state, notice, progress, traffic_light};
pub use table::{Align, Column, Order, Row, Table, table};
pub use upload::{FileDrop, file_drop};
