# SPDX-License-Identifier: GPL-2.0-only
# The doors. Everything is done by scripts/; see `make help`.
export HOST KERNEL FS FILTER SUITE MUTANT MMU PLANT SCRIPT REPORT APPEND TIMEOUT ARGS HOST_SCRIPT PARTS TARGETS TESTS LIMIT NIGHTLY HOST_MEMORY CHECKPATCH QEMU_LOONGARCH64

build:
	@HOST="$${HOST:-local}" scripts/build

run selftest mutants check nightly bench hammer compare doctor lint update clean help:
	@scripts/$@

.PHONY: build run selftest mutants check nightly bench hammer compare doctor lint update clean help
