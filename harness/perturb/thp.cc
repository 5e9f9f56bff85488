// SPDX-License-Identifier: GPL-2.0-only
// thp: khugepaged without a pause, and memory of the VMM, in a memslot of every guest, that is
// collapsed into huge pages and taken apart again.
#include <unistd.h>

#include <cstring>

#include "perturb/disturbers.h"
#include "perturb/spare_slot.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

namespace mmuw {
namespace {

using namespace std::chrono_literals;
// Aligned or not, at least one fits.
constexpr std::size_t kHugePages = 3;
const std::string kDir = "/sys/kernel/mm/transparent_hugepage/";

class Thp : public Disturber {
  public:
    Thp(MachineGuard& guard, std::size_t huge)
        : memory_(kHugePages * huge, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) {
        if (read_setting(kDir + "enabled") == "never") guard.set(kDir + "enabled", "madvise");
        for (const auto& [file, value] : {std::pair{"defrag", "1"},
                                          {"pages_to_scan", "4096"},
                                          {"alloc_sleep_millisecs", "0"},
                                          {"scan_sleep_millisecs", "0"}})
            guard.set(kDir + "khugepaged/" + file, value);
    }

    void begin(Target& /*target*/) override {
        collapsed_ = asked_ = turn_ = 0;
        by_khugepaged_ = khugepaged();
    }
    void joined(Guest& guest) override {
        slots_.push_back(make_spare_slot(guest, kSpareThp, memory_));
    }
    void end() override { slots_.clear(); }

    // Small pages first; then they are khugepaged's to collapse, and in every other step ours.
    void step(Target& /*target*/, Random& /*random*/) override {
        madvise(memory_.get(), memory_.size(), MADV_DONTNEED);
        madvise(memory_.get(), memory_.size(), MADV_NOHUGEPAGE);
        for (std::size_t at = 0; at < memory_.size(); at += page_size())
            memory_.bytes()[at] = std::byte{1};
        if (madvise(memory_.get(), memory_.size(), MADV_HUGEPAGE) != 0)
            throw_errno("MADV_HUGEPAGE");
        if (turn_++ % 2 == 1) return;
        // EINVAL: a kernel before 6.1. It may find no huge page, or a page that is held.
        asked_++;
        if (madvise(memory_.get(), memory_.size(), MADV_COLLAPSE) == 0) collapsed_++;
    }

    [[nodiscard]] Pause pause() const override { return {20ms, 60ms}; }

    std::vector<Count> counts() override {
        const std::uint64_t others = khugepaged() - by_khugepaged_;
        return {{"collapsed", collapsed_ + others}, {"khugepaged", others}, {"asked", asked_}};
    }

  private:
    static std::uint64_t khugepaged() {
        return std::stoull(read_setting(kDir + "khugepaged/pages_collapsed"));
    }

    Mapping memory_;
    std::vector<std::unique_ptr<Memslot>> slots_;
    std::uint64_t collapsed_ = 0, asked_ = 0, turn_ = 0, by_khugepaged_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_thp(MachineGuard& guard) {
    if (access((kDir + "khugepaged").c_str(), F_OK) != 0)
        throw Unavailable("the kernel has no transparent huge pages (CONFIG_TRANSPARENT_HUGEPAGE)");
    return std::make_unique<Thp>(guard, std::stoull(read_setting(kDir + "hpage_pmd_size")));
}

}  // namespace mmuw
