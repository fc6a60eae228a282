//! `vir audit`.
