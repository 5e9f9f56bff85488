// SPDX-License-Identifier: GPL-2.0-only
// x86-64: doorbell and barriers.
#pragma once

#include "interpreter.h"
#include "x86/doorbell.h"

namespace mmuw::guest {

struct Arch : DirectAccess {
    // KVM_EXIT_IO; not hlt, after which emulated VMX was seen to keep writes in the PML buffer.
    static void doorbell() {
        asm volatile("outb %%al, %%dx" : : "a"(0), "d"(MMUW_DOORBELL) : "memory");
    }

    static void relax() { asm volatile("pause" : : : "memory"); }

    // The prefix has KVM emulate what follows, with its parameter force_emulation_prefix.
    static void store_emulated(uint64_t address, uint64_t value) {
        asm volatile(".byte 0x0f, 0x0b, 0x6b, 0x76, 0x6d; movq %1, (%0)"
                     :
                     : "r"(address), "r"(value)
                     : "memory");
    }
    static void add_emulated(uint64_t address, uint64_t addend) {
        asm volatile(".byte 0x0f, 0x0b, 0x6b, 0x76, 0x6d; lock addq %1, (%0)"
                     :
                     : "r"(address), "r"(addend)
                     : "memory", "cc");
    }

    // Code that leaves all registers but RAX as they are.
    static uint64_t execute(uint64_t address) {
        uint64_t value;
        asm volatile("call *%1" : "=a"(value) : "r"(address) : "memory", "cc");
        return value;
    }

    // Stores of one CPU are seen in order: the compiler is all that must be held back.
    static void write_done() { asm volatile("" : : : "memory"); }
};

}  // namespace mmuw::guest
