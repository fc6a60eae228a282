//! `vir backup`, `vir restore`.
