//! Call log to CSV in S3, any size.
