//! The tables of `template.yaml`.

use serde_json::Value;

const TEMPLATE: &str = include_str!("../../../template.yaml");

/// Logical id and properties of every table, the name being the logical id.
///
/// Properties of tables hold no intrinsic functions, so a plain reading is enough; tags elsewhere in
/// the template are passed over.
pub(crate) fn tables() -> Vec<(String, Value)> {
    let template: serde_norway::Value = serde_norway::from_str(TEMPLATE).expect("template.yaml is YAML");
    let resources = template
        .get("Resources")
        .and_then(|r| r.as_mapping())
        .expect("resources");
    resources
        .iter()
        .filter(|(_, resource)| resource["Type"].as_str() == Some("AWS::DynamoDB::Table"))
        .map(|(id, resource)| {
            let id = id.as_str().expect("a logical id").to_owned();
            let mut properties = serde_json::to_value(&resource["Properties"]).expect("plain properties");
            properties["TableName"] = Value::String(id.clone());
            (id, properties)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_found() {
        let names: Vec<String> = tables().into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "CallsTable",
                "CampaignsTable",
                "ContactsTable",
                "AgentsTable",
                "SystemTable"
            ]
        );
    }
}
