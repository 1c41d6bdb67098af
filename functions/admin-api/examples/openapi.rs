//! Writes the OpenAPI document of the API to `docs/openapi.json`:
//! `cargo run -p admin-api --example openapi`.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    Ok(std::fs::write(
        path,
        admin_api::openapi().to_pretty_json()? + "\n",
    )?)
}
