//! Electronic invoices after EN 16931.
