//! The blocks that this program is made of: the only list.
//!
//! Invariant: adding a block is a folder in `blocks/` and a line here.

use vir_web::Block;

/// All blocks, in the order of their entries in the navigation.
pub fn all() -> Vec<Block> {
    vec![vir_invoice_desk::block(), vir_archive_desk::block()]
}
