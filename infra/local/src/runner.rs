//! Everything started, in order.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::serve::ListenerExt;
use jiff::SignedDuration;
use switchboard_local_engines::sqs::QueueRef;
use switchboard_local_engines::{ACCESS_KEY_ID, ACCOUNT_ID, DynamoDb, REGION, S3, SECRET_ACCESS_KEY, Sqs};
use switchboard_simulator::{Simulator, TWILIO_ACCOUNT_SID};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::border::{Border, Guard};
use crate::clock;
use crate::config::{LocalConfig, StartError};
use crate::control::{Control, control_routes};
use crate::gateway::{Authorizer, Gateway, gateway_routes};
use crate::lambda::{Function, Lambda, runtime_routes};
use crate::logs::Logs;
use crate::metering::Meters;
use crate::oidc::{ISSUER_PATH, Role, SigningKey, TokenRequest, issue, oidc_routes};
use crate::pages::{Pages, with_pages};
use crate::rehearsal::{Rehearsal, rehearsal_routes};
use crate::secrets::Secrets;
use crate::sockets::{Sockets, socket_routes};
use crate::sources::{Mappings, fire_schedules, follow_stream, forward_notifications};
use crate::template::{FunctionSpec, Place, Stack, Template};

/// Name of the stack; physical names begin with it.
const STACK: &str = "switchboard";
/// Audience of local tokens.
const AUDIENCE: &str = "switchboard";

/// Addresses of the AWS services.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// DynamoDB.
    pub dynamodb: String,
    /// S3.
    pub s3: String,
    /// SQS.
    pub sqs: String,
    /// Lambda and Secrets Manager.
    pub lambda: String,
}

/// The running system.
pub struct Local {
    address: SocketAddr,
    endpoints: Endpoints,
    key: SigningKey,
    issuer: String,
    stack: Stack,
    lambda: Lambda,
    mappings: Mappings,
    queues: BTreeMap<String, QueueRef>,
    sqs: Arc<Sqs>,
    dynamodb: DynamoDb,
    meters: Meters,
    simulator: Option<Simulator>,
    logs: Logs,
    stop: CancellationToken,
}

impl Local {
    /// Starts everything.
    ///
    /// # Errors
    /// With one clear sentence. What was started until then ends with the process.
    pub async fn start(config: LocalConfig) -> Result<Self, StartError> {
        Self::start_with(config, None).await
    }

    /// Starts everything, with a guard at the border of the functions' processes: for tests of what
    /// follows when one of them ends.
    ///
    /// # Errors
    /// As [`Local::start`].
    pub async fn start_guarded(config: LocalConfig, guard: Arc<dyn Guard>) -> Result<Self, StartError> {
        Self::start_with(config, Some(guard)).await
    }

    async fn start_with(config: LocalConfig, guard: Option<Arc<dyn Guard>>) -> Result<Self, StartError> {
        let text = std::fs::read_to_string(&config.template).map_err(|cause| StartError::NoTemplate {
            path: config.template.clone(),
            cause,
        })?;
        let stop = CancellationToken::new();
        let data = |cause| StartError::DataDir {
            path: config.data_dir.clone(),
            cause,
        };
        std::fs::create_dir_all(&config.data_dir).map_err(data)?;
        let logs = Logs::open(&config.data_dir.join("logs"), config.quiet)
            .await
            .map_err(data)?;
        let key = SigningKey::open(&config.data_dir)?;

        // The busiest errors first: nothing is written while a port is missing.
        let api_listener = listen(config.port, "PORT").await?;
        let address = api_listener.local_addr().map_err(network)?;
        let control_listener = listen(0, "PORT").await?;
        let control_address = control_listener.local_addr().map_err(network)?;
        let simulator = start_simulator(&config, address).await?;

        let dynamodb = DynamoDb::start(
            &config.data_dir.join("dynamodb"),
            listen(0, "PORT").await?,
            stop.clone(),
        )
        .await?;
        let s3 = S3::start(
            &config.data_dir.join("s3"),
            listen(0, "PORT").await?,
            stop.clone(),
        )
        .await?;
        let sqs = Arc::new(Sqs::start(listen(0, "PORT").await?, stop.clone()).await?);
        let endpoints = Endpoints {
            dynamodb: dynamodb.endpoint_url(),
            s3: s3.endpoint_url(),
            sqs: sqs.endpoint_url(),
            lambda: format!("http://{control_address}"),
        };

        let issuer = format!("http://{address}{ISSUER_PATH}");
        let stack = read_stack(&text, &config, &issuer, &endpoints, simulator.as_ref(), address)?;
        for kind in &stack.without_counterpart {
            tracing::info!("{kind} has no counterpart on this machine");
        }
        for (_, properties) in &stack.tables {
            dynamodb.ensure_table(properties).await?;
        }
        let mut streams = Vec::new();
        for mapping in &stack.streams {
            // Before anybody writes.
            streams.push((mapping.clone(), dynamodb.stream(&mapping.table).await?));
        }
        for (name, properties) in &stack.buckets {
            s3.ensure_bucket(name, properties).await?;
        }
        let mut queues = BTreeMap::new();
        for (name, properties) in &stack.queues {
            let queue = sqs.ensure_queue(name, properties).await?;
            queues.insert(queue.arn.clone(), queue);
        }

        let late = Arc::new(OnceLock::new());
        let functions = functions(
            &stack,
            &config,
            &endpoints,
            (address, control_address),
            &logs,
            guard.as_ref(),
        )?;
        let lambda = Lambda::new(functions, queues.clone(), sqs.clone(), config.retry_delay);
        // Set once, here.
        let _ = late.set(lambda.clone());
        let mappings = Mappings::new(stack.mappings.clone(), &queues);
        let secrets = Secrets::open(secrets(&stack, &config), &config.data_dir);
        let control = Control {
            lambda: lambda.clone(),
            mappings: mappings.clone(),
            secrets,
        };
        serve(
            control_listener,
            runtime_routes(late).merge(control_routes(control)),
            &stop,
        );

        let authorizer = stack.api.jwt.clone().map(Authorizer::new).transpose();
        let gateway = Arc::new(Gateway {
            api: stack.api.clone(),
            authorizer: authorizer.map_err(|e| StartError::Network(e.to_string()))?,
            lambda: lambda.clone(),
        });
        let rehearsal = config.faults.as_ref().map(|plan| {
            let dial_queue = queues
                .values()
                .find(|queue| queue.name == format!("{STACK}-DialQueue"));
            Rehearsal::begin(plan, &dynamodb, &sqs, dial_queue.cloned(), &lambda, &stop)
        });
        let simulator_url = simulator.as_ref().map(|s| format!("http://{}", s.address()));
        let pages = Pages::new(&config.site, &issuer, AUDIENCE, &stack.api.routes, simulator_url);
        let api = oidc_routes(key.clone(), issuer.clone(), AUDIENCE.to_owned())
            .merge(gateway_routes(gateway.clone()));
        let api = match stack.sockets.clone() {
            Some(sockets) => api.merge(socket_routes(Sockets::new(sockets, lambda.clone(), stop.clone()))),
            None => api,
        };
        let api = with_pages(api, pages);
        let api = match rehearsal {
            Some(rehearsal) => rehearsal_routes(rehearsal).merge(api),
            None => api,
        };
        serve(api_listener, api, &stop);
        if let Some(authorizer) = &gateway.authorizer {
            authorizer.learn_keys().await;
        }

        mappings.start(&sqs, &lambda, &stop);
        for (mapping, stream) in streams {
            tokio::spawn(follow_stream(mapping, stream, lambda.clone(), stop.clone()));
        }
        tokio::spawn(forward_notifications(
            s3.events(),
            stack.notifications.clone(),
            lambda.clone(),
        ));
        let keeps_time = |function: &&FunctionSpec| !config.without_schedules.contains(&function.name);
        for function in stack.functions.iter().filter(keeps_time) {
            for schedule in &function.schedules {
                let (name, schedule) = (function.name.clone(), schedule.clone());
                let minute = config.schedule_minute;
                tokio::spawn(fire_schedules(
                    name,
                    schedule,
                    minute,
                    lambda.clone(),
                    stop.clone(),
                ));
            }
        }
        let meters = Meters::of([dynamodb.meter(), s3.meter(), sqs.meter(), lambda.meter().clone()]);
        Ok(Self {
            address,
            endpoints,
            key,
            issuer,
            stack,
            lambda,
            mappings,
            queues,
            sqs,
            meters,
            dynamodb,
            simulator,
            logs,
            stop,
        })
    }

    /// Address of the API and the pages.
    pub fn api_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Addresses of the AWS services.
    pub fn endpoints(&self) -> &Endpoints {
        &self.endpoints
    }

    /// What was read from the template.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// The functions.
    pub fn lambda(&self) -> &Lambda {
        &self.lambda
    }

    /// The event source mappings.
    pub fn mappings(&self) -> &Mappings {
        &self.mappings
    }

    /// The queue with this logical id, for looking into it.
    pub fn queue(&self, id: &str) -> Option<&QueueRef> {
        self.queues
            .values()
            .find(|queue| queue.name == format!("{STACK}-{id}"))
    }

    /// SQS itself, for tests of what follows when it fails.
    pub fn sqs(&self) -> &Sqs {
        &self.sqs
    }

    /// DynamoDB itself, for tests of what follows when it fails.
    pub fn dynamodb(&self) -> &DynamoDb {
        &self.dynamodb
    }

    /// Counts what everything costs, from when it is turned on.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// The simulator, where it runs.
    pub fn simulator(&self) -> Option<&Simulator> {
        self.simulator.as_ref()
    }

    /// The functions' logs.
    pub fn logs(&self) -> &Logs {
        &self.logs
    }

    /// A development token.
    ///
    /// # Errors
    /// When the key cannot sign.
    pub fn token(&self, role: Role) -> Result<String, StartError> {
        token(&self.key, &self.issuer, role, SignedDuration::from_hours(12))
    }

    /// The issuer's key, for tests with forged tokens.
    pub fn signing_key(&self) -> (&SigningKey, &str) {
        (&self.key, &self.issuer)
    }

    /// Stops everything that was started.
    pub async fn shutdown(self) {
        self.stop.cancel();
        self.lambda.stop();
        if let Some(simulator) = self.simulator {
            simulator.shutdown().await;
        }
        let patience = std::time::Duration::from_secs(2);
        // A client that hangs in the middle of a request must not keep us.
        let _ = tokio::time::timeout(patience, self.dynamodb.stopped()).await;
    }
}

/// A development token of the issuer at `port`, signed with the key kept below `data_dir`.
///
/// # Errors
/// When the key cannot be read or cannot sign.
pub(crate) fn token_for(
    data_dir: &Path,
    port: u16,
    role: Role,
    valid_for: SignedDuration,
) -> Result<String, StartError> {
    let issuer = format!("http://127.0.0.1:{port}{ISSUER_PATH}");
    token(&SigningKey::open(data_dir)?, &issuer, role, valid_for)
}

/// The folder that this program is in, where the functions' binaries are too.
pub(crate) fn own_folder() -> Option<std::path::PathBuf> {
    let own = std::env::current_exe().ok()?;
    own.parent().map(Path::to_owned)
}

fn token(
    key: &SigningKey,
    issuer: &str,
    role: Role,
    valid_for: SignedDuration,
) -> Result<String, StartError> {
    let (issuer, audience) = (issuer.to_owned(), AUDIENCE.to_owned());
    issue(
        key,
        &TokenRequest {
            issuer,
            audience,
            role,
            valid_for,
            nonce: None,
        },
        clock::now(),
    )
    .map_err(|error| StartError::Network(error.to_string()))
}

async fn listen(port: u16, variable: &'static str) -> Result<TcpListener, StartError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address)
        .await
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AddrInUse => StartError::PortInUse { address, variable },
            _ => network(error),
        })
}

fn network(error: std::io::Error) -> StartError {
    StartError::Network(error.to_string())
}

fn serve(listener: TcpListener, routes: Router, stop: &CancellationToken) {
    // With Nagle's algorithm each small answer would wait some 40 ms.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
    });
    let stop = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            served = axum::serve(listener, routes) => {
                if let Err(error) = served {
                    tracing::error!(%error, "a local server ended");
                }
            }
            () = stop.cancelled() => {}
        }
    });
}

async fn start_simulator(config: &LocalConfig, api: SocketAddr) -> Result<Option<Simulator>, StartError> {
    let Some((port, settings)) = &config.simulator else {
        return Ok(None);
    };
    let listener = listen(*port, "SIMULATOR_PORT").await?;
    let mut settings = settings.clone();
    settings.webhook_url = Some(format!("http://{api}/webhooks/elevenlabs"));
    settings.ultravox_webhook_url = Some(format!("http://{api}/webhooks/ultravox"));
    settings.public_url = Some(format!("http://{api}"));
    settings.do_not_call_tool_url = Some(format!("http://{api}/tools/do-not-call"));
    settings.state_file = Some(config.data_dir.join("simulator").join("journal.jsonl"));
    let started = Simulator::start(listener, settings).await;
    started
        .map(Some)
        .map_err(|error| StartError::Simulator(format!("{error:#}")))
}

fn read_stack(
    text: &str,
    config: &LocalConfig,
    issuer: &str,
    endpoints: &Endpoints,
    simulator: Option<&Simulator>,
    api: SocketAddr,
) -> Result<Stack, StartError> {
    let mut parameters = config.parameters.clone();
    let mut default = |name: &str, value: String| {
        parameters.entry(name.to_owned()).or_insert(value);
    };
    default("OidcIssuer", issuer.to_owned());
    default("OidcAudience", AUDIENCE.to_owned());
    default("SiteOrigin", format!("http://{api}"));
    if let Some(simulator) = simulator {
        for name in [
            "ElevenlabsBaseUrl",
            "UltravoxBaseUrl",
            "TwilioBaseUrl",
            "OpenaiBaseUrl",
        ] {
            default(name, format!("http://{}", simulator.address()));
        }
    }
    let place = Place {
        account_id: ACCOUNT_ID.to_owned(),
        region: REGION.to_owned(),
        stack_name: STACK.to_owned(),
        sqs_endpoint: endpoints.sqs.clone(),
        socket_endpoint: format!("ws://{api}"),
    };
    Ok(Template::read(text, &parameters)?.resolve(&place)?)
}

fn functions(
    stack: &Stack,
    config: &LocalConfig,
    endpoints: &Endpoints,
    (api, runtime_api): (SocketAddr, SocketAddr),
    logs: &Logs,
    guard: Option<&Arc<dyn Guard>>,
) -> Result<Vec<Function>, StartError> {
    let mut functions = Vec::new();
    for spec in &stack.functions {
        let path = config.binaries.join(&spec.name);
        if !path.exists() {
            return Err(StartError::NoBinary {
                name: spec.name.clone(),
                path,
            });
        }
        let environment = environment(spec, config, endpoints, api);
        let watching = guard.filter(|guard| guard.watches(&spec.name)).cloned();
        let border = watching.map(Border::new).transpose();
        let border = border.map_err(|error| StartError::Network(error.to_string()))?;
        let runtime_api = runtime_api.to_string();
        functions.push(Function::new(
            spec.clone(),
            path,
            environment,
            runtime_api,
            logs.clone(),
            border,
        ));
    }
    Ok(functions)
}

/// A function's environment as Lambda sets it, with the addresses of this machine's services.
fn environment(
    spec: &FunctionSpec,
    config: &LocalConfig,
    endpoints: &Endpoints,
    api: SocketAddr,
) -> BTreeMap<String, String> {
    let memory = spec.memory_mb.to_string();
    let public_url = format!("http://{api}");
    let given = [
        ("AWS_LAMBDA_FUNCTION_NAME", spec.name.as_str()),
        // In every request to a service: so they can be counted by function.
        ("AWS_SDK_UA_APP_ID", spec.name.as_str()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_LOG_GROUP_NAME", spec.name.as_str()),
        ("AWS_REGION", REGION),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_ACCESS_KEY_ID", ACCESS_KEY_ID),
        ("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
        ("AWS_ENDPOINT_URL_DYNAMODB", &endpoints.dynamodb),
        ("AWS_ENDPOINT_URL_S3", &endpoints.s3),
        ("AWS_ENDPOINT_URL_SQS", &endpoints.sqs),
        ("AWS_ENDPOINT_URL_LAMBDA", &endpoints.lambda),
        ("AWS_ENDPOINT_URL_SECRETS_MANAGER", &endpoints.lambda),
        ("PUBLIC_URL", &public_url),
        ("_HANDLER", "bootstrap"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("TZ", ":UTC"),
    ];
    let mut environment: BTreeMap<String, String> = given
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    if let Some((_, simulator)) = &config.simulator {
        // Calls are so much faster: whoever waits for their end looks sooner.
        environment.insert(
            "DIALER_CLOCK_FACTOR".to_owned(),
            simulator.clock_factor.to_string(),
        );
    }
    environment.extend(spec.environment.clone());
    environment.extend(config.environment.clone());
    environment
}

/// Values of the secrets, by name.
fn secrets(stack: &Stack, config: &LocalConfig) -> BTreeMap<String, String> {
    let simulated = |id: &str| {
        let (_, simulator) = config.simulator.as_ref()?;
        let (key, webhook) = match id {
            "ElevenlabsSecret" => (&simulator.api_key, &simulator.webhook_secret),
            "UltravoxSecret" => (&simulator.ultravox_api_key, &simulator.ultravox_webhook_secret),
            "TwilioSecret" => {
                let token = &simulator.twilio_auth_token;
                let account = serde_json::json!({ "account_sid": TWILIO_ACCOUNT_SID, "auth_token": token });
                return Some(account.to_string());
            }
            "OpenaiSecret" => {
                let account = serde_json::json!({
                    "api_key": simulator.openai_api_key,
                    "webhook_secret": simulator.openai_webhook_secret,
                    "project_id": simulator.openai_project_id,
                });
                return Some(account.to_string());
            }
            _ => return None,
        };
        let tools = &simulator.tool_secret;
        Some(
            serde_json::json!({ "api_key": key, "webhook_secret": webhook, "tool_secret": tools })
                .to_string(),
        )
    };
    // As the template has them: a provider without a key is not set up.
    let empty = r#"{"api_key":"","webhook_secret":"","tool_secret":""}"#;
    let value = |id: &String| {
        let given = config.secrets.get(id).cloned();
        given
            .or_else(|| simulated(id))
            .unwrap_or_else(|| empty.to_owned())
    };
    stack
        .secrets
        .iter()
        .map(|(id, name)| (name.clone(), value(id)))
        .collect()
}
