//! Spreadsheet rows to contacts, any spelling of a phone number to E.164. No AWS, no async.
