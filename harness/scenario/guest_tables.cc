// SPDX-License-Identifier: GPL-2.0-only
// The guest's page tables are guest memory, too: the guest changes them, and has its TLB forget
// what was there; the CPU (or KVM, with shadow paging) writes into them that a page was accessed or
// written to. Such a write is in the log and on the disk as any other.
#include <sys/mman.h>

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "machine/unavailable.h"
#include "run/own_cpu.h"
#include "run/scenario_test.h"
#include "run/table_map.h"
#include "vmm/arch.h"

namespace mmuw::guest_tables {

namespace {

using At = TableMap::At;
using Access = TableMap::Access;
using Rights = TableMap::Rights;

class GuestTables : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        if (run_.kvm.mmu().reference) GTEST_SKIP() << "the reference MMU's guests have no tables";
        if (!arch::own_tables()) GTEST_SKIP() << "guests have no page tables of their own here";
    }

    void start() {
        random_.seed(seed());
        file_ = &add_file(TableMap::kSmallPages);
        constexpr std::uint64_t kHugePages = TableMap::kHugePages * TableMap::kEntries;
        try {
            huge_ = &add_huge(HugeKind::kAnonymous, kHugePages);
        } catch (const Unavailable&) {
            huge_ = nullptr;  // the rest is worth it
        }
        guest_ = &add_guest({.vcpus = 2,
                             .pages = TableMap::kEntries + kHugePages,
                             .log = GetParam(),
                             .idle = guest::Idle::kStay,
                             .own_tables = TableMap::kUpper});
        slots_.push_back(
            &guest_->add_memory(0, TableMap::kSmallPages, file_->file().mapping().get()));
        if (huge_ != nullptr)
            slots_.push_back(
                &guest_->add_memory(TableMap::kEntries, kHugePages, huge_->span().data()));
        guest_->start();
        const arch::OwnTables tables = *arch::own_tables();
        bool done = false;
        guest_->with_vcpu(0, [&](const Vcpu& vcpu) { done = tables.done_by(vcpu); });
        if (!done) throw Unavailable("the CPU writes nothing into page tables");
        map_.emplace(tables, huge_ != nullptr, random_,
                     [this](std::uint64_t page) { return guest_->gfn(page) * page_size(); });
        write_entries(0);
    }

    // As the guest is to see its memory from now on; the vCPU has written that into its tables.
    void map(unsigned vcpu) {
        map_->change([this](const At& at) { return entry(at); });
        clear_first(vcpu);
        write_entries(vcpu);
    }

    // The vCPU writes entries as they were mapped: nothing was accessed.
    void write_entries(unsigned vcpu) {
        std::vector<guest::Command> commands;
        for (const auto& [at, value] : map_->to_write()) {
            commands.push_back(Guest::try_write_command(at.table, at.entry, value));
            wrote_.insert(at.table);
        }
        write_tables(vcpu, commands);
        tell_written();
    }

    // Where nothing was, or less was allowed, the CPU has nothing to forget.
    void appear(unsigned vcpu) {
        if (!map_->add()) return;
        access(vcpu);
        allow(Rights::kRead, true);
        access(vcpu);
        allow(Rights::kWrite, true);
        // A CPU may still have what it was, and drops that by a fault.
        try_write(vcpu);
        access(vcpu);
        allow(Rights::kRead, false);
        forget(vcpu);
        access(vcpu);
    }

    // The same entries, with other rights.
    void allow(Rights rights, bool write) {
        map_->allow(rights, write);
        write_entries(a_vcpu());
    }

    void try_write(unsigned vcpu) {
        std::vector<guest::Command> commands;
        Lanes ignored;
        for (const Access& a : map_->accesses()) commands.push_back(write(a, vcpu, ignored));
        static_cast<void>(guest_->run(vcpu, commands));
    }

    // What may happen to memory between a change of the tables and an access.
    void between() {
        switch (random_() % 4) {
            case 0:
                file_->sync(random_() % 2 == 0 ? Sync::kMsync : Sync::kFsync,
                            [] { return std::vector<Expectation>(); });
                break;
            case 1:
                if (madvise(file_->file().mapping().get(), TableMap::kSmallPages * page_size(),
                            MADV_DONTNEED) != 0)
                    throw_errno("madvise(MADV_DONTNEED)");
                break;
            case 2:
                set_log(!logged_);
                set_log(!logged_);
                break;
            default:
                break;
        }
    }

    void forget(unsigned vcpu) {
        std::vector<guest::Command> commands;
        if (random_() % 2 == 0)
            commands.push_back(Guest::forget_all_command(random_() % 2));
        else
            for (const Access& a : map_->accesses())
                commands.push_back(Guest::forget_command(Guest::own_page(a.own)));
        static_cast<void>(guest_->run(vcpu, commands));
    }

    void access(unsigned vcpu) {
        std::vector<guest::Command> commands;
        Lanes written = lanes(vcpu);
        std::map<At, std::uint64_t> entries_before;
        for (const auto& [at, value] : map_->entries()) entries_before[at] = entry(at);
        for (const Access& a : map_->accesses()) {
            store_lane(page(a.page), kHostLane, ++stamp_);
            if (a.read)
                commands.push_back(Guest::try_read_command(Guest::own_page(a.own), kHostLane));
            if (a.write) commands.push_back(write(a, vcpu, written));
        }
        const std::vector<CommandResult> done = guest_->run(vcpu, commands);
        look_at_tries(done, true);
        look_at_writes(vcpu, written);
        look_at_entries();
        for (const auto& [at, value] : entries_before)
            if (entry(at) != value) wrote_.insert(at.table);
        tell_written();
    }

    // The log has been collected since the vCPU wrote there, of which it may know nothing yet.
    void write_again(unsigned vcpu) {
        std::vector<guest::Command> commands;
        Lanes written = lanes(vcpu);
        for (const Access& a : map_->accesses())
            if (a.write) commands.push_back(write(a, vcpu, written));
        look_at_tries(guest_->run(vcpu, commands), false);
        look_at_writes(vcpu, written);
        tell_written();
    }

    // A log write-protects all that is written: an SPTE that stays writable for too long shows only
    // without.
    void set_log(bool on) {
        if (on == logged_) return;
        logged_ = on;
        guest_->log().switch_to(on, slots_);
    }

    // Is it on the disk? That is known of what grows: entries that lead to pages.
    void sync() {
        file_->sync(Sync::kFsync, [this] {
            std::vector<Expectation> all;
            for (const auto& [at, value] : map_->entries())
                if (value != 0 && at.table != TableMap::kUpper && map_->grows())
                    all.push_back({.page = at.table, .lane = at.entry, .stamp = entry(at)});
            return all;
        });
    }

    [[nodiscard]] pid_t thread_of(unsigned vcpu) { return guest_->thread(vcpu).tid(); }
    // Either of the two.
    unsigned a_vcpu() { return static_cast<unsigned>(random_() % 2); }

  private:
    void clear_first(unsigned vcpu) {
        std::vector<guest::Command> commands;
        for (const At& at : map_->to_clear())
            commands.push_back(Guest::try_write_command(at.table, at.entry, 0));
        if (commands.empty()) return;
        write_tables(vcpu, commands);
        for (const unsigned each : {0U, 1U})
            static_cast<void>(guest_->run(each, std::array{Guest::forget_all_command()}));
    }
    // Data pages are never refused.
    void write_tables(unsigned vcpu, const std::vector<guest::Command>& commands) {
        const std::vector<CommandResult> done = guest_->run(vcpu, commands);
        std::vector<mmuwitness_mark> marks;
        for (std::size_t i = 0; i < done.size(); i++)
            marks.push_back(
                seen(commands[i].first, commands[i].lane, done[i].sum, 1, MMUWITNESS_SIDE_GUEST));
        run_.witness.marks(marks);
    }

    using Lanes = std::map<std::uint64_t, std::uint64_t>;  // by page: a vCPU's lane

    [[nodiscard]] Lanes lanes(unsigned vcpu) const {
        Lanes all;
        for (const Access& a : map_->accesses())
            all[a.page] = load_lane(page(a.page), guest_->lane(vcpu));
        return all;
    }
    // What is there after it, if it is allowed.
    guest::Command write(const Access& a, unsigned vcpu, Lanes& written) {
        stamp_++;
        if (a.rights == Rights::kWrite) {
            written[a.page] = stamp_;
            wrote_.insert(a.page);
        }
        return Guest::try_write_command(Guest::own_page(a.own), guest_->lane(vcpu), stamp_);
    }

    // What the tables allow is done, and what they forbid is refused.
    [[nodiscard]] mmuwitness_mark tried(const Access& a, const CommandResult& result,
                                        bool allowed) const {
        return seen(a.at.table, a.at.entry, result.sum, allowed ? 1 : 0, MMUWITNESS_SIDE_GUEST);
    }
    void look_at_tries(const std::vector<CommandResult>& done, bool with_reads) {
        std::vector<mmuwitness_mark> marks;
        auto result = done.begin();
        for (const Access& a : map_->accesses()) {
            if (a.read && with_reads) {
                const bool allowed = a.rights != Rights::kNone;
                marks.push_back(tried(a, *result, allowed));
                marks.push_back(seen(a.page, kHostLane, result++->last,
                                     allowed ? load_lane(page(a.page), kHostLane) : 0,
                                     MMUWITNESS_SIDE_GUEST));
            }
            if (a.write) marks.push_back(tried(a, *result++, a.rights == Rights::kWrite));
        }
        run_.witness.marks(marks);
    }

    void look_at_writes(unsigned vcpu, const Lanes& written) {
        std::vector<mmuwitness_mark> marks;
        for (const auto& [number, stamp] : written)
            marks.push_back(seen(number, guest_->lane(vcpu),
                                 load_lane(page(number), guest_->lane(vcpu)), stamp,
                                 MMUWITNESS_SIDE_HOST));
        run_.witness.marks(marks);
    }

    // A CPU may read ahead, and say so, but it writes nothing that was not asked for. Of entries
    // that lead to tables no promise is looked at.
    void look_at_entries() {
        std::vector<mmuwitness_mark> marks;
        for (const auto& [at, wanted] : map_->accessed()) {
            const std::uint64_t found = entry(at);
            const bool ahead = found == map_->read_ahead(wanted);
            marks.push_back(
                seen(at.table, at.entry, found, ahead ? found : wanted, MMUWITNESS_SIDE_HOST));
        }
        run_.witness.marks(marks);
    }

    void tell_written() {
        const std::set<std::uint64_t> wrote = std::exchange(wrote_, {});
        if (!logged_) return;
        std::vector<mmuwitness_mark> marks;
        for (const std::uint64_t page : wrote)
            marks.push_back(make_mark(
                vm_id(*guest_), mark::Wrote{.slot = slot_of(page).id(), .gfn = guest_->gfn(page)}));
        run_.witness.marks(marks);
        for (Memslot* slot : slots_) static_cast<void>(guest_->log().collect(*slot));
    }

    [[nodiscard]] mmuwitness_mark seen(std::uint64_t page, std::uint64_t lane, std::uint64_t found,
                                       std::uint64_t wanted, mmuwitness_side side) const {
        return make_mark(vm_id(*guest_), mark::Seen{.slot = slot_of(page).id(),
                                                    .gfn = guest_->gfn(page),
                                                    .lane = lane,
                                                    .seen = found,
                                                    .expect = wanted,
                                                    .side = side});
    }
    [[nodiscard]] const Memslot& slot_of(std::uint64_t page) const {
        return *slots_[page < TableMap::kEntries ? 0 : 1];
    }
    [[nodiscard]] std::byte* page(std::uint64_t page) const {
        return page < TableMap::kEntries
                   ? file_->file().page(page)
                   : huge_->span().data() + (page - TableMap::kEntries) * page_size();
    }
    [[nodiscard]] std::uint64_t entry(const At& at) const {
        return load_lane(page(at.table), at.entry);
    }

    WitnessedFile* file_ = nullptr;
    HugeMemory* huge_ = nullptr;
    Guest* guest_ = nullptr;
    std::vector<Memslot*> slots_;
    std::optional<TableMap> map_;
    std::set<std::uint64_t> wrote_;  // not told yet
    bool logged_ = false;
    std::uint64_t stamp_ = 0;
    std::mt19937_64 random_;
};

TEST_P(GuestTables, AreWhatTheGuestMadeThem) {
    constexpr int kRounds = 16;
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    promise({"isolated", "log-complete", "durable"});
    try {
        start();
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    for (int round = 0; round < rounds(kRounds); round++) {
        const unsigned user = a_vcpu();
        set_log(round / 4 % 2 == 0);
        appear(a_vcpu());
        map(a_vcpu());
        const OwnCpu own_cpu(thread_of(user));
        forget(user);
        access(user);
        write_again(user);
        // Syncing and what comes between take translations away: not in every round, so that KVM's
        // of one round are still there in the next.
        if (round % 2 == 0) {
            write_entries(a_vcpu());
            between();
            forget(user);
            access(user);
        }
        if (round % 4 == 0) sync();
        trial();
    }
}

std::string case_name(const testing::TestParamInfo<DirtyLogKind>& info) {
    return to_string(info.param);
}

INSTANTIATE_TEST_SUITE_P(, GuestTables, testing::Values(DirtyLogKind::kBitmap), case_name);
INSTANTIATE_TEST_SUITE_P(Full, GuestTables,
                         testing::Values(DirtyLogKind::kManual, DirtyLogKind::kRing), case_name);

}  // namespace

}  // namespace mmuw::guest_tables
