// SPDX-License-Identifier: GPL-2.0-only
// A log is of small pages: what is logged is split, eagerly if KVM does that, and mapped in huge
// pages again when the log is off. By what KVM counts of a VM.
#include <chrono>
#include <format>
#include <string>
#include <thread>
#include <tuple>

#include "machine/setting.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"
#include "vmm/stats.h"

namespace mmuw::page_sizes {

namespace {

using namespace std::chrono_literals;
using Case = std::tuple<HugeKind, DirtyLogKind>;

// Where the memslot begins and ends, and what KVM may map of it.
struct Extent {
    std::uint64_t pages;           // of the memory
    std::uint64_t before, behind;  // pages that are not in the memslot
    const char* stat;              // KVM's count of SPTEs of the largest size that fits
    std::uint64_t whole;           // so many of them do
};

// The memslot begins and ends within a huge page, of which KVM must not map all.
Extent small_extent() {
    constexpr std::uint64_t kHuge = 4;
    return {.pages = kHuge * huge_bytes() / page_size(),
            .before = 5,
            .behind = 7,
            .stat = "pages_2m",
            .whole = kHuge - 2};
}

// One gigantic page and no more, so that KVM may map all of it at once.
Extent gigantic_extent() {
    return {.pages = huge_bytes(HugeKind::kGigantic) / page_size(),
            .before = 0,
            .behind = 0,
            .stat = "pages_1g",
            .whole = 1};
}

class PageSizes : public ScenarioTest, public testing::WithParamInterface<Case> {
  protected:
    static constexpr std::uint64_t kWrites = 12;         // with the log on
    static constexpr std::uint64_t kMostTouched = 4096;  // pages, of each huge page some
    static constexpr int kRounds = 3;

    [[nodiscard]] std::uint64_t count(const char* stat) const {
        return read_stat(guest_->vm(), stat).value_or(0);
    }
    [[nodiscard]] std::uint64_t largest_sptes() const { return count(extent_.stat); }
    [[nodiscard]] std::uint64_t huge_sptes() const { return count("pages_2m") + count("pages_1g"); }
    // The host's own memory is as it was: nobody has split it meanwhile.
    [[nodiscard]] bool host_is_huge() const {
        return memory_->huge_pages() == extent_.pages * page_size() / huge_bytes();
    }

    // What maps a huge page may take it away again, too (compaction, balancing): a page that stays
    // small is small however often it is touched.
    [[nodiscard]] std::uint64_t touch_until(std::uint64_t wanted) {
        const std::uint64_t step = 1 + slot_->pages() / kMostTouched;
        const auto until = std::chrono::steady_clock::now() + 2s;
        for (;;) {
            guest_->write(0, extent_.before, slot_->pages() / step, 0, step);
            const std::uint64_t found = largest_sptes();
            if (found >= wanted || std::chrono::steady_clock::now() > until) return found;
            std::this_thread::sleep_for(10ms);
        }
    }

    void say(mmuwitness_log_is log, std::uint64_t found, std::uint64_t wanted) {
        if (host_is_huge())
            mark(*guest_, mark::HugeSptes{
                              .slot = slot_->id(), .log = log, .found = found, .wanted = wanted});
    }

    // What is beside the memslot is in the same huge pages of the host's.
    void write_outside() {
        for (const std::uint64_t page : {extent_.before - 1, extent_.before + slot_->pages()}) {
            if (page >= extent_.pages) continue;  // there is nothing
            const std::uint64_t before = guest_->unbacked(0, page);
            guest_->write(0, page);
            mark(*guest_, mark::Outside{.gfn = guest_->gfn(page),
                                        .exits = guest_->unbacked(0, page) - before});
        }
    }

    Extent extent_{};
    HugeMemory* memory_ = nullptr;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
};

// Splits when the log is switched on, or what of it is cleared; kvm_intel and kvm_amd alike.
bool splits_eagerly() {
    const std::string parameters = "/sys/module/kvm/parameters/";
    for (const char* name : {"tdp_mmu", "eager_page_split"})
        if (!has_setting(parameters + name) || read_setting(parameters + name) != "Y") return false;
    return true;
}

TEST_P(PageSizes, FollowTheLog) {
    const auto [memory, kind] = GetParam();
    std::string why;
    if (!supported(run_.kvm, kind, &why)) GTEST_SKIP() << why;
    if (!run_.options.perturbation.empty()) GTEST_SKIP() << "a disturber may split huge pages";
    constexpr std::size_t kMost = 2U << 20;
    if (huge_bytes() > kMost) GTEST_SKIP() << "a huge page is " << (huge_bytes() >> 20) << " MB";
    extent_ = memory == HugeKind::kGigantic ? gigantic_extent() : small_extent();
    const auto [pages, first, behind, stat, whole] = extent_;
    guest_ = &add_guest({.pages = pages, .log = kind, .count_unbacked = true});
    // Before the memory: a gigantic page is much to ask of a machine.
    if (!read_stat(guest_->vm(), stat)) GTEST_SKIP() << "this KVM does not count " << stat;
    try {
        memory_ = &add_huge(memory, pages);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    slot_ = &guest_->add_memory(first, pages - first - behind,
                                memory_->span().data() + first * page_size());
    guest_->start();
    const std::uint64_t before = touch_until(whole);
    const std::string shadow = arch::why_no_spte_events();
    if (before == 0 && !shadow.empty()) GTEST_SKIP() << shadow;
    promise({"huge-pages"});
    if (first > 0) promise({"isolated"});
    say(MMUWITNESS_LOG_OFF, before, whole);
    write_outside();
    for (int round = 0; round < kRounds; round++) {
        guest_->log().enable(*slot_);
        if (kind == DirtyLogKind::kManualInitSet) static_cast<void>(guest_->log().collect(*slot_));
        if (splits_eagerly()) say(MMUWITNESS_LOG_ON, huge_sptes(), 0);
        guest_->write(0, first, kWrites, 0, slot_->pages() / kWrites);
        guest_->log().disable(*slot_);
        say(MMUWITNESS_LOG_OFF, touch_until(before), before);
        write_outside();
        trial(host_is_huge());
    }
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    return std::format(
        "{}_{}", to_string(std::get<0>(info.param)),
        std::get<1>(info.param) == DirtyLogKind::kManualInitSet ? "initset" : "bitmap");
}

INSTANTIATE_TEST_SUITE_P(, PageSizes,
                         testing::Values(Case{HugeKind::kAnonymous, DirtyLogKind::kBitmap},
                                         Case{HugeKind::kAnonymous, DirtyLogKind::kManualInitSet}),
                         case_name);
INSTANTIATE_TEST_SUITE_P(
    Full, PageSizes,
    testing::Combine(testing::Values(HugeKind::kShared, HugeKind::kHugetlb, HugeKind::kGigantic),
                     testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kManualInitSet)),
    case_name);

}  // namespace

}  // namespace mmuw::page_sizes
