// SPDX-License-Identifier: GPL-2.0-only
// The VMM pre-faults memory (KVM_PRE_FAULT_MEMORY).
#include <linux/kvm.h>
#include <sys/mman.h>

#include <future>
#include <string>
#include <vector>

#include "base/sys_error.h"
#include "director/gate.h"
#include "run/scenario_test.h"

namespace mmuw::prefault {

namespace {

constexpr std::uint64_t kPages = 64;
constexpr int kRounds = 6;

class Prefault : public ScenarioTest {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        if (run_.kvm.check_extension(KVM_CAP_PRE_FAULT_MEMORY) == 0)
            GTEST_SKIP() << "this kernel has no KVM_PRE_FAULT_MEMORY";
        promise({"prefault-ends"});
    }
};

// The guest accesses pages, the VMM pre-faults them, and the host syncs: the SPTEs that go then
// must still say that the pages were accessed.
TEST_F(Prefault, KeepsAccessedBits) {
    promise({"prefault-keeps-young"});
    WitnessedFile& file = add_file(kPages);
    Guest& guest = start_guest(file, {});
    for (int round = 0; round < kRounds; round++) {
        guest.write(0, 0, kPages / 2);
        guest.read(0, kPages / 2, kPages / 2);
        const bool ended = guest.prefault(0, 0, kPages);
        file.sync(Sync::kMsync, [&] {
            std::vector<Expectation> written;
            append_written(guest, kPages, written);
            return written;
        });
        trial(ended);
    }
}

// With the log on: what is written through an SPTE that was pre-faulted is in it as well.
class PrefaultLogged : public Prefault, public testing::WithParamInterface<DirtyLogKind> {};

TEST_P(PrefaultLogged, WritesAreLogged) {
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    promise({"log-complete"});
    Mapping& memory = add_anonymous(kPages);
    Guest& guest = add_guest({.pages = kPages, .log = GetParam()});
    Memslot& slot = guest.add_memory(0, kPages, memory.get());
    guest.start();
    guest.log().enable(slot);
    guest.write(0, 0, kPages);
    for (int round = 0; round < kRounds; round++) {
        // No SPTE is left, and the host's page table allows to write: so does what is pre-faulted.
        for (const int rights : {PROT_READ, PROT_READ | PROT_WRITE})
            if (mprotect(memory.get(), kPages * page_size(), rights) != 0) throw_errno("mprotect");
        static_cast<void>(guest.log().collect(slot));
        const bool ended = guest.prefault(0, 0, kPages);
        guest.write(0, 0, kPages / 2);
        mark_written(guest, slot, 0, kPages / 2);
        static_cast<void>(guest.log().collect(slot));
        trial(ended);
    }
}

INSTANTIATE_TEST_SUITE_P(, PrefaultLogged,
                         testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kManual,
                                         DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

// From anywhere in a huge page to anywhere in another.
class PrefaultHuge : public Prefault {};

TEST_F(PrefaultHuge, MapsAllOfIt) {
    promise({"prefault-maps"});
    constexpr std::uint64_t kHuge = 3;
    const Memory memory = add_memory(MemoryKind::kHugeAnonymous, 0, kHuge);
    Guest& guest = add_guest({.pages = memory.pages()});
    guest.add_memory(0, memory.pages(), memory.bytes.data());
    guest.start();
    const std::uint64_t huge = memory.pages() / kHuge;
    bool any = false;
    for (const std::uint64_t first : {std::uint64_t{0}, std::uint64_t{1}, huge / 2, huge - 1, huge})
        for (const std::uint64_t end : {huge + 1, 2 * huge - 1, 2 * huge, 2 * huge + huge / 2}) {
            // No SPTE is left.
            for (const int rights : {PROT_READ, PROT_READ | PROT_WRITE})
                if (mprotect(memory.bytes.data(), memory.bytes.size(), rights) != 0)
                    throw_errno("mprotect");
            any |= guest.prefault(0, first, end - first);
            trial();
        }
    // Memslots that come and go all the time leave it none
    // (docs/reports/prefault-obsolete-root.md).
    if (!any)
        run_.witness.note(
            note::Rule{.name = "prefault-maps", .missing = "no pre-fault came to its end"});
}

// A memslot goes, and with it all page tables of the VM: they are obsolete already, and the vCPUs
// about to be told so, when one of them pre-faults a page of another memslot.
TEST_F(Prefault, EndsWhenRootsBecomeObsolete) {
    constexpr std::uint64_t kSpare = 8;
    constexpr int kTried = 24;
    if (const auto why = missing_point({"roots-request", "pfn-lookup"}); !why.empty())
        GTEST_SKIP() << why;
    WitnessedFile& file = add_file(kPages);
    Mapping& spare = add_anonymous(kSpare);
    Guest& guest = add_guest({.pages = kPages + kSpare});
    guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    const Actor vcpu0 = vcpu(guest, file, 0);
    const Actor remover = host(guest, file);

    // Pages that nothing has mapped yet: the look-up is sure to come.
    std::uint64_t page = kPages / 2;
    Gate gate(run_.module, remover.at("roots-request"), vcpu0.at("pfn-lookup", page));
    // The held task spins with its CPU: while the host has no second one, nobody gets past it.
    int met = 0;
    for (int round = 0; round < kRounds || (met == 0 && round < kTried); round++, page++) {
        guest.write(0, 0);  // in the guest it loads the roots that it shall have
        guest.pause();
        Memslot& slot = guest.add_memory(kPages, kSpare, spare.get());
        gate.arm(remover.at("roots-request"), vcpu0.at("pfn-lookup", page));
        auto removed = std::async(std::launch::async, [&] { guest.remove_memory(slot); });
        gate.wait_held();
        static_cast<void>(guest.prefault(0, page, 1));  // whether it ends is for the rule to say
        removed.get();
        guest.resume();
        const auto won = gate.won();
        met += won.value_or(true);
        trial(won);
    }
}

}  // namespace

}  // namespace mmuw::prefault
