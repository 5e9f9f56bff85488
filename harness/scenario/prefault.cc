// SPDX-License-Identifier: GPL-2.0-only
// The guest accesses pages, the VMM pre-faults them (KVM_PRE_FAULT_MEMORY), and the host syncs: the
// SPTEs that go then must still say that the pages were accessed.
#include <linux/kvm.h>

#include "scenario/scenario_test.h"

namespace mmuw {

namespace {

constexpr std::uint64_t kPages = 64;
constexpr int kRounds = 6;

class Prefault : public ScenarioTest {};

TEST_F(Prefault, KeepsAccessedBits) {
    if (run_.kvm.check_extension(KVM_CAP_PRE_FAULT_MEMORY) == 0)
        GTEST_SKIP() << "this kernel has no KVM_PRE_FAULT_MEMORY";
    promise({"prefault-keeps-young"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {});
    for (int round = 0; round < kRounds; round++) {
        guest.write(0, 0, kPages / 2);
        guest.read(0, kPages / 2, kPages / 2);
        guest.prefault(0, 0, kPages);
        file.sync(Sync::kMsync, [&] {
            std::vector<Expectation> written;
            append_written(guest, kPages, written);
            return written;
        });
        trial();
    }
}

}  // namespace

}  // namespace mmuw
