// SPDX-License-Identifier: GPL-2.0-only
// The guest's page tables are guest memory, too: the guest changes them, and has its TLB forget
// what was there; the CPU (or KVM, with shadow paging) writes into them that a page was accessed or
// written to. Such a write is in the log and on the disk as any other.
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
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
#include "vmm/arch.h"

namespace mmuw::guest_tables {

namespace {

// Data pages: tables of the guest's, and what they lead to.
constexpr std::uint64_t kUpper = 0, kLower[] = {1, 2}, kNew = 3, kTarget = 4, kTargets = 24;
constexpr std::uint64_t kTwice = 6;  // of the places lead to pages that others lead to
constexpr std::uint64_t kSmall = kTarget + kTargets;
// Of a table; a huge page is as many small ones.
constexpr std::uint64_t kEntries = arch::OwnTables::kEntries;
constexpr std::uint64_t kHuge = 2;  // huge pages, in the data pages behind the first kEntries

class GuestTables : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {
  protected:
    using At = std::pair<std::uint64_t, std::uint64_t>;  // table (a data page), number of the entry
    enum class Rights { kNone, kRead, kWrite };
    // Of the guest: by `own` of its own addresses, which `entry` of `table` stands for.
    struct Access {
        std::uint64_t own, table, entry, page;
        Rights rights;
        bool read, write;
    };

    void SetUp() override {
        ScenarioTest::SetUp();
        if (run_.kvm.mmu().reference) GTEST_SKIP() << "the reference MMU's guests have no tables";
        if (!arch::own_tables()) GTEST_SKIP() << "guests have no page tables of their own here";
        tables_ = *arch::own_tables();
    }

    void start() {
        random_.seed(seed());
        targets_.resize(kTargets);
        std::iota(targets_.begin(), targets_.end(), kTarget);
        file_ = &add_file(kSmall);
        try {
            huge_ = &add_huge(HugeKind::kAnonymous, kHuge * kEntries);
        } catch (const Unavailable&) {
            huge_ = nullptr;  // the rest is worth it
        }
        guest_ = &add_guest({.vcpus = 2,
                             .pages = kEntries * (1 + kHuge),
                             .log = GetParam(),
                             .idle = guest::Idle::kStay,
                             .own_tables = kUpper});
        slots_.push_back(&guest_->add_memory(0, kSmall, file_->file().mapping().get()));
        if (huge_ != nullptr)
            slots_.push_back(&guest_->add_memory(kEntries, kHuge * kEntries, huge_->span().data()));
        guest_->start();
        bool done = false;
        guest_->with_vcpu(0, [&](const Vcpu& vcpu) { done = tables_.done_by(vcpu); });
        if (!done) throw Unavailable("the CPU writes nothing into page tables");
        entries_[{kUpper, 2}] = tables_.table(gpa(kNew), true);
        write_entries(0);
    }

    // As the guest is to see its memory from now on; the vCPU has written that into its tables. The
    // upper one stays as it is in about every other round.
    void map(unsigned vcpu) {
        accesses_.clear();
        entries_.clear();
        version_++;
        upper_stays_ = version_ > 1 && random_() % 2 == 0;
        const bool was_huge = upper_.huge;
        if (!upper_stays_) choose_upper();
        // Else only what is allowed differs.
        if (random_() % 2 == 0) std::ranges::shuffle(targets_, random_);
        // Now and then it is one page at all places.
        const std::uint64_t different = random_() % 4 == 0 ? 1 : kTargets - kTwice;
        for (std::uint64_t i = 0; i < kTargets; i++) {
            const auto rights = random_() % 8 == 0   ? Rights::kNone
                                : random_() % 4 == 0 ? Rights::kRead
                                                     : Rights::kWrite;
            map_page({.own = place(i),
                      .table = upper_.lower,
                      .entry = place(i),
                      .page = targets_[i % different],
                      .rights = rights,
                      .read = random_() % 2 == 0,
                      .write = random_() % 2 == 0});
            if (!upper_.writable && rights == Rights::kWrite)
                accesses_.back().rights = Rights::kRead;
        }
        if (huge_ != nullptr) map_huge();
        for (auto& [at, value] : entries_) value = value == 0 ? 0 : versioned(value);
        map_upper();
        zero_first(vcpu, was_huge);
        write_entries(vcpu);
    }

    // The vCPU writes entries as they were mapped: nothing was accessed.
    void write_entries(unsigned vcpu) {
        std::vector<guest::Command> commands;
        for (const auto& [at, value] : entries_) {
            if (at.first == kUpper && upper_stays_) continue;
            commands.push_back(Guest::try_write_command(at.first, at.second, value));
            wrote_.insert(at.first);
        }
        write_tables(vcpu, commands);
        tell_written();
    }

    // Where nothing was, or less was allowed, the CPU has nothing to forget.
    void appear(unsigned vcpu) {
        constexpr std::uint64_t kSome = 4;
        if (next_new_ + kSome > kEntries) return;
        accesses_.clear();
        entries_.clear();
        for (std::uint64_t i = 0; i < kSome; i++, next_new_++)
            map_page({.own = 2 * kEntries + next_new_,
                      .table = kNew,
                      .entry = next_new_,
                      .page = kTarget + (next_new_ * 5 + i) % kTargets,
                      .rights = Rights::kNone,
                      .read = true,
                      .write = i % 2 == 0});
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
        for (Access access : std::exchange(accesses_, {})) {
            access.rights = rights;
            access.write |= write;
            map_page(access);
        }
        write_entries(a_vcpu());
    }

    void try_write(unsigned vcpu) {
        std::vector<guest::Command> commands;
        Lanes ignored;
        for (const Access& a : accesses_) commands.push_back(write(a, vcpu, ignored));
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
                if (madvise(file_->file().mapping().get(), kSmall * page_size(), MADV_DONTNEED) !=
                    0)
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
            for (const Access& a : accesses_)
                commands.push_back(Guest::forget_command(Guest::own_page(a.own)));
        static_cast<void>(guest_->run(vcpu, commands));
    }

    void access(unsigned vcpu) {
        std::vector<guest::Command> commands;
        Lanes written = lanes(vcpu);
        std::map<At, std::uint64_t> entries_before;
        for (const auto& [at, value] : entries_) entries_before[at] = entry(at);
        for (const Access& a : accesses_) {
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
            if (entry(at) != value) wrote_.insert(at.first);
        tell_written();
    }

    // The log has been collected since the vCPU wrote there, of which it may know nothing yet.
    void write_again(unsigned vcpu) {
        std::vector<guest::Command> commands;
        Lanes written = lanes(vcpu);
        for (const Access& a : accesses_)
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
            for (const auto& [at, value] : entries_)
                if (value != 0 && at.first != kUpper && version_ <= tables_.ignored_most)
                    all.push_back({.page = at.first, .lane = at.second, .stamp = entry(at)});
            return all;
        });
    }

    // Entries grow from round to round, as far as they can.
    [[nodiscard]] std::uint64_t versioned(std::uint64_t value) const {
        return value | std::min(version_, tables_.ignored_most) * tables_.ignored_bit;
    }
    [[nodiscard]] pid_t thread_of(unsigned vcpu) { return guest_->thread(vcpu).tid(); }
    // Either of the two.
    unsigned a_vcpu() { return static_cast<unsigned>(random_() % 2); }

  private:
    struct Upper {
        std::uint64_t lower, other;  // tables: of small pages, and for the huge page's place
        bool writable;               // all that is in `lower`
        std::uint64_t first;         // data page of the huge page
        bool huge;                   // the huge page, or its pages backwards by `other`
        Rights rights;               // for them
    };
    void choose_upper() {
        const std::uint64_t lower = kLower[random_() % 2];
        upper_ = {.lower = lower,
                  .other = kLower[0] + kLower[1] - lower,
                  .writable = random_() % 4 != 0,
                  .first = kEntries * (1 + random_() % kHuge),
                  .huge = random_() % 2 == 0,
                  .rights = random_() % 4 == 0 ? Rights::kRead : Rights::kWrite};
    }
    void map_upper() {
        const At small{kUpper, 0}, huge{kUpper, 1};
        if (upper_stays_) {
            entries_[small] = entry(small);
            if (huge_ != nullptr) entries_[huge] = entry(huge);
            return;
        }
        entries_[small] = versioned(tables_.table(gpa(upper_.lower), upper_.writable));
        if (huge_ == nullptr) return;
        entries_[huge] = versioned(
            upper_.huge ? tables_.leaf(gpa(upper_.first), true, upper_.rights == Rights::kWrite)
                        : tables_.table(gpa(upper_.other), true));
    }
    // No CPU may have translations of two sizes for an address: not on every one is that safe.
    void zero_first(unsigned vcpu, bool was_huge) {
        std::vector<guest::Command> commands;
        for (const auto& [at, value] : entries_) {
            if (at.first == kUpper && upper_stays_) continue;
            if (tables_.zero_first || (at == At{kUpper, 1} && upper_.huge != was_huge))
                commands.push_back(Guest::try_write_command(at.first, at.second, 0));
        }
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
    void map_huge() {
        for (const std::uint64_t i :
             {std::uint64_t{0}, 1 + random_() % (kEntries - 2), kEntries - 1}) {
            const Access access{
                .own = kEntries + i,
                .table = upper_.huge ? kUpper : upper_.other,
                .entry = upper_.huge ? 1 : i,
                .page = upper_.huge ? upper_.first + i : upper_.first + kEntries - 1 - i,
                .rights = upper_.rights,
                .read = random_() % 2 == 0,
                .write = random_() % 2 == 0};
            if (upper_.huge)
                accesses_.push_back(access);
            else
                map_page(access);
        }
    }

    // Entries beside each other, at both ends, and a few in between.
    static std::uint64_t place(std::uint64_t i) {
        constexpr std::uint64_t kBeside = 8;
        if (i < kBeside) return i;
        if (i < 2 * kBeside) return kEntries - 2 * kBeside + i;
        return (i - 2 * kBeside + 1) * (kEntries / (kTargets - 2 * kBeside + 1));
    }
    void map_page(const Access& access) {
        accesses_.push_back(access);
        std::uint64_t& value = entries_[{access.table, access.entry}];
        value = 0;
        if (access.rights == Rights::kNone) return;
        const bool writable = access.rights == Rights::kWrite;
        value = tables_.leaf(gpa(access.page), false, writable);
        // As if it had been accessed already: then nothing has to be written there.
        if (random_() % 2 == 0) value = tables_.walked(value, writable && random_() % 2 == 0);
    }

    using Lanes = std::map<std::uint64_t, std::uint64_t>;  // by page: a vCPU's lane

    [[nodiscard]] Lanes lanes(unsigned vcpu) const {
        Lanes all;
        for (const Access& a : accesses_) all[a.page] = load_lane(page(a.page), guest_->lane(vcpu));
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
        return seen(a.table, a.entry, result.sum, allowed ? 1 : 0, MMUWITNESS_SIDE_GUEST);
    }
    void look_at_tries(const std::vector<CommandResult>& done, bool with_reads) {
        std::vector<mmuwitness_mark> marks;
        auto result = done.begin();
        for (const Access& a : accesses_) {
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
        for (const auto& [at, stamp] : written)
            marks.push_back(seen(at, guest_->lane(vcpu), load_lane(page(at), guest_->lane(vcpu)),
                                 stamp, MMUWITNESS_SIDE_HOST));
        run_.witness.marks(marks);
    }

    // A CPU may read ahead, and say so, but it writes nothing that was not asked for.
    void look_at_entries() {
        std::map<At, std::uint64_t> due;
        for (const Access& a : accesses_) {
            std::uint64_t& value =
                due.try_emplace({a.table, a.entry}, entries_[{a.table, a.entry}]).first->second;
            if (a.rights == Rights::kNone) continue;
            const bool writes = a.write && a.rights == Rights::kWrite;
            if (a.read || writes) value = tables_.walked(value, writes);
        }
        std::vector<mmuwitness_mark> marks;
        for (const auto& [at, value] : entries_) {
            const std::uint64_t found = entry(at);
            const auto wanted = due.find(at);
            if (wanted == due.end()) continue;  // leads to a table: no promise of it is looked at
            const bool ahead = value != 0 && found == tables_.walked(wanted->second, false);
            marks.push_back(seen(at.first, at.second, found, ahead ? found : wanted->second,
                                 MMUWITNESS_SIDE_HOST));
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
        return *slots_[page < kEntries ? 0 : 1];
    }
    [[nodiscard]] std::byte* page(std::uint64_t page) const {
        return page < kEntries ? file_->file().page(page)
                               : huge_->span().data() + (page - kEntries) * page_size();
    }
    [[nodiscard]] std::uint64_t entry(const At& at) const {
        return load_lane(page(at.first), at.second);
    }
    [[nodiscard]] std::uint64_t gpa(std::uint64_t page) const {
        return guest_->gfn(page) * page_size();
    }

    arch::OwnTables tables_{};
    WitnessedFile* file_ = nullptr;
    HugeMemory* huge_ = nullptr;
    Guest* guest_ = nullptr;
    std::vector<Memslot*> slots_;
    std::vector<Access> accesses_;
    std::map<At, std::uint64_t> entries_;
    std::set<std::uint64_t> wrote_;  // not told yet
    Upper upper_{};
    std::vector<std::uint64_t> targets_;  // data pages, by place
    bool upper_stays_ = false, logged_ = false;
    std::uint64_t stamp_ = 0, version_ = 0, next_new_ = 0;
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
