//! Runs template.yaml on one machine: the AWS services that the product uses, in one process.
