// SPDX-License-Identifier: GPL-2.0-only
// x86-64: doorbell and barriers.
#pragma once

#include "interpreter.h"
#include "x86/doorbell.h"

// start.S
extern "C" {
mmuw::guest::Tried try_read(uint64_t address);
mmuw::guest::Tried try_write(uint64_t address, uint64_t value);
}

namespace mmuw::guest {

// What start.S knows of it.
static_assert(kAsyncFaults == MMUW_ASYNC_FAULTS);
static_assert(offsetof(AsyncFaults, absent) == MMUW_ABSENT &&
              offsetof(AsyncFaults, present) == MMUW_PRESENT &&
              offsetof(AsyncFaults, told) == MMUW_TOLD &&
              offsetof(AsyncFaults, told_sum) == MMUW_TOLD_SUM &&
              offsetof(AsyncFaults, taken) == MMUW_TAKEN &&
              offsetof(AsyncFaults, taken_sum) == MMUW_TAKEN_SUM);

struct Arch : DirectAccess {
    // KVM_EXIT_IO
    static void doorbell() {
        asm volatile("outb %%al, %%dx" : : "a"(0), "d"(MMUW_DOORBELL) : "memory");
    }

    // KVM_EXIT_HLT
    static void halt() { asm volatile("hlt" : : : "memory"); }

    static void relax() { asm volatile("pause" : : : "memory"); }

    // The prefix has KVM emulate what follows, with its parameter force_emulation_prefix.
    static void store_emulated(uint64_t address, uint64_t value) {
        asm volatile(".byte 0x0f, 0x0b, 0x6b, 0x76, 0x6d; movq %1, (%0)"
                     :
                     : "r"(address), "r"(value)
                     : "memory");
    }
    static uint64_t load_emulated(uint64_t address) {
        uint64_t value;
        asm volatile(".byte 0x0f, 0x0b, 0x6b, 0x76, 0x6d; movq (%1), %0"
                     : "=r"(value)
                     : "r"(address)
                     : "memory");
        return value;
    }
    static void add_emulated(uint64_t address, uint64_t addend) {
        asm volatile(".byte 0x0f, 0x0b, 0x6b, 0x76, 0x6d; lock addq %1, (%0)"
                     :
                     : "r"(address), "r"(addend)
                     : "memory", "cc");
    }

    // KVM_EXIT_IO, and KVM stores what comes back: four bytes at a time.
    static void read_port(uint64_t address, uint64_t lanes) {
        uint64_t count = 2 * lanes;
        asm volatile("rep insl" : "+D"(address), "+c"(count) : "d"(MMUW_DATA) : "memory");
    }

    // Code that leaves all registers but RAX as they are.
    static uint64_t execute(uint64_t address) {
        uint64_t value;
        asm volatile("call *%1" : "=a"(value) : "r"(address) : "memory", "cc");
        return value;
    }

    static Tried try_read(uint64_t address) { return ::try_read(address); }
    static Tried try_write(uint64_t address, uint64_t value) { return ::try_write(address, value); }

    static void forget(uint64_t address) {
        asm volatile("invlpg (%0)" : : "r"(address) : "memory");
    }
    // The root is not read from CR3: under emulated SVM that was seen not to be intercepted, and to
    // give the root of KVM's shadow page tables.
    static void forget_all(uint64_t root, uint64_t how) {
        if (how == 0) {
            asm volatile("movq %0, %%cr3" : : "r"(root) : "memory");
            return;
        }
        // Any change of CR4.PGE. The rest is as the VMM has set it, and not read, as above.
        constexpr uint64_t kPae = 1 << 5, kPge = 1 << 7;
        asm volatile("movq %0, %%cr4; movq %1, %%cr4" : : "r"(kPae | kPge), "r"(kPae) : "memory");
    }

    // A guest that is given RBX and RCX, changes RCX and ends; SVM. It leaves GIF clear.
    static uint64_t run_nested(uint64_t control, uint64_t address, uint64_t value) {
        asm volatile("vmrun; stgi" : "+c"(value) : "a"(control), "b"(address) : "memory", "cc");
        return value;
    }

    // KVM may tell of the next page that has come.
    static void page_taken() {
        asm volatile("wrmsr" : : "a"(1), "d"(0), "c"(MMUW_PAGE_TAKEN) : "memory");
    }

    // Stores of one CPU are seen in order: the compiler is all that must be held back.
    static void write_done() { asm volatile("" : : : "memory"); }
};

}  // namespace mmuw::guest
