// SPDX-License-Identifier: GPL-2.0-only
// Reclaim asks KVM whether pages were accessed. Half of the pages are read: they are clean, and go
// when they are found idle, unless a large folio has written ones as well. Half are written: they
// stay, and are asked for again and again.
// Without the multi-generational LRU reclaim uses clear_flush_young, with it clear_young.
#include <optional>

#include "machine/memory_cgroup.h"
#include "machine/setting.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"

namespace mmuw::aging {

namespace {

constexpr std::uint64_t kPages = 64;
constexpr int kRounds = 6;
constexpr const char* kLruGen = "/sys/kernel/mm/lru_gen/enabled";

enum class Lru { kClassic, kGenerations };
struct Kind {
    Lru lru;
    bool smm = false;  // memory of the second address space, and a vCPU that uses it
};

class Aging : public ScenarioTest, public testing::WithParamInterface<Kind> {};

TEST_P(Aging, AccessesAreSeen) {
    const bool generations = GetParam().lru == Lru::kGenerations;
    if (GetParam().smm && !has_smm(run_.kvm)) GTEST_SKIP() << "no system management mode";
    if (generations && !has_setting(kLruGen)) GTEST_SKIP() << "no multi-generational LRU";
    promise({"young"});
    if (const auto why = run_.scratch.filesystem().why_no_writeback(); !why.empty())
        GTEST_SKIP() << why << ", and leaves memory for swap only";
    MachineGuard& guard = run_.options.guard;
    const GuardScope scope(guard);
    if (has_setting(kLruGen)) guard.set(kLruGen, generations ? "y" : "n");
    // Before the cgroup: KVM may leave a worker thread in that of whoever makes a VM (6.1,
    // kvm_vm_worker_thread()), for the life of the VM.
    Guest& guest = add_guest({.pages = kPages, .smm_vcpus = GetParam().smm ? 1U : 0U});
    // Before the file: what it brings into memory shall be charged to the cgroup.
    std::optional<MemoryCgroup> cgroup;
    try {
        cgroup.emplace(guard);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    // The guest's file is to go, not the harness' own memory.
    if (const std::string swap = cgroup->path() + "/memory.swap.max"; has_setting(swap))
        guard.set(swap, "0");
    WitnessedFile& file = add_file(kPages);
    guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    const std::uint64_t gfn = guest.gfn(0);
    for (int round = 0; round < kRounds; round++) {
        guest.write(0, 0, kPages / 2);
        guest.read(0, kPages / 2, kPages / 2);
        mark(guest, mark::Touched{.slot = 1, .gfn = gfn, .pages = kPages});
        // Whether pages go is up to reclaim; that KVM was asked, the rule has to have seen.
        cgroup->reclaim(kPages / 2 * page_size());
        trial({});
    }
}

INSTANTIATE_TEST_SUITE_P(, Aging,
                         testing::Values(Kind{Lru::kClassic}, Kind{Lru::kGenerations},
                                         Kind{Lru::kClassic, true}),
                         [](const auto& info) {
                             return info.param.smm                    ? "smm"
                                    : info.param.lru == Lru::kClassic ? "classic"
                                                                      : "generations";
                         });

}  // namespace

}  // namespace mmuw::aging
