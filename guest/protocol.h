// SPDX-License-Identifier: GPL-2.0-only
// What the payload and the harness share: layouts in guest memory, nothing else.
//
// All of it lies in the private slot: anonymous memory, never logged. The harness writes fields
// marked (host), the payload those marked (guest). Counters only grow, so each side may poll the
// other's without a lock: loads acquire, stores release.
//
// A data page is named by its index from the start of data memory. It consists of 8-byte lanes;
// each writer (a vCPU of any VM, or the harness) owns one lane in every page and writes growing
// stamps to it, so the newest of two versions of a page is always known. Pages that are the guest's
// own page tables have entries instead, and pages may be named that these lead to.
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace mmuw::guest {

enum class Op : uint32_t {
    kWrite = 1,            // each page once: stamp, or with stamp 0 a new stamp per page
    kRead,                 // each page once: sums the lane
    kAdd,                  // each page once: atomically adds `stamp` to the lane
    kWriteWhile,           // pages in `order`, a new stamp each, until stopped
    kReadWhile,            // pages in `order`, until stopped
    kSpin,                 // touches nothing, until stopped
    kWriteEmulated,        // as kWrite and kAdd, by KVM's emulator: where the architecture can have
    kAddEmulated,          // that, and the machine is set up for it
    kWriteEmulatedAcross,  // likewise: `stamp`, half of it at the page's end, half at the next
                           // one's
    kReadEmulated,         // likewise: as kRead
    kReadEmulatedAcross,   // ... of the page's last bytes and the next one's first ones
    kReadPort,  // each page once: `stamp` lanes from this one on are what the VMM answers at its
                // port, by one string instruction; where there are ports
    kExecute,   // each page once: calls the code in the lane, and sums what it returns; where the
                // architecture's instruction caches are coherent
    // Where the guest has page tables of its own (GuestConfig::own_tables), also in their range.
    kTryRead,    // each page once: loads the lane; `sum` counts those that were not refused
    kTryWrite,   // likewise: stores `stamp` in the lane; the journal tells nothing of it
    kForget,     // each page once: this CPU's TLB forgets it; arm64: all CPUs'
    kForgetAll,  // likewise all that it has; `stamp`: how, where there are several ways
    // Where the guest may have guests: each page once, by one of these, whose control block is at
    // `seed`. It is given the lane's address and `stamp`; what it leaves is summed.
    kNested,
    // Where KVM tells the guest of pages that it has to wait for (struct AsyncFaults): until all of
    // them are there.
    kAwaitPages,
};

// What the vCPU does when its ring is empty after the command.
enum class Idle : uint32_t {
    kPark,  // rings the doorbell: an exit; the vCPU thread sleeps until there is work
    kStay,  // polls: no exit, so no exit's TLB flush hides one that KVM forgot
    kHalt,  // as kPark, by the CPU's instruction to wait for an interrupt, where that is an exit
};

inline bool is_parking(Idle idle) {
    return idle != Idle::kStay;
}

enum class Order : uint32_t {
    kRoundRobin,
    kRandom,  // xorshift64 from `seed`: the same seed gives the same order
};

inline constexpr uint32_t kOwnLane = ~0u;
inline constexpr uint32_t kRingEntries = 32;  // power of two

struct Command {
    Op op;            // (host)
    Idle idle;        // (host)
    Order order;      // (host) WRITE_WHILE, READ_WHILE
    uint32_t lane;    // (host) READ, ADD, TRY: lane or kOwnLane. WRITE always uses the own lane.
    uint64_t first;   // (host) data page index
    uint64_t count;   // (host) pages touched; pages are first, first + stride, ...
    uint64_t stride;  // (host) in pages, at least 1
    uint64_t stamp;   // (host) WRITE: 0 or the stamp; TRY_WRITE: any value; ADD: the addend
    uint64_t seed;    // (host) kRandom, not 0; NESTED: an address
    uint64_t relax;   // (host) pauses after each page of a WHILE command
    uint64_t last;    // (guest) last stamp written, last value read or sum made
    uint64_t sum;     // (guest) READ: sum of the lane over all pages; TRY: pages that were not
                      // refused; else pages touched
};

// One page for each vCPU.
struct Control {
    // Set before the vCPU starts.
    uint64_t stack_top;   // (host) first: start.S knows only this field
    uint64_t data;        // (host) guest address of data page 0
    uint64_t journal;     // (host) guest address of this vCPU's journal
    uint64_t pages;       // (host) data pages that the journal covers
    uint64_t root;        // (host) guest address of the vCPU's page tables
    uint32_t page_shift;  // (host) of a data page
    uint32_t lane;        // (host) this vCPU's own lane
    Idle first_idle;      // (host) before the first command
    uint32_t reserved0[3];

    alignas(64) uint64_t posted;  // (host) commands ever posted; n-th is ring[n % kRingEntries]
    uint64_t stop;                // (host) WHILE commands up to this number end
    uint64_t reserved1[6];

    alignas(64) uint64_t done;  // (guest) commands ever finished
    uint64_t begun;             // (guest) commands ever begun; WHILE: first page was touched
    uint64_t progress;          // (guest) pages ever touched
    uint64_t stamp;             // (guest) newest stamp of the own lane
    uint64_t ready;             // (guest) 1: in the command loop, every private page was touched
    uint64_t reserved2[3];

    alignas(64) Command ring[kRingEntries];
};

// Asynchronous page faults, kAsyncFaults behind each Control: what KVM tells of them, once it is
// switched on (x86: Documentation/virt/kvm/x86/msr.rst, MSR_KVM_ASYNC_PF_EN), and what the guest
// keeps of it.
inline constexpr uint64_t kAsyncFaults = 4096;
struct AsyncFaults {
    uint32_t absent;   // (KVM) not 0: a page that the guest touched has to come; its token is told
    uint32_t present;  // (KVM) the token of one that has come; the guest takes it away: 0
    uint32_t reserved[14];
    uint64_t told;       // (guest) pages that had to come ...
    uint64_t told_sum;   // (guest) ... and all their tokens
    uint64_t taken;      // (guest) likewise those that have
    uint64_t taken_sum;  // (guest)
};

// The token of all pages at once, that have been told of by now.
inline constexpr uint32_t kAllPages = ~0u;

// The journal: uint64_t[pages], the last stamp whose write has completed, per data page. It is
// stored after the data, with release: whoever loads it with acquire may count on the data.

static_assert(sizeof(Command) == 80);
static_assert(sizeof(Control) <= 4096);
static_assert(offsetof(Control, stack_top) == 0);

}  // namespace mmuw::guest
