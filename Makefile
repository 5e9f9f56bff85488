# SPDX-License-Identifier: GPL-2.0-only
# The doors. Everything is done by scripts/; see `make help`.
export $(shell sed -nE "s/^([A-Z_0-9]+)[ =].*/\1/p" scripts/variables)

build:
	@HOST="$${HOST:-local}" scripts/build

run unit selftest mutants check matrix bench hammer compare doctor lint update clean help:
	@scripts/$@

.PHONY: build run unit selftest mutants check matrix bench hammer compare doctor lint update clean help
