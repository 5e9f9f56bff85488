// SPDX-License-Identifier: GPL-2.0-only
// arm64: doorbell and barriers.
#pragma once

#include "arm64/doorbell.h"
#include "interpreter.h"

// start.S
extern "C" {
mmuw::guest::Tried try_read(uint64_t address);
mmuw::guest::Tried try_write(uint64_t address, uint64_t value);
}

namespace mmuw::guest {

struct Arch : DirectAccess {
    // A plain store, which KVM can decode from the syndrome alone.
    static void doorbell() {
        asm volatile("str wzr, [%0]" : : "r"(static_cast<unsigned long>(MMUW_DOORBELL)) : "memory");
    }

    static void relax() { asm volatile("yield" : : : "memory"); }

    // Stores become visible in any order without it.
    static void write_done() { asm volatile("dmb ishst" : : : "memory"); }

    // A walk sees an entry that another CPU has made valid after a DSB there and an ISB here; what
    // a walk writes into an entry is seen by others after a DSB (Arm ARM, D8.5).
    static Tried try_read(uint64_t address) {
        asm volatile("isb" : : : "memory");
        const Tried tried = ::try_read(address);
        asm volatile("dsb ish" : : : "memory");
        return tried;
    }
    static Tried try_write(uint64_t address, uint64_t value) {
        asm volatile("isb" : : : "memory");
        const Tried tried = ::try_write(address, value);
        asm volatile("dsb ish" : : : "memory");
        return tried;
    }

    // By all CPUs.
    static void forget(uint64_t address) {
        asm volatile("dsb ishst; tlbi vaae1is, %0; dsb ish; isb" : : "r"(address >> 12) : "memory");
    }
    static void forget_all(uint64_t /*root*/, uint64_t /*how*/) {
        asm volatile("dsb ishst; tlbi vmalle1is; dsb ish; isb" : : : "memory");
    }
};

}  // namespace mmuw::guest
