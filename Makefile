# What is run here is what CI runs. `make help` lists the targets.
CARGO ?= cargo
STACK ?= switchboard

.PHONY: help run build site test site-test check lint fmt doc docs-check examples collection agreement webhooks-check api-fuzz bench bench-contacts bench-slots bench-cold-start bench-webhook bench-live bench-check scale unused costs receptionist-check chaos fuzz token openapi screenshots lighthouse many crash-points clean lint-infra check-deploy second-engine recovery functions functions-check supply-chain deploy destroy invite mutants

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: build site ## the whole system on this machine, with a sample campaign on first start
	@target/debug/switchboard-local run

build: ## every function and the local runner
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it with rustup (https://rustup.rs), then run this again."; exit 1; }
	$(CARGO) build --bins

SITE_SOURCES := $(shell find site/src site/public site/*.html site/*.ts -type f 2>/dev/null)

site: site/dist/index.html ## the admin site

site/node_modules: site/package.json site/package-lock.json
	@command -v npm >/dev/null || { echo "Node is missing: install Node 20 or newer (https://nodejs.org), then run this again."; exit 1; }
	cd site && npm ci --no-audit --no-fund
	@touch $@

site/dist/index.html: site/node_modules $(SITE_SOURCES) docs/openapi.json
	cd site && npm run -s build

SITE_CHECKS := cd site && npm run -s types:check && npm run -s lint && npm test && npm run -s test:browser

site-test: build site ## the site: types as the API has them, lints, unit tests, and every page in Chromium
	$(SITE_CHECKS)

# What waits for the network goes on beside the lints. Then one build for the programs, the tests that start them and the
# browser: apart, half of it would be built twice, as tests have libraries with more features.
test: ## everything CI checks: formatting, lints, templates, documentation, all tests, the site in a browser
	$(MAKE) --no-print-directory -j2 -Oline lint lint-infra docs-check bench-check site
	$(MAKE) --no-print-directory doc
	$(CARGO) build --workspace --bins --tests --examples
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) nextest run --workspace --no-fail-fast && $(CARGO) test --workspace --doc -q; \
	else \
		$(CARGO) test --workspace -q --no-fail-fast && $(CARGO) test --workspace --doc -q; \
	fi
	$(SITE_CHECKS)

check: test ## the same as test

lint: ## formatting and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings

doc: ## documentation, without a warning
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps

fmt: ## formats the code
	$(CARGO) fmt --all

chaos: ## ten thousand people called while everything that can go wrong does; prints a table
	$(CARGO) build --bins
	target/debug/chaos $(CHAOS)

crash-points: build ## every function killed at every point at which it can be; prints the tables of docs/crash-points.md
	CRASH_POINTS=all $(CARGO) nextest run --workspace --test crash_points --no-capture

FUZZ_SECONDS ?= 60
fuzz: ## every parser of outside bytes, FUZZ_SECONDS each; what breaks one is kept
	$(CARGO) run -q -p switchboard-fuzz --bin fuzz -- $(FUZZ_SECONDS) $(FUZZ_TARGET)

bench: target/infra ## every measurement, and one table of them with anchors; some forty minutes (BENCH="--only=webhook,cold-start", BENCH=--quick)
	$(INFRA_PYTHON) benches/run.py $(BENCH)

bench-contacts: ## the spreadsheet reader beside bare crates, Python and Node; prints a table (BENCH=--quick for few rows)
	CARGO="$(CARGO)" python3 benches/contacts/run.py $(BENCH)

bench-slots: site ## how well the allowed number of calls is used, in real time; prints a table (SLOTS=--limits=5 for one)
	$(CARGO) build --profile bench --bins
	target/release/slots $(SLOTS)

receptionist-check: site ## many long calls at one time, handed over, with everything that is known to go wrong; prints a table (CALLS=--calls=5)
	$(CARGO) build --profile bench --bins
	target/release/receptionist-check $(CALLS)

costs: site ## what calls, contacts and an idle month cost, counted in a run of some ten minutes; prints tables (COSTS=--people=50)
	$(CARGO) build --profile bench --bins
	target/release/costs $(COSTS)

bench-webhook: ## a long transcript through the function that takes webhooks in; prints a table (WEBHOOK=--bytes=400000)
	$(CARGO) build --profile bench --bins
	target/release/bench-webhook $(WEBHOOK)

COLD_START_AT := $(if $(filter aarch64 arm64,$(shell uname -m)),arm64,x86-64)
target/cold-start: benches/cold_start/python/requirements.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

target/cold-start-node: benches/cold_start/node/package.json benches/cold_start/node/handler.mjs
	mkdir -p $@ && cp $^ $@/ && cd $@ && npm install --no-audit --no-fund --silent
	@touch $@

bench-cold-start: target/infra target/cold-start target/cold-start-node ## every function as it is deployed, from its start to its first question for work; prints a table (COLD_START=--runs=5)
	$(MAKE) functions ARCH=$(COLD_START_AT) MORE_BINS=hello-lambda
	$(INFRA_PYTHON) benches/cold_start/run.py $(COLD_START)

bench-check: ## the model of the dial path against its laws, and how the measurements' tables are read
	python3 -B -m unittest discover -q -s benches/scale
	python3 -B -m unittest discover -q -s benches

scale: ## a model of the dial path: what bends first on the way to 10,000 calls at one time; prints the tables of docs/scale.md
	python3 -B benches/scale/run.py $(SCALE)

bench-live: site ## from a change to the browsers that show it, on fifty sockets; prints a table (LIVE=--sockets=200)
	$(CARGO) build --profile bench --bins
	target/release/live $(LIVE)

AGREEMENT_PYTHON := target/agreement/bin/python -B
target/agreement: tests/agreement/requirements.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

docs-check: ## links of every page, what they quote, and the collection of requests
	python3 -B -m unittest discover -q -s docs/checks -t docs/checks

examples: build ## every example of docs/examples against the system on this machine
	python3 -B docs/examples/check.py

collection: ## writes docs/collection from docs/openapi.json
	python3 -B docs/collection/make.py

agreement: target/agreement ## phone numbers beside Google's library; prints a table (AGREEMENT=--speed, --write-sample, --seed=2)
	$(CARGO) build -q $(if $(findstring --speed,$(AGREEMENT)),--release) -p switchboard-contacts --example numbers
	$(AGREEMENT_PYTHON) tests/agreement/agree.py $(AGREEMENT)

WEBHOOKS_PYTHON := target/webhooks/bin/python -B
target/webhooks: tests/events_out/requirements.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

WEBHOOKS_IN_PYTHON := target/webhooks-in/bin/python -B
target/webhooks-in: tests/webhooks_in/requirements.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

webhooks-check: build target/webhooks target/webhooks-in ## events out, verified by the library of Standard Webhooks; webhooks in, signed by the vendors' own; prints counts
	$(WEBHOOKS_PYTHON) tests/events_out/verify_standardwebhooks.py
	$(WEBHOOKS_PYTHON) tests/events_out/examples.py
	$(WEBHOOKS_IN_PYTHON) tests/webhooks_in/verify_vendors.py

API_FUZZ_PYTHON := target/api-fuzz/bin/python -B
target/api-fuzz: tests/api_fuzz/requirements.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

api-fuzz: build target/api-fuzz ## the API against its own document, with requests that nobody thought of; prints counts (API_FUZZ="--seed=2 --examples=50")
	$(API_FUZZ_PYTHON) tests/api_fuzz/run.py $(API_FUZZ)

INFRA_PYTHON := target/infra/bin/python -B
target/infra: infra/tests/requirements.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

target/checkov: infra/tests/requirements-checkov.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

target/sam: infra/tests/requirements-sam.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

target/lambda-tools: infra/tests/requirements-lambda.txt
	python3 -m venv $@ && $@/bin/pip install -q --disable-pip-version-check -r $<
	@touch $@

lint-infra: target/infra target/checkov ## the templates: cfn-lint, translation, checkov, and each role against its function's code
	$(INFRA_PYTHON) infra/tests/lint.py target/checkov/bin/checkov

check-deploy: lint-infra target/sam build ## makes the stack in a process that plays AWS, rights included, and uses it; prints what was checked
	SAM_CLI_TELEMETRY=0 target/sam/bin/sam validate --lint --template template.yaml --region us-east-1
	$(INFRA_PYTHON) infra/tests/check_deploy.py target/debug

second-engine: target/infra ## the tests of the store, the functions and the promises against another DynamoDB, S3 and SQS; prints a table (SECOND=--engines=4)
	$(INFRA_PYTHON) infra/tests/second_engine.py $(SECOND)

recovery: ## the drill of the runbook: tables lost in mid-campaign and restored, and nobody called twice
	$(CARGO) nextest run --workspace --run-ignored all -E 'test(/^recovery::/)'

ARCH ?= arm64
functions: target/lambda-tools ## every function as it is deployed, into target/lambda; ARCH=x86-64 for the other processor
	PATH="$(CURDIR)/target/lambda-tools/bin:$$PATH" cargo lambda build --release $(if $(filter x86%,$(ARCH)),--x86-64,--arm64) $(foreach f,$(notdir $(wildcard functions/*)) $(MORE_BINS),--bin $(f))

functions-check: functions target/infra ## every function as it is deployed, started under the runtime API; prints sizes and starts
	$(INFRA_PYTHON) infra/tests/functions_check.py target/lambda $(ARCH)

DENY := target/tools/bin/cargo-deny
$(DENY):
	$(CARGO) install -q --locked --root target/tools cargo-deny@0.20.2

DENY_CHECKS ?= advisories bans licenses sources
supply-chain: $(DENY) ## licences, bans, sources and known faults of what we build on (DENY_CHECKS="bans licenses sources" offline)
	$(DENY) --all-features check $(DENY_CHECKS)

MACHETE := target/tools/bin/cargo-machete
$(MACHETE):
	$(CARGO) install -q --locked --root target/tools cargo-machete@0.9.2

unused: $(MACHETE) ## dependencies that nobody uses
	$(MACHETE) --with-metadata

deploy: ## into an AWS account: docs/deploy.md (PARAMETERS="Name=value …", STACK=, ARCH=, YES=1)
	STACK="$(STACK)" ARCH="$(ARCH)" PARAMETERS="$(PARAMETERS)" infra/deploy.sh deploy

invite: ## somebody into the deployed site: EMAIL=somebody@example.com ROLE=viewer, operator or admin
	STACK="$(STACK)" infra/deploy.sh invite

destroy: ## removes the deployment; tables, recordings, keys and people stay
	STACK="$(STACK)" infra/deploy.sh destroy

screenshots: build site ## every page, light and dark, phone and desktop, into docs/screenshots
	cd site && npm run -s screenshots

lighthouse: build site ## measures dashboard and calls with Lighthouse; prints the scores
	cd site && npm run -s lighthouse

MUTANTS := target/tools/bin/cargo-mutants
$(MUTANTS):
	$(CARGO) install -q --locked --root target/tools cargo-mutants@27.1.0

MUTATE = PROPTEST_CASES=16 CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=1 $(MUTANTS) mutants --sharding round-robin --shard $(or $(SHARD),0/40) --cargo-arg=--lib
mutants: $(MUTANTS) ## breaks the rules and the reader of contacts, a fortieth of all places, and counts what their tests miss (SHARD=3/12 for others, SHARD=0/1 for all)
	@mkdir -p target/mutants
	@# What is missed is printed, and is no reason not to go on.
	-$(MUTATE) -p switchboard-domain -o target/mutants/domain
	-$(MUTATE) -p switchboard-contacts -o target/mutants/contacts --cargo-arg=--test=contacts --cargo-arg=--test=corpus --cargo-arg=--test=agreement

many: site ## times every list and page with 100, 100,000 and 1,000,000 calls in the table, some half an hour and 15 GB (MANY=100,100000 for fewer)
	$(CARGO) build --profile bench --bins
	cd site && PROGRAMS=target/release CALLS="$(MANY)" npm run -s many

token: ## prints a development admin token, for scripts
	@$(CARGO) build -q -p switchboard-local
	@target/debug/switchboard-local token

openapi: ## writes docs/openapi.json from the code, and the collection of requests
	$(CARGO) run -q -p admin-api --example openapi
	$(MAKE) --no-print-directory collection

clean: ## removes what was built and the local data
	$(CARGO) clean
	rm -rf .local site/dist site/node_modules
