// SPDX-License-Identifier: GPL-2.0-only
// Which lines of the kernel log count against a scenario.
#include <gtest/gtest.h>

#include "witness/kernel_log.h"

namespace mmuw {
namespace {

TEST(KernelLog, ComplaintsAreSuspicious) {
    for (const char* line : {
             "WARNING: CPU: 1 PID: 157 at arch/x86/kvm/mmu/tdp_mmu.c:1020 kvm_tdp_mmu_map+0x1/0x2",
             "kernel BUG at arch/x86/kvm/mmu/tdp_mmu.c:473!",
             "Oops: general protection fault, probably for non-canonical address: 0000 [#1]",
             "WARNING: possible circular locking dependency detected",
             "rcu: INFO: rcu_preempt self-detected stall on CPU",
             "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [vcpu0:171]",
             "INFO: task mmuwitness:157 blocked for more than 120 seconds.",
             "BTRFS error (device vda): bdev /dev/vda errs: wr 1, rd 0, flush 0, corrupt 0, gen 0",
             "XFS (vda): Internal error ltbno + ltlen > bno at line 1590 of file "
             "fs/xfs/xfs_alloc.c",
             "EXT4-fs error (device vda): ext4_writepages:2695: comm kworker: error",
             "I/O error, dev vda, sector 8 op 0x1:(WRITE) flags 0x800 phys_seg 1",
         })
        EXPECT_TRUE(is_suspicious(line)) << line;
}

TEST(KernelLog, OrdinaryLinesAreNot) {
    for (const char* line : {
             "BTRFS info (device vda): using free-space-tree",
             "XFS (vda): Mounting V5 Filesystem 0b4a9f1c-6e0d-4f5c-9d7e-2f6b3c1a8e55",
             "EXT4-fs (vda): mounted filesystem with ordered data mode. Quota mode: none.",
             "mmuwitness: loading out-of-tree module taints kernel.",
             "kvm_amd: Nested Paging enabled",
             "clocksource: Switched to clocksource tsc",
             "workqueue: kcryptd hogged CPU for >10000us 4 times, consider switching",
         })
        EXPECT_FALSE(is_suspicious(line)) << line;
}

}  // namespace
}  // namespace mmuw
