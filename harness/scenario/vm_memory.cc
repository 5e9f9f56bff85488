// SPDX-License-Identifier: GPL-2.0-only
// What a VM has of the kernel's memory is charged to whoever made it: page tables, what belongs to
// memslots and logs, the pages that the guest uses. With the memslots, or with the VM, it is given
// back.
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "machine/memory_cgroup.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::vm_memory {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPages = 64;
constexpr int kVms = 3;
constexpr int kRounds = 3;
// Each CPU keeps so much in stock for the cgroup that it charged last (MEMCG_CHARGE_BATCH), and so
// many changes of a count to itself.
constexpr std::uint64_t kBatchPages = 64;
constexpr int kLooks = 200;

class VmMemory : public ScenarioTest {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        if (run_.kvm.mmu().reference)
            GTEST_SKIP() << "what the reference MMU has is charged to nobody";
        if (!run_.options.perturbation.empty())
            GTEST_SKIP() << "what disturbers use is charged as well";
        promise({"nothing-left"});
        scope_.emplace(run_.options.guard);
        try {
            cgroup_.emplace(run_.options.guard);
        } catch (const Unavailable& missing) {
            GTEST_SKIP() << missing.what();
        }
    }
    void TearDown() override {
        cgroup_.reset();
        scope_.reset();
        ScenarioTest::TearDown();
    }

    static std::uint64_t stock_pages() {
        return kBatchPages * static_cast<std::uint64_t>(sysconf(_SC_NPROCESSORS_CONF));
    }

    // Bytes, by memory.stat's name; "": all that is charged but for the contents of files, which a
    // recording on tmpfs is. Nothing: the kernel does not say. The
    // counts of a cgroup are brought together when enough has happened in it
    // (memcg_vmstats_needs_flush()), or every two seconds.
    [[nodiscard]] std::optional<std::uint64_t> charged(std::string_view what) const {
        const std::uint64_t much_pages = std::max(std::uint64_t{4096}, 2 * stock_pages());
        {
            const Mapping much(much_pages * page_size(), PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS);
            for (std::uint64_t i = 0; i < much_pages; i++)
                much.bytes()[i * page_size()] = std::byte{1};
        }
        if (!what.empty()) return counted(what);
        std::uint64_t all = 0;
        const auto file = counted("file");
        if (!file || !(std::ifstream(cgroup_->path() + "/memory.current") >> all)) return {};
        return all - std::min(all, *file);
    }

    [[nodiscard]] std::optional<std::uint64_t> counted(std::string_view what) const {
        std::ifstream stat(cgroup_->path() + "/memory.stat");
        std::uint64_t value = 0;
        for (std::string name; stat >> name >> value;)
            if (name == what) return value;
        return {};
    }

    // RCU gives memory back. So many looks, not so much time: a machine that was paused has not had
    // it.
    template <typename Condition>
    std::optional<std::uint64_t> wait_for(std::string_view what, int looks, Condition condition) {
        std::optional<std::uint64_t> bytes;
        for (int look = 0; look < looks; look++) {
            bytes = charged(what);
            if (!bytes || condition(*bytes)) break;
            std::this_thread::sleep_for(20ms);
        }
        return bytes;
    }

    // No more than before is left, but for what may be.
    void look_what_is_left(std::string_view what, std::uint64_t before, std::uint64_t tolerated,
                           mmuwitness_left left) {
        const auto now = wait_for(what, kLooks, [&](std::uint64_t bytes) {
                             return bytes <= before + tolerated;
                         }).value_or(0);
        run_.witness.mark(
            0, mark::Left{.what = left,
                          .count = now > before + tolerated ? (now - before) / page_size() : 0});
    }

  private:
    std::optional<GuardScope> scope_;
    std::optional<MemoryCgroup> cgroup_;
};

class PageTables : public VmMemory {
  protected:
    // Memslots come and go, and the VM with the last of them. True: its page tables were counted.
    bool run_vm() {
        const Mapping memory(kPages * page_size(), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS);
        GuestConfig config{.pages = kPages};
        if (arch::own_tables()) config.own_tables = kUpper;
        Guest guest(run_.kvm, config);
        Memslot* slot = &guest.add_memory(0, kPages, memory.get());
        guest.start();
        for (int round = 0; round < kRounds; round++) {
            guest.write(0, 0, kPages);
            if (arch::own_tables()) change_own_tables(guest);
            guest.remove_memory(*slot);
            slot = &guest.add_memory(0, kPages, memory.get());
        }
        guest.write(0, 0, kPages);
        return wait_for("sec_pagetables", 20, [](std::uint64_t bytes) {
                   return bytes != 0;
               }).value_or(0) != 0;
    }

  private:
    static constexpr std::uint64_t kUpper = 0, kLower[] = {1, 2}, kPage = 3;

    // What KVM has in place of the guest's tables (shadow paging) goes when the guest has others.
    static void change_own_tables(Guest& guest) {
        constexpr std::uint64_t kEntry = 5, kOwn = kEntry * arch::OwnTables::kEntries + kEntry;
        const arch::OwnTables tables = *arch::own_tables();
        const auto gpa = [&](std::uint64_t page) { return guest.gfn(page) * page_size(); };
        // Written to so often without an access, it is taken for no table any more
        // (detect_write_flooding()).
        const std::vector<guest::Command> flood(4, Guest::try_write_command(kUpper, kEntry + 1, 0));
        for (int i = 0; i < 8; i++) {
            static_cast<void>(guest.run(0, flood));
            const std::uint64_t lower = kLower[i % 2];
            const guest::Command commands[] = {
                Guest::try_write_command(kUpper, kEntry, 0),
                Guest::forget_all_command(),
                Guest::try_write_command(
                    lower, kEntry, tables.walked(tables.leaf(gpa(kPage), false, true), false)),
                Guest::try_write_command(kUpper, kEntry, tables.table(gpa(lower), true)),
                Guest::forget_all_command(),
                Guest::try_read_command(Guest::own_page(kOwn), 0),
            };
            if (guest.run(0, commands).back().sum != 1)
                throw std::runtime_error("the guest's own page tables lead nowhere");
        }
    }
};

TEST_F(PageTables, AreGivenBack) {
    if (!charged("sec_pagetables")) GTEST_SKIP() << "this kernel does not count page tables of VMs";
    for (int vm = 0; vm < kVms; vm++) {
        if (!run_vm()) GTEST_SKIP() << "this KVM does not count its page tables";
        look_what_is_left("sec_pagetables", 0, 0, MMUWITNESS_LEFT_PAGE_TABLES);
        trial();
    }
}

// What KVM keeps of a memslot is as large as the memslot is: so these are large, and not populated.
class SlotMemory : public VmMemory {
  protected:
    // One page less than the guest can have: it moves by one.
    const std::uint64_t slot_pages_ =
        std::min(std::uint64_t{1} << 16, arch::data_bytes() / page_size() - 1);
    static constexpr int kChanges = 8;

    // One that is refused when its log has been made: it is where no guest can have memory.
    void ask_in_vain(Guest& guest, std::uint64_t hva) const {
        kvm_userspace_memory_region region{.slot = 100,
                                           .flags = KVM_MEM_LOG_DIRTY_PAGES,
                                           .guest_phys_addr = std::uint64_t{1} << 52,
                                           .memory_size = slot_pages_ * page_size(),
                                           .userspace_addr = hva};
        while (::ioctl(guest.vm().fd(), KVM_SET_USER_MEMORY_REGION, &region) < 0 &&
               errno == EINTR) {
        }
    }

    // What was charged meanwhile.
    std::uint64_t change_slots(DirtyLogKind log) {
        std::uint64_t most = 0;
        const Mapping memory(slot_pages_ * page_size(), PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
        Guest guest(run_.kvm, {.pages = slot_pages_ + 1, .log = log});
        Memslot* slot = &guest.add_memory(0, slot_pages_, memory.get());
        guest.start();
        for (int i = 0; i < kChanges; i++) {
            guest.log().enable(*slot);
            guest.write(0, 1, kPages);
            if (i == 0) most = charged("vmalloc").value_or(0);
            guest.move_memory(*slot, i % 2 == 0 ? 1 : 0);
            static_cast<void>(guest.log().collect(*slot));
            ask_in_vain(guest, slot->hva());
            guest.log().disable(*slot);
            if (i % 4 != 3) continue;
            guest.remove_memory(*slot);
            slot = &guest.add_memory(0, slot_pages_, memory.get());
        }
        return most;
    }
};

TEST_F(SlotMemory, IsGivenBack) {
    if (!charged("vmalloc")) GTEST_SKIP() << "this kernel does not count vmalloc()";
    for (const DirtyLogKind log : {DirtyLogKind::kBitmap, DirtyLogKind::kRing}) {
        if (!supported(run_.kvm, log)) continue;
        const std::uint64_t before = charged("vmalloc").value_or(0);
        const std::uint64_t most = change_slots(log);
        look_what_is_left("vmalloc", before, 0, MMUWITNESS_LEFT_VMALLOC);
        trial(most > before);
    }
}

// KVM looks a page up, and may keep no reference to it.
class GuestPages : public VmMemory {
  protected:
    // Has KVM itself write to each page in turn.
    void let_kvm_write(Guest& guest, std::uint64_t pages) {
        guest.with_vcpu(0, [&](const Vcpu& vcpu) {
            for (const arch::OwnWriter writer : {arch::OwnWriter::kKvm, arch::OwnWriter::kXen})
                for (const arch::OwnWrite& write : arch::own_writes(run_.kvm, writer))
                    for (std::uint64_t page = 0; page < (write.stays ? 1 : pages); page++)
                        write.begin(vcpu, guest.gfn(page) * page_size());
        });
    }

    // Read first: KVM then makes it writable as well, by a second look. Then written.
    void use_memory(int flags, std::uint64_t pages) {
        const Mapping memory(pages * page_size(), PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS);
        Guest guest(run_.kvm, {.pages = pages});
        guest.add_memory(0, pages, memory.get());
        guest.start();
        guest.read(0, 0, pages);
        guest.write(0, 0, pages);
        let_kvm_write(guest, pages);
        guest.write(0, 0);  // by its next KVM_RUN at the latest
    }
};

TEST_F(GuestPages, AreGivenBack) {
    if (!charged("")) GTEST_SKIP() << "this kernel has no memory.current";
    const std::uint64_t used = std::max(std::uint64_t{1024}, 4 * stock_pages());
    if (used > arch::data_bytes() / page_size())
        GTEST_SKIP() << "a guest is too small to be told from what so many CPUs have in stock";
    for (const int flags : {MAP_SHARED, MAP_PRIVATE}) {
        const std::uint64_t before = charged("").value_or(0);
        use_memory(flags, used);
        // What is in stock is charged; a reference that is kept is kept to each page.
        look_what_is_left("", before, used * page_size() / 2, MMUWITNESS_LEFT_PAGES);
        trial();
    }
}

}  // namespace

}  // namespace mmuw::vm_memory
