# Two commands do all: make demo, make check. The work is in scripts/.

# The PostgreSQL to build for: 16 and 18 are fetched where the distribution has none; PG_CONFIG names any other.
PG ?= 15
export PG

# A labelled set of conversations that make bench answers from, if it is there.
LOCOMO ?= ../shared/locomo-dev
export LOCOMO

.PHONY: help
help: ## say what can be made
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile | expand -t 16

.PHONY: demo
demo: ## install what is missing, then play a week of a small business on a private cluster
	@scripts/demo

.PHONY: pages
pages: ## serve the pages of a person and of an operator over the demo's data, until interrupted
	@scripts/pages

.PHONY: check
check: ## install what is missing, then run every test; the last line counts them
	@scripts/check

.PHONY: check-all
check-all: ## the same on PostgreSQL 15, 16 and 18, as before a release
	@for version in 15 16 18; do PG=$$version scripts/check || exit 1; done

.PHONY: bench
bench: ## measure what the README quotes
	@scripts/bench

.PHONY: install
install: ## build homer and install it into this machine's PostgreSQL
	@scripts/install

.PHONY: package
package: ## make an archive and a .deb to install from, in target/package
	@scripts/package

.PHONY: clean
clean: ## remove what was built, and the private PostgreSQL of this clone
	@scripts/clean
