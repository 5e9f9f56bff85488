// SPDX-License-Identifier: GPL-2.0-only
// reclaim: what a lack of memory makes of the VMM's pages, without a lack of memory: its cgroup is
// told to give some back. It ages, unmaps and drops pages as kswapd and direct reclaim do
// (try_to_free_mem_cgroup_pages()), never kills, and leaves the rest of the machine alone.
#include "machine/memory_cgroup.h"
#include "perturb/disturbers.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;

class Reclaim : public Disturber {
  public:
    explicit Reclaim(MachineGuard& guard) : cgroup_(guard) {}

    void begin(Target& /*target*/) override {
        stolen_ = statistic(stat(), "pgsteal");
        scanned_ = statistic(stat(), "pgscan");
    }

    void step(Target& /*target*/, Random& random) override {
        cgroup_.reclaim((1 + random() % 64) * page_size());
    }

    [[nodiscard]] Pause pause() const override { return {500us, 5000us}; }

    std::vector<Count> counts() override {
        return {{"reclaimed", statistic(stat(), "pgsteal") - stolen_},
                {"scanned", statistic(stat(), "pgscan") - scanned_}};
    }

  private:
    [[nodiscard]] std::string stat() const { return cgroup_.path() + "/memory.stat"; }

    MemoryCgroup cgroup_;
    std::uint64_t stolen_ = 0, scanned_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_reclaim(MachineGuard& guard) {
    return std::make_unique<Reclaim>(guard);
}

}  // namespace mmuw
