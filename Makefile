# What is run here is what CI runs. `make help` lists the targets.
CARGO ?= cargo
export AWS_LC_SYS_NO_JITTER_ENTROPY = 1

.PHONY: help run build test check lint fmt doc bench chaos fuzz token openapi clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

run: build ## the whole system on this machine, with a sample campaign on first start
	@target/debug/switchboard-local run

build: ## every function and the local runner
	@command -v $(CARGO) >/dev/null || { echo "Rust is missing: install it with rustup (https://rustup.rs), then run this again."; exit 1; }
	$(CARGO) build --bins

test: lint doc ## everything CI checks: formatting, lints, documentation, all tests
	$(CARGO) build --bins
	@if $(CARGO) nextest --version >/dev/null 2>&1; then \
		$(CARGO) nextest run --workspace --no-fail-fast && $(CARGO) test --workspace --doc -q; \
	else \
		$(CARGO) test --workspace -q --no-fail-fast; \
	fi

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

FUZZ_SECONDS ?= 60
fuzz: ## every parser of outside bytes, FUZZ_SECONDS each; what breaks one is kept
	$(CARGO) run -q -p switchboard-fuzz --bin fuzz -- $(FUZZ_SECONDS) $(FUZZ_TARGET)

bench: ## measures how fast rows and numbers are read
	$(CARGO) bench -p switchboard-contacts --bench read_rows

token: ## prints a development admin token, for scripts
	@$(CARGO) build -q -p switchboard-local
	@target/debug/switchboard-local token

openapi: ## writes docs/openapi.json from the code
	$(CARGO) run -q -p admin-api --example openapi > docs/openapi.json

clean: ## removes what was built and the local data
	$(CARGO) clean
	rm -rf .local
