// SPDX-License-Identifier: GPL-2.0-only
// migration: pages move, and what maps them has to follow. Compaction of the whole machine moves
// what is in its way; where there are NUMA nodes, move_pages() moves the guest's own pages.
#include <unistd.h>

#include "machine/numa.h"
#include "machine/pagemap.h"
#include "perturb/disturbers.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;
constexpr const char* kCompact = "/proc/sys/vm/compact_memory";

class Migration : public Disturber {
  public:
    explicit Migration(bool compacts) : compacts_(compacts) {}

    void begin(Target& /*target*/) override {
        guests_ = 0;
        migrated_ = statistic("/proc/vmstat", "pgmigrate_success");
        turn_ = 0;
    }

    void step(Target& target, Random& random) override {
        const auto memory = target.memory();
        std::vector<std::vector<std::uint64_t>> before;
        for (const auto part : memory) before.push_back(pagemap_.pfns(part));
        // Compaction takes as long as the machine is big: now and then will do.
        const bool can_move = nodes_.size() > 1;
        if (compacts_ && (!can_move || turn_++ % 8 == 0)) write_setting(kCompact, "1");
        if (can_move)
            for (const auto part : memory) move_to_node(part, nodes_[random() % nodes_.size()]);
        for (std::size_t i = 0; i < memory.size(); i++) {
            const auto after = pagemap_.pfns(memory[i]);
            for (std::size_t page = 0; page < after.size(); page++)
                if (before[i][page] != 0 && after[page] != 0 && before[i][page] != after[page])
                    guests_++;
        }
    }

    [[nodiscard]] Pause pause() const override { return {500us, 10000us}; }

    std::vector<Count> counts() override {
        return {{"moved", statistic("/proc/vmstat", "pgmigrate_success") - migrated_},
                {"guest", guests_}};
    }

  private:
    Pagemap pagemap_;
    const std::vector<int> nodes_ = nodes_to_move_between();
    bool compacts_;
    unsigned turn_ = 0;
    std::uint64_t migrated_ = 0, guests_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_migration(MachineGuard& /*guard*/) {
    const bool compacts = access(kCompact, W_OK) == 0;
    if (!compacts && nodes_to_move_between().size() < 2)
        throw Unavailable("no compaction (CONFIG_COMPACTION) and one NUMA node");
    return std::make_unique<Migration>(compacts);
}

}  // namespace mmuw
