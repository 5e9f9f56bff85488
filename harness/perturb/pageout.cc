// SPDX-License-Identifier: GPL-2.0-only
// pageout: reclaim aimed at the guest's pages. A clean page leaves memory, a dirty one its page
// tables (shrink_folio_list() unmaps before it looks at PG_dirty).
#include "machine/pagemap.h"
#include "perturb/disturbers.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

class Pageout : public Disturber {
  public:
    void begin(Target& /*target*/) override { unmapped_ = asked_ = 0; }

    void step(Target& target, Random& random) override {
        const auto memory = target.memory();
        if (memory.empty()) return;
        const std::span<std::byte> all = memory[random() % memory.size()];
        const std::uint64_t pages = all.size() / page_size();
        const std::uint64_t first = random() % pages;
        const std::uint64_t count = 1 + random() % (pages - first);
        const auto part = all.subspan(first * page_size(), count * page_size());
        const auto before = pagemap_.pfns(part);
        // A hint: what cannot be reclaimed now stays.
        if (madvise(part.data(), part.size(), MADV_PAGEOUT) != 0) throw_errno("MADV_PAGEOUT");
        const auto after = pagemap_.pfns(part);
        asked_ += count;
        // One that faulted back in between is missing here.
        for (std::uint64_t i = 0; i < count; i++)
            if (before[i] != 0 && after[i] == 0) unmapped_++;
    }

    [[nodiscard]] Pause pause() const override { return {200us, 5000us}; }

    std::vector<Count> counts() override { return {{"unmapped", unmapped_}, {"asked", asked_}}; }

  private:
    Pagemap pagemap_;
    std::uint64_t unmapped_ = 0, asked_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_pageout(MachineGuard& /*guard*/) {
    return std::make_unique<Pageout>();
}

}  // namespace mmuw
