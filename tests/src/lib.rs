//! End to end, under faults.
