//! What to run, and why it cannot be run.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use switchboard_local_engines::EngineError;
use switchboard_simulator::SimulatorConfig;

use crate::oidc::KeyError;
use crate::rehearsal::FaultPlan;
use crate::template::TemplateError;

/// What to run.
#[derive(Debug, Clone)]
pub struct LocalConfig {
    /// The template.
    pub template: PathBuf,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// Port of the API; 0 takes a free one.
    pub port: u16,
    /// Where the functions' binaries are.
    pub binaries: PathBuf,
    /// Values for the template's parameters.
    pub parameters: BTreeMap<String, String>,
    /// Environment variables for every function, over those of the template.
    pub environment: BTreeMap<String, String>,
    /// Values of the secrets, by logical id.
    pub secrets: BTreeMap<String, String>,
    /// How long a minute of a schedule lasts; none: a minute.
    pub schedule_minute: Option<Duration>,
    /// Functions whose schedules do not fire: many systems side by side are spared work that is not theirs.
    pub without_schedules: Vec<String>,
    /// Before an asynchronous invocation is tried again.
    pub retry_delay: Duration,
    /// The provider's simulator, and its port; none when the real provider is used.
    pub simulator: Option<(u16, SimulatorConfig)>,
    /// What is to go wrong; none: nothing.
    pub faults: Option<FaultPlan>,
    /// The built site.
    pub site: PathBuf,
    /// Keeps everything but the functions' errors off the terminal.
    pub quiet: bool,
}

impl LocalConfig {
    /// The product's own template, with data in `data_dir`, on free ports, quietly: for tests.
    pub fn for_tests(root: PathBuf, data_dir: PathBuf) -> Self {
        Self {
            template: root.join("template.yaml"),
            binaries: root.join("target/debug"),
            site: root.join("site/dist"),
            data_dir,
            port: 0,
            parameters: BTreeMap::new(),
            environment: BTreeMap::new(),
            secrets: BTreeMap::new(),
            schedule_minute: Some(Duration::from_secs(2)),
            without_schedules: Vec::new(),
            retry_delay: Duration::from_millis(200),
            faults: None,
            simulator: Some((0, SimulatorConfig::default())),
            quiet: true,
        }
    }
}

/// Why the system could not be started; one clear sentence each.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The template cannot be read.
    #[error("{path} cannot be read: {cause}. Start this from the project's folder.")]
    NoTemplate {
        /// Where it should be.
        path: PathBuf,
        /// What happened.
        cause: std::io::Error,
    },
    /// The template cannot be understood.
    #[error("{0}")]
    Template(#[from] TemplateError),
    /// Somebody else has the port.
    #[error("port {} is in use: end the program that has it, or choose another with {variable}=<port>", address.port())]
    PortInUse {
        /// The address.
        address: SocketAddr,
        /// The variable that sets it.
        variable: &'static str,
    },
    /// A function is not built.
    #[error("the function {name} is not built ({path} is missing): run `make build`")]
    NoBinary {
        /// The function.
        name: String,
        /// Where it should be.
        path: PathBuf,
    },
    /// The data folder cannot be used.
    #[error("{path} cannot be written: {cause}. Choose another folder with DATA_DIR.")]
    DataDir {
        /// Where.
        path: PathBuf,
        /// What happened.
        cause: std::io::Error,
    },
    /// An engine did not start.
    #[error("a local AWS service did not start: {0}")]
    Engine(#[from] EngineError),
    /// The sign-in key cannot be used.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// Something of this machine's network.
    #[error("the network of this machine refused: {0}")]
    Network(String),
    /// The simulator did not start.
    #[error("the simulator did not start: {0}")]
    Simulator(String),
}
