# Two commands after a clone: `make run` shows writ at work, `make test` proves it. `make help` lists the rest.
GO        ?= go
BIN       := bin
TOOL      := $(GO) tool -modfile=tools/go.mod
VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS   := -s -w -X writ/internal/cli.Build=$(VERSION)
BUILD     := CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)'
FUZZTIME  ?= 20s
export WRIT_EVAL ?= ../shared/eval

.DEFAULT_GOAL := help
.PHONY: help build run test check unit escape fuzz bench e2e eval dist deps clean

help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## bin/writ, bin/writ-hook and bin/writ-exec
	@mkdir -p $(BIN)
	$(BUILD) -o $(BIN)/writ ./cmd/writ
	$(BUILD) -o $(BIN)/writ-hook ./cmd/writ-hook
	$(BUILD) -o $(BIN)/writ-exec ./cmd/writ-exec

run: build ## a team at work in a fresh repository, under writ's verdicts (no account needed)
	@start=$$(date +%s); $(BIN)/writ demo || exit; took=$$(($$(date +%s) - start)); \
	if [ $$took -gt 30 ]; then echo "writ: note: the demo took $$took s, want at most 30 s on an idle machine" >&2; fi

test: deps build unit e2e eval ## everything a contributor must see green

unit: build ## Go tests and script tests, with the count of skipped ones
	@./scripts/gotest ./...

check: deps build ## format, vet, staticcheck, tidy, race tests
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); echo 'run gofmt -w on these'; exit 1; }
	$(GO) vet ./...
	$(TOOL) staticcheck ./...
	$(GO) mod tidy -diff
	@./scripts/gotest -race ./...

escape: ## attacks on the sandbox: a table of probes by level, without rights and as root
	WRIT_ESCAPE_TABLE=1 $(GO) test -count=1 -v -run '^TestEscape' ./internal/escape

fuzz: ## every fuzz target for FUZZTIME each (default 20s)
	@./scripts/fuzz $(FUZZTIME)

bench: build ## the benchmarks behind every figure in docs/benchmarks.md
	@./scripts/bench

e2e: deps build ## the real Claude Code against a scripted model, loopback only
	WRIT_E2E=1 ./scripts/gotest -timeout 20m ./e2e/...

eval: build ## score `writ check` on the labelled development corpus, where it is present
	@./scripts/eval $(WRIT_EVAL)

dist: ## the same bytes in any folder, and their digests
	@rm -rf dist && mkdir -p dist
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o dist/writ ./cmd/writ
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o dist/writ-hook ./cmd/writ-hook
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o dist/writ-exec ./cmd/writ-exec
	@cd dist && sha256sum writ writ-hook writ-exec | tee SHA256SUMS

deps: ## tools the tests need that a fresh machine may lack (tmux, iproute2)
	@./scripts/deps

clean: ## remove what was built
	rm -rf $(BIN) dist
