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

// The first line of what each checker of a debug kernel has to say.
TEST(KernelLog, ReportsOfDebugKernelsAreSuspicious) {
    for (const char* line : {
             "BUG: KASAN: slab-use-after-free in mmuw_end+0x12/0x40 [mmuwitness]",
             "BUG: KFENCE: out-of-bounds read in kvm_gfn_to_hva_cache_init+0x1/0x2",
             "BUG: KCSAN: data-race in folio_mark_dirty / folio_clear_dirty_for_io",
             "BUG: sleeping function called from invalid context at kernel/locking/mutex.c:585",
             "BUG: scheduling while atomic: mmuwitness/157/0x00000002",
             "BUG: using smp_processor_id() in preemptible [00000000] code: vcpu0/171",
             "BUG: spinlock bad magic on CPU#0, vcpu0/171",
             "BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 31s!",
             "BUG: MAX_LOCKDEP_ENTRIES too low!",
             "BUG kmalloc-64 (Tainted: G           O      ): Poison overwritten",
             "BUG kvm_mmu_page_header (Tainted: G O): Objects remaining on __kmem_cache_shutdown()",
             "WARNING: possible recursive locking detected",
             "WARNING: possible irq lock inversion dependency detected",
             "WARNING: inconsistent lock state",
             "WARNING: bad unlock balance detected!",
             "WARNING: held lock freed!",
             "WARNING: suspicious RCU usage",
             "[ BUG: Invalid wait context ]",
             "DEBUG_LOCKS_WARN_ON(1)",
             "INFO: trying to register non-static key.",
             "INFO: task mmuwitness:157 blocked for more than 120 seconds.",
             "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
             "UBSAN: array-index-out-of-bounds in mm/vmscan.c:100:2",
             "ODEBUG: free active (active state 0) object: 00000000 object type: work_struct hint: "
             "f",
             "kmemleak: 1 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
             "CFI failure at trace_call_bpf+0x1/0x2 (target: f+0x0/0x2; expected type: 0x7a9de67)",
             "list_del corruption. prev->next should be ffff888001, but was ffff888002",
             "refcount_t: underflow; use-after-free.",
             "page dumped because: VM_WARN_ON_FOLIO(folio_test_dirty(folio))",
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
             "kmemleak: Automatic memory scanning thread started",
             "kasan: KernelAddressSanitizer initialized",
             "Running RCU self tests",
             "** This means that this is a DEBUG kernel **",
             "workqueue: kcryptd hogged CPU for >10000us 4 times, consider switching",
         })
        EXPECT_FALSE(is_suspicious(line)) << line;
}

}  // namespace
}  // namespace mmuw
