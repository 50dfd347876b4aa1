# Everything runs on Node 24, which `npm ci` brings along where the installed one is older.
.PHONY: help demo test soak check build format bench clean
.DEFAULT_GOAL := help

installed := node_modules/.package-lock.json

help: ## print what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo: build ## the whole journey on an embedded sandbox
	@npm run -s demo

test: $(installed) ## build, and run every test
	npm run -s test

soak: $(installed) ## kill Keyturn a thousand times and check what it leaves
	npm run -s soak

check: $(installed) ## types, lint, formatting, dependency rules, unused code, tests
	npm run -s check

build: $(installed) ## make bin/keyturn runnable
	npm run -s build

format: $(installed) ## format the sources
	npm run -s format

bench: $(installed) ## measure, print ratios, and put them into docs/performance.md
	npm run -s bench

clean: ## remove what was built and installed
	rm -rf dist node_modules

$(installed): package.json package-lock.json .npmrc
	npm ci --no-audit --no-fund --loglevel=error
