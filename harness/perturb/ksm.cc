// SPDX-License-Identifier: GPL-2.0-only
// ksm: ksmd without a pause, and memory of the VMM, in a memslot of every guest, that it merges
// while it is being written to. Guest memory on files is not KSM's; its notifiers are KVM's all the
// same, and mmu_invalidate_seq moves under every fault.
#include <cstring>

#include "machine/ksmd.h"
#include "perturb/disturbers.h"
#include "perturb/spare_slot.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t kPages = 512;

class Ksm : public Disturber {
  public:
    explicit Ksm(MachineGuard& guard)
        : memory_(kPages * page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS) {
        // A huge page would have to be split first, and is not in KSM's interest.
        madvise(memory_.get(), memory_.size(), MADV_NOHUGEPAGE);
        if (madvise(memory_.get(), memory_.size(), MADV_MERGEABLE) != 0)
            throw_errno("MADV_MERGEABLE");
        for (std::size_t i = 0; i < kPages; i++) fill(i);
        run_ksmd_at_full_speed(guard);
    }

    void begin(Target& /*target*/) override {
        merged_ = unmerged_ = 0;
        last_ = merging();
        scans_ = scans();
    }
    void joined(Guest& guest) override {
        slots_.push_back(make_spare_slot(guest, kSpareKsm, memory_));
    }
    void end() override { slots_.clear(); }

    // A write to a merged page breaks it out; a while later it is like the others again.
    void step(Target& /*target*/, Random& random) override {
        const std::uint64_t before = count_merged();
        for (int i = 0; i < 32; i++) {
            const std::size_t page = random() % kPages;
            std::memset(memory_.bytes() + page * page_size(), static_cast<int>(random()), 64);
            fill(page);
        }
        const std::uint64_t after = merging();
        if (before > after) unmerged_ += before - after;
        last_ = after;
    }

    [[nodiscard]] Pause pause() const override { return {1ms, 5ms}; }

    std::vector<Count> counts() override {
        count_merged();
        return {{"merged", merged_}, {"unmerged", unmerged_}, {"scans", scans() - scans_}};
    }

  private:
    // Those since the last look.
    std::uint64_t count_merged() {
        const std::uint64_t now = merging();
        if (now > last_) merged_ += now - last_;
        return last_ = now;
    }
    void fill(std::size_t page) {
        std::memset(memory_.bytes() + page * page_size(), 0x5a, page_size());
    }
    static std::uint64_t number(const std::string& path) {
        try {
            return std::stoull(read_setting(path));
        } catch (const SysError&) {
            return 0;
        }
    }
    // Pages of this process that are merged now.
    static std::uint64_t merging() { return number("/proc/self/ksm_merging_pages"); }
    static std::uint64_t scans() { return number(std::string(kKsmDir) + "full_scans"); }

    Mapping memory_;
    std::vector<std::unique_ptr<Memslot>> slots_;
    std::uint64_t merged_ = 0, unmerged_ = 0, last_ = 0, scans_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_ksm(MachineGuard& guard) {
    if (!has_ksm()) throw Unavailable("the kernel has no KSM (CONFIG_KSM)");
    return std::make_unique<Ksm>(guard);
}

}  // namespace mmuw
