# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034 # read by scripts/run
# This machine: its own kernel and KVM, bare metal as a rule.
HOST_KIND=local
HOST_ARCH=$(native_arch)
HOST_TIMEOUT=600
