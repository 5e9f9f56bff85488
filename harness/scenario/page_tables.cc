// SPDX-License-Identifier: GPL-2.0-only
// A VM's page tables are the kernel's memory, charged to whoever made them: with the memslots, or
// with the VM, they are given back.
#include <chrono>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include "machine/memory_cgroup.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"

namespace mmuw::page_tables {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPages = 64;
constexpr int kVms = 3;
constexpr int kRounds = 3;
constexpr std::size_t kMuchBytes = 16U << 20;

class PageTables : public ScenarioTest {
  protected:
    // In bytes; nothing: the kernel does not say. The counts of a cgroup are brought together when
    // enough has happened in it (memcg_vmstats_needs_flush()), or every two seconds.
    static std::optional<std::uint64_t> charged(const MemoryCgroup& cgroup) {
        const std::size_t much_pages = kMuchBytes / page_size();
        {
            const Mapping much(kMuchBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
            for (std::size_t i = 0; i < much_pages; i++)
                much.bytes()[i * page_size()] = std::byte{1};
        }
        std::ifstream file(cgroup.path() + "/memory.stat");
        std::uint64_t value = 0;
        for (std::string name; file >> name >> value;)
            if (name == "sec_pagetables") return value;
        return {};
    }

    // RCU gives tables back. So many looks, not so much time: a machine that was paused has not had
    // it.
    template <typename Condition>
    static std::optional<std::uint64_t> wait_for(const MemoryCgroup& cgroup, int looks,
                                                 Condition condition) {
        std::optional<std::uint64_t> bytes;
        for (int look = 0; look < looks; look++) {
            bytes = charged(cgroup);
            if (!bytes || condition(*bytes)) break;
            std::this_thread::sleep_for(20ms);
        }
        return bytes;
    }

    // Memslots come and go, and the VM with the last of them. True: its page tables were counted.
    bool run_vm(const MemoryCgroup& cgroup) {
        const Mapping memory(kPages * page_size(), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS);
        Guest guest(run_.kvm, {.pages = kPages});
        Memslot* slot = &guest.add_memory(0, kPages, memory.get());
        guest.start();
        for (int round = 0; round < kRounds; round++) {
            guest.write(0, 0, kPages);
            guest.remove_memory(*slot);
            slot = &guest.add_memory(0, kPages, memory.get());
        }
        guest.write(0, 0, kPages);
        return wait_for(cgroup, 20, [](std::uint64_t bytes) { return bytes != 0; }).value_or(0) !=
               0;
    }
};

TEST_F(PageTables, AreGivenBack) {
    if (run_.kvm.mmu().reference) GTEST_SKIP() << "the reference MMU has no page tables";
    promise({"nothing-left"});
    const GuardScope scope(run_.options.guard);
    std::optional<MemoryCgroup> cgroup;
    try {
        cgroup.emplace(run_.options.guard);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    if (!charged(*cgroup)) GTEST_SKIP() << "this kernel does not count page tables of VMs";
    for (int vm = 0; vm < kVms; vm++) {
        if (!run_vm(*cgroup)) GTEST_SKIP() << "this KVM does not count its page tables";
        const auto left = wait_for(*cgroup, 200, [](std::uint64_t bytes) { return bytes == 0; });
        run_.witness.mark(0, mark::Left{.what = MMUWITNESS_LEFT_PAGE_TABLES,
                                        .count = left.value_or(0) / page_size()});
        trial();
    }
}

}  // namespace

}  // namespace mmuw::page_tables
