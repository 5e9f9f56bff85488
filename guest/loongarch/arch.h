// SPDX-License-Identifier: GPL-2.0-only
// LoongArch: doorbell and barriers.
#pragma once

#include "interpreter.h"
#include "loongarch/doorbell.h"

namespace mmuw::guest {

struct Arch : DirectAccess {
    // Not a store to an address without memory: KVM would look for a page first.
    static void doorbell() {
        asm volatile("iocsrwr.w $zero, %0" : : "r"(MMUW_DOORBELL) : "memory");
    }

    // There is no instruction for it.
    static void relax() { asm volatile("nop" : : : "memory"); }

    // Stores become visible in any order without it. Orders stores among each other; what does
    // not know the hint takes it for a full barrier.
    static void write_done() { asm volatile("dbar 0x1a" : : : "memory"); }
};

}  // namespace mmuw::guest
