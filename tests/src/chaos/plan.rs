//! How much chaos.

/// How much chaos.
#[derive(Debug, Clone)]
pub struct ChaosPlan {
    /// People to be called.
    pub people: usize,
    /// Calls at one time.
    pub limit: u32,
    /// Decides what chance decides.
    pub seed: u64,
    /// The simulator's delays are divided by this.
    pub clock_factor: f64,
    /// Most placed calls to one person.
    pub max_attempts: u32,
    /// Seconds a call may ring.
    pub ringing_timeout_secs: u32,
    /// Milliseconds between two kills of a function, in the mean.
    pub kill_every_ms: u64,
    /// Nothing goes wrong: what the same run is like on a good day.
    pub calm: bool,
    /// The dial queue is emptied once, and the whole machine killed and started again once.
    pub disasters: bool,
    /// Seconds after which the run is given up.
    pub patience_secs: u64,
}

impl Default for ChaosPlan {
    fn default() -> Self {
        Self {
            people: 10_000,
            limit: 15,
            seed: 7,
            clock_factor: 120.0,
            max_attempts: 2,
            ringing_timeout_secs: 5,
            kill_every_ms: 4_000,
            calm: false,
            disasters: true,
            patience_secs: 3_600,
        }
    }
}

impl ChaosPlan {
    /// Reads `--name value` pairs over the plan.
    ///
    /// # Errors
    /// With the names there are, when one is not known or its value cannot be read.
    pub fn with_arguments(mut self, mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        while let Some(name) = arguments.next() {
            if name == "--calm" {
                (self.calm, self.disasters) = (true, false);
                continue;
            }
            let value = arguments.next().unwrap_or_default();
            let wrong = || {
                format!(
                    "{name} {value}: use --people, --limit, --seed, --clock-factor or --kill-every-ms with a number, or --calm"
                )
            };
            match name.as_str() {
                "--people" => self.people = value.parse().map_err(|_| wrong())?,
                "--limit" => self.limit = value.parse().map_err(|_| wrong())?,
                "--seed" => self.seed = value.parse().map_err(|_| wrong())?,
                "--clock-factor" => self.clock_factor = value.parse().map_err(|_| wrong())?,
                "--kill-every-ms" => self.kill_every_ms = value.parse().map_err(|_| wrong())?,
                _ => return Err(wrong()),
            }
        }
        Ok(self)
    }
}
