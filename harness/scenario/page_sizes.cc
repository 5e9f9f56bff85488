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

class PageSizes : public ScenarioTest, public testing::WithParamInterface<Case> {
  protected:
    // The memslot begins and ends within a huge page, of which KVM must not map all.
    static constexpr std::uint64_t kHuge = 4, kWhole = kHuge - 2;
    static constexpr std::uint64_t kBefore = 5, kBehind = 7;  // pages of these huge pages
    static constexpr std::uint64_t kWrites = 12;              // with the log on
    static constexpr int kRounds = 3;

    [[nodiscard]] std::uint64_t huge_sptes() const {
        return read_stat(guest_->vm(), "pages_2m").value_or(0);
    }
    // The host's own memory is as it was: nobody has split it meanwhile.
    [[nodiscard]] bool host_is_huge() const { return memory_->huge_pages() == kHuge; }

    // What maps a huge page may take it away again, too (compaction, balancing): a page that stays
    // small is small however often it is touched.
    [[nodiscard]] std::uint64_t touch_until(std::uint64_t wanted) {
        const auto until = std::chrono::steady_clock::now() + 2s;
        for (;;) {
            guest_->write(0, kBefore, slot_->pages());
            const std::uint64_t found = huge_sptes();
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
        for (const std::uint64_t page : {kBefore - 1, kBefore + slot_->pages()}) {
            const std::uint64_t before = guest_->unbacked(0, page);
            guest_->write(0, page);
            mark(*guest_, mark::Outside{.gfn = guest_->gfn(page),
                                        .exits = guest_->unbacked(0, page) - before});
        }
    }

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
    const std::uint64_t pages = kHuge * huge_bytes() / page_size();
    try {
        memory_ = &add_huge(memory, pages);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    guest_ = &add_guest({.pages = pages, .log = kind, .count_unbacked = true});
    if (!read_stat(guest_->vm(), "pages_2m")) GTEST_SKIP() << "this KVM does not count pages_2m";
    slot_ = &guest_->add_memory(kBefore, pages - kBefore - kBehind,
                                memory_->span().data() + kBefore * page_size());
    guest_->start();
    const std::uint64_t before = touch_until(kWhole);
    const std::string shadow = arch::why_no_spte_events();
    if (before == 0 && !shadow.empty()) GTEST_SKIP() << shadow;
    promise({"huge-pages", "isolated"});
    say(MMUWITNESS_LOG_OFF, before, kWhole);
    write_outside();
    for (int round = 0; round < kRounds; round++) {
        guest_->log().enable(*slot_);
        if (kind == DirtyLogKind::kManualInitSet) static_cast<void>(guest_->log().collect(*slot_));
        if (splits_eagerly()) say(MMUWITNESS_LOG_ON, huge_sptes(), 0);
        guest_->write(0, kBefore, kWrites, 0, slot_->pages() / kWrites);
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
INSTANTIATE_TEST_SUITE_P(Full, PageSizes,
                         testing::Combine(testing::Values(HugeKind::kShared, HugeKind::kHugetlb),
                                          testing::Values(DirtyLogKind::kBitmap,
                                                          DirtyLogKind::kManualInitSet)),
                         case_name);

}  // namespace

}  // namespace mmuw::page_sizes
