#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Beside the page of this name: as root, on a machine that may be booted again.
cd /sys/kernel/tracing || exit 1
echo 'p:h/a folio_mkclean' >kprobe_events
echo 1 >events/h/a/enable
echo 0 >/proc/sys/kernel/ftrace_enabled
echo 0 >events/h/a/enable
echo 1 >/proc/sys/kernel/ftrace_enabled
echo 'p:h/b vfs_fsync_range' >>kprobe_events
echo 1 >events/h/b/enable
echo 0 >events/h/b/enable
dmesg | grep -A 3 'ftrace_shutdown'
