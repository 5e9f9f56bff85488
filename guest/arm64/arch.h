// SPDX-License-Identifier: GPL-2.0-only
// arm64: doorbell and barriers.
#pragma once

#include "arm64/doorbell.h"
#include "interpreter.h"

namespace mmuw::guest {

struct Arch : DirectAccess {
    // A plain store, which KVM can decode from the syndrome alone.
    static void doorbell() {
        asm volatile("str wzr, [%0]" : : "r"(static_cast<unsigned long>(MMUW_DOORBELL)) : "memory");
    }

    static void relax() { asm volatile("yield" : : : "memory"); }

    // Stores become visible in any order without it.
    static void write_done() { asm volatile("dmb ishst" : : : "memory"); }
};

}  // namespace mmuw::guest
