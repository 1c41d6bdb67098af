//! File in S3 to contact list.
