// SPDX-License-Identifier: GPL-2.0-only
// What KVM counts as mapped (pages_4k, pages_2m, pages_1g of a VM) goes down when it is mapped no
// more: dropped by the host, or with its memslot.
#include <sys/mman.h>

#include "base/sys_error.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"
#include "vmm/stats.h"

namespace mmuw::mapped_pages {

namespace {

struct Counts {
    std::uint64_t small = 0, huge = 0;
};

class MappedPages : public ScenarioTest, public testing::WithParamInterface<MemoryKind> {
  protected:
    static constexpr std::uint64_t kSmall = 512, kHuge = 3;
    static constexpr int kRounds = 4;

    [[nodiscard]] Counts counts() const {
        const Vm& vm = guest_->vm();
        return {
            .small = read_stat(vm, "pages_4k").value_or(0),
            .huge = read_stat(vm, "pages_2m").value_or(0) + read_stat(vm, "pages_1g").value_or(0)};
    }

    // What is counted then is the guest's own, in small pages.
    Counts map_and_drop(int round) {
        guest_->write(0, 0, memory_.pages());
        guest_->read(0, 0, memory_.pages());
        most_ = counts();
        if (round % 2 == 0) {
            if (madvise(memory_.page(0), memory_.bytes.size(), MADV_DONTNEED) != 0)
                throw_errno("madvise(MADV_DONTNEED)");
            return counts();
        }
        guest_->remove_memory(*slot_);
        const Counts now = counts();
        slot_ = &guest_->add_memory(0, memory_.pages(), memory_.page(0));
        return now;
    }

    // Of the guest's own pages some may not be mapped at times, when the host moves them: what is
    // not counted down is not for any page.
    void judge(const Counts& first, const Counts& now) {
        const std::uint64_t some = memory_.pages() / 2;
        const std::uint64_t small = now.small > first.small + some ? now.small - first.small : 0;
        run_.witness.mark(0, mark::Left{.what = MMUWITNESS_LEFT_SPTES, .count = small + now.huge});
    }

    Memory memory_;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
    Counts most_;
};

TEST_P(MappedPages, AreCountedDown) {
    if (run_.kvm.mmu().reference) GTEST_SKIP() << "the reference MMU counts nothing";
    if (!run_.options.perturbation.empty())
        GTEST_SKIP() << "what disturbers map is counted as well";
    try {
        memory_ = add_memory(GetParam(), kSmall, kHuge);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    guest_ = &add_guest({.pages = memory_.pages()});
    if (!read_stat(guest_->vm(), "pages_4k")) GTEST_SKIP() << "this KVM does not count pages_4k";
    promise({"nothing-left"});
    slot_ = &guest_->add_memory(0, memory_.pages(), memory_.page(0));
    guest_->start();
    const Counts first = map_and_drop(0);
    for (int round = 1; round <= kRounds; round++) {
        const Counts now = map_and_drop(round);
        judge(first, now);
        trial(is_huge(GetParam()) ? most_.huge != 0
                                  : most_.small >= first.small + memory_.pages() / 2);
    }
}

INSTANTIATE_TEST_SUITE_P(, MappedPages,
                         testing::Values(MemoryKind::kAnonymous, MemoryKind::kHugeAnonymous),
                         [](const auto& info) { return std::string(name_of(info.param)); });
INSTANTIATE_TEST_SUITE_P(Full, MappedPages,
                         testing::Values(MemoryKind::kFile, MemoryKind::kHugeShared,
                                         MemoryKind::kHugetlb),
                         [](const auto& info) { return std::string(name_of(info.param)); });

}  // namespace

}  // namespace mmuw::mapped_pages
