// SPDX-License-Identifier: GPL-2.0-only
// Copy-on-write under a guest: it reads anonymous memory that nobody has written (the zero page,
// read-only), then writes it. Up to 6.9 the primary MMU announces the new PTE by change_pte.
#include "run/scenario_test.h"

namespace mmuw::change_pte {

namespace {

constexpr std::uint64_t kPages = 32;
constexpr int kRounds = 4;

class ChangePte : public ScenarioTest {};

TEST_F(ChangePte, CopyOnWriteIsBracketed) {
    promise({"change-pte-bracketed"});
    Mapping& memory = add_anonymous(kPages);
    Guest& guest = add_guest({.pages = kPages});
    guest.add_memory(0, kPages, memory.get());
    guest.start();
    for (int round = 0; round < kRounds; round++) {
        guest.read(0, 0, kPages);
        guest.write(0, 0, kPages);
        // Back to nothing, for the next round.
        if (madvise(memory.get(), memory.size(), MADV_DONTNEED) != 0)
            throw_errno("madvise(MADV_DONTNEED)");
        trial();
    }
}

}  // namespace

}  // namespace mmuw::change_pte
