# The one entry point. `make help` lists the targets; each says in one line, after ##, what it does.
SWIFT := scripts/swift
PROGRAMS := aerie aerie-controller aerie-serving aerie-trainer
# The Python that `make setup` fills with what tests and documents need.
REFERENCE := $(or $(AERIE_CACHE),$(HOME)/.cache/aerie)/python/bin/python
IMAGES ?= $(or $(AERIE_CACHE),$(HOME)/.cache/aerie)/images

.DEFAULT_GOAL := help
BENCH ?=

.PHONY: help demo fuzz bench test faults e2e-node setup setup-packages setup-tensorflow build programs crds words tables transcripts check lint check-programs images clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: setup programs ## From kubectl apply of an experiment to a served model on this machine, on Landsat imagery
	scripts/demo

fuzz: setup ## Feed parsers, the webhook and the decisions with libFuzzer, ten seconds each
	scripts/fuzz 10

bench: setup programs ## Measure the controller beside a bare client and kopf (BENCH='--only latency' for a part)
	Benchmarks/run $(BENCH)

test: setup build ## Pass all tests, against a real Kubernetes control plane
	scripts/test

faults: setup build ## Disturb every write of the controller and every file operation of the trainer in every way (docs/faults.md)
	AERIE_FAULTS=all $(SWIFT) test --skip-build --disable-xctest --filter FaultTests

e2e-node: setup programs ## Train on a real node: containerd and a kubelet, beside the control plane; needs root
	@scripts/setup-packages cluster node
	@scripts/setup-kubernetes node
	scripts/node scripts/e2e-node

setup: ## Install what building and testing need, outside the checkout; quick when it is all there
	@scripts/setup

setup-packages: ## Install the Debian packages that building needs, and no others
	@scripts/setup-packages build

setup-tensorflow: ## Fetch TensorFlow's C library and headers
	@scripts/setup-tensorflow

build: ## Build programs and tests, as releases are
	$(SWIFT) build --build-tests

programs: ## Build the programs, as releases are
	$(SWIFT) build

transcripts: setup programs ## Write docs/kubectl.md from a real run
	scripts/transcripts

crds: programs ## Write crds/*.yaml from the Swift types
	"$$($(SWIFT) build --show-bin-path)/aerie-controller" crds --output crds

check: setup lint ## Check formatting, layers, arithmetic and scripts
	scripts/check-layers.py
	scripts/check-arithmetic.py
	scripts/check-scripts
	scripts/check-test-names.py
	scripts/pod-template-fields.py --check
	$(REFERENCE) scripts/bad-input-table.py --check

words: setup ## Write what a current server says of the cases of validation (Tests/AdmissionTests/Cases/current.yaml)
	$(REFERENCE) scripts/current-words.py

tables: setup ## Write docs/bad-input.md from the tables that the tests run
	$(REFERENCE) scripts/bad-input-table.py

lint: ## Check the format of all Swift sources
	swift format lint --strict --parallel --recursive Sources Tests Package.swift

check-programs: programs ## Check that the programs carry no full Foundation, and only the right ones TensorFlow
	scripts/check-programs $(PROGRAMS)

images: programs ## Assemble the root file system of each image in the cache
	for program in $(PROGRAMS); do scripts/image-root $$program "$(IMAGES)/$$program" || exit 1; done

clean: ## Remove what was built here; what setup made stays in the cache
	rm -rf .build
