// SPDX-License-Identifier: GPL-2.0-only
// Two regions of guest memory with equal contents, in two memslots or two VMs, are merged by KSM at
// full speed while guests write what is there already; then each guest writes something else, and
// nobody but that guest and its VMM may see it.
#include <algorithm>
#include <chrono>
#include <format>

#include "backing/lanes.h"
#include "machine/ksmd.h"
#include "machine/pagemap.h"
#include "run/scenario_test.h"

namespace mmuw::ksm {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPages = 8;
constexpr int kRounds = 2;
constexpr int kRewrites = 4;
constexpr unsigned kLanes = 2;
constexpr auto kMergeTimeout = 10s;

enum class Regions { kTwoSlots, kTwoVms };

class Ksm : public ScenarioTest, public testing::WithParamInterface<Regions> {
  protected:
    struct Region {
        Mapping& memory;
        Guest& guest;
        std::uint64_t first;  // data page
        std::uint64_t slot;
        std::uint64_t stamps[kPages][kLanes] = {};  // what must be there

        [[nodiscard]] std::byte* page(std::uint64_t i) const {
            return memory.bytes() + i * page_size();
        }
        [[nodiscard]] unsigned lane() const { return guest.lane(0); }
    };

    Mapping& mergeable() {
        Mapping& memory = add_anonymous(kPages);
        if (madvise(memory.get(), memory.size(), MADV_MERGEABLE) != 0)
            throw_errno("madvise(MADV_MERGEABLE)");
        return memory;
    }
    std::vector<Region> make_regions() {
        Mapping& one = mergeable();
        Mapping& other = mergeable();
        const bool vms = GetParam() == Regions::kTwoVms;
        Guest& guest = add_guest({.pages = 2 * kPages});
        Guest& second = vms ? add_guest({.first_lane = 1, .pages = kPages}) : guest;
        Memslot& a = guest.add_memory(0, kPages, one.get());
        Memslot& b = second.add_memory(vms ? 0 : kPages, kPages, other.get());
        guest.start();
        if (vms) second.start();
        return {{.memory = one, .guest = guest, .first = 0, .slot = a.id()},
                {.memory = other, .guest = second, .first = second.first_page(b), .slot = b.id()}};
    }
    // The same in both regions, different in all pages of one.
    static void equalize(std::vector<Region>& regions, std::uint64_t stamp) {
        for (std::uint64_t i = 0; i < kPages; i++)
            for (Region& r : regions)
                for (unsigned lane = 0; lane < kLanes; lane++) {
                    r.stamps[i][lane] = stamp + i;
                    store_lane(r.page(i), lane, stamp + i);
                }
    }
    // Guests write what is there: copies on write, of pages that stay equal.
    static void rewrite(std::vector<Region>& regions) {
        for (std::uint64_t i = 0; i < kPages; i++)
            for (Region& r : regions) r.guest.write(0, r.first + i, 1, r.stamps[i][r.lane()]);
    }
    // A merged page is one page. /proc/self/ksm_merging_pages counts others of this process too.
    static bool merged(const std::vector<Region>& regions, const Pagemap& pagemap) {
        const auto one = pagemap.pfns(regions[0].memory.span());
        return std::ranges::find(one, 0U) == one.end() &&
               one == pagemap.pfns(regions[1].memory.span());
    }
    // Guests read meanwhile: also between the two steps of a merge, when a page is write-protected
    // and still there.
    static bool wait_for_merges(const std::vector<Region>& regions, const Pagemap& pagemap) {
        const auto until = std::chrono::steady_clock::now() + kMergeTimeout;
        while (std::chrono::steady_clock::now() < until) {
            for (const Region& r : regions) static_cast<void>(r.guest.read(0, r.first, kPages));
            if (merged(regions, pagemap)) return true;
        }
        return false;
    }
    void look(Region& r, std::uint64_t side) {
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t i = 0; i < kPages; i++)
            for (unsigned lane = 0; lane < kLanes; lane++) {
                const std::uint64_t seen = side == MMUWITNESS_SIDE_HOST
                                               ? load_lane(r.page(i), lane)
                                               : r.guest.read(0, r.first + i, 1, lane).last;
                marks.push_back(
                    make_mark(vm_id(r.guest), mark::Seen{.slot = r.slot,
                                                         .gfn = r.guest.gfn(r.first + i),
                                                         .lane = lane,
                                                         .seen = seen,
                                                         .expect = r.stamps[i][lane],
                                                         .side = side}));
            }
        run_.witness.marks(marks);
        std::vector<GuestPage> pages;
        for (std::uint64_t i = 0; i < kPages; i++)
            pages.push_back({.slot = r.slot, .gfn = r.guest.gfn(r.first + i), .memory = r.page(i)});
        mark_mapped(r.guest, pages);
    }
};

TEST_P(Ksm, WritesAfterAMergeStayApart) {
    if (!has_ksm()) GTEST_SKIP() << "this kernel has no KSM";
    promise({"ksm-isolated", "isolated", "unmapped-when-clean"});
    const Pagemap pagemap;
    std::vector<Region> regions = make_regions();
    const GuardScope scope(run_.options.guard);
    run_ksmd_at_full_speed(run_.options.guard);
    for (std::uint64_t round = 1; round <= kRounds; round++) {
        equalize(regions, round << 32);
        for (int i = 0; i < kRewrites; i++) rewrite(regions);
        trial(wait_for_merges(regions, pagemap));
        for (Region& r : regions) look(r, MMUWITNESS_SIDE_GUEST);
        for (Region& writer : regions) {
            for (std::uint64_t i = 0; i < kPages; i++)
                writer.stamps[i][writer.lane()] = writer.guest.write(0, writer.first + i).last;
            for (Region& r : regions) {
                look(r, MMUWITNESS_SIDE_GUEST);
                look(r, MMUWITNESS_SIDE_HOST);
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(, Ksm, testing::Values(Regions::kTwoSlots, Regions::kTwoVms),
                         [](const auto& info) {
                             return info.param == Regions::kTwoSlots ? "two_slots" : "two_vms";
                         });

}  // namespace

}  // namespace mmuw::ksm
