/// Account number in every ARN.
pub const ACCOUNT_ID: &str = "000000000000";
/// Region in every ARN and signature.
pub const REGION: &str = "us-east-1";
/// The one access key that S3 accepts. DynamoDB and SQS accept any.
pub const ACCESS_KEY_ID: &str = "local";
/// Secret of [`ACCESS_KEY_ID`]. It guards nothing: every engine listens on 127.0.0.1 only.
pub const SECRET_ACCESS_KEY: &str = "local-development-only";
