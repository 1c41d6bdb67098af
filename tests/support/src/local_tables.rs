//! The tables of a data folder that the local runner uses, while it does not run.

use std::collections::HashMap;
use std::path::Path;

use switchboard_local_engines::DynamoDb;
use switchboard_store::{Store, StoreConfig};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::endpoints::{Endpoints, sdk_config};
use crate::engines::listener;
use crate::template;

/// A store over the local runner's own tables. Only what needs nothing but tables works.
pub struct LocalTables {
    /// The store.
    pub store: Store,
    _db: DynamoDb,
    _stop: DropGuard,
}

impl LocalTables {
    /// Opens the tables below `data_dir`, which the runner calls `DATA_DIR`.
    pub async fn open(data_dir: &Path) -> Self {
        let shutdown = CancellationToken::new();
        let db = DynamoDb::start(&data_dir.join("dynamodb"), listener().await, shutdown.clone())
            .await
            .unwrap();
        // The runner's stack is called `switchboard`.
        let name = |id: &str| format!("switchboard-{id}");
        for (id, mut properties) in template::tables() {
            properties["TableName"] = name(&id).into();
            db.ensure_table(&properties).await.unwrap();
        }
        let sdk = sdk_config(Endpoints(HashMap::from([("DynamoDB", db.endpoint_url())]))).await;
        let config = StoreConfig {
            calls_table: name("CallsTable"),
            campaigns_table: name("CampaignsTable"),
            contacts_table: name("ContactsTable"),
            agents_table: name("AgentsTable"),
            system_table: name("SystemTable"),
            ..StoreConfig::default()
        };
        Self {
            store: Store::new(&sdk, config),
            _db: db,
            _stop: shutdown.drop_guard(),
        }
    }
}
