// SPDX-License-Identifier: GPL-2.0-only
// drop-caches: page cache that is clean and unmapped, dentries, inodes, and what else has a
// shrinker, KVM's MMU pages among it.
#include <unistd.h>

#include "perturb/disturbers.h"

namespace mmuw {
namespace {

using namespace std::chrono_literals;
constexpr const char* kFile = "/proc/sys/vm/drop_caches";

class DropCaches : public Disturber {
  public:
    void begin(Target& /*target*/) override {
        pagecache_ = statistic("/proc/vmstat", "drop_pagecache");
        slab_ = statistic("/proc/vmstat", "drop_slab");
    }
    void step(Target& /*target*/, Random& random) override {
        write_setting(kFile, std::to_string(1 + random() % 3));  // page cache, slab, both
    }
    // The kernel logs each one.
    [[nodiscard]] Pause pause() const override { return {10ms, 50ms}; }

    std::vector<Count> counts() override {
        const std::uint64_t pagecache = statistic("/proc/vmstat", "drop_pagecache") - pagecache_;
        const std::uint64_t slab = statistic("/proc/vmstat", "drop_slab") - slab_;
        return {{"drops", pagecache + slab}, {"pagecache", pagecache}, {"slab", slab}};
    }

  private:
    std::uint64_t pagecache_ = 0, slab_ = 0;
};

}  // namespace

std::unique_ptr<Disturber> make_drop_caches(MachineGuard& /*guard*/) {
    if (access(kFile, W_OK) != 0) throw Unavailable("no /proc/sys/vm/drop_caches");
    return std::make_unique<DropCaches>();
}

}  // namespace mmuw
