// SPDX-License-Identifier: GPL-2.0-only
// A virtio device of the kernel's writes packets to guest memory, and keeps a log of that: what is
// in neither KVM's log nor in its own is lost by a migration.
#include <algorithm>
#include <cstring>
#include <format>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "backing/lanes.h"
#include "machine/unavailable.h"
#include "machine/vhost_device.h"
#include "run/scenario_test.h"

namespace mmuw::vhost_log {

namespace {

using Case = std::tuple<VhostKind, MemoryKind, DirtyLogKind>;
using Buffers = std::vector<VhostDevice::Buffer>;

// Two memslots beside each other, whose memory is the other way round, and after a hole a third
// one; the last two pages are the device's queue. Pages have the numbers that they have in the
// guest, without the hole.
constexpr std::uint64_t kPagesPerSlot = 24, kHole = 8;
constexpr std::uint64_t kInMemory[] = {1, 0, 2};
constexpr std::uint64_t kPages = std::size(kInMemory) * kPagesPerSlot;
// The guest writes to the first lane of every second page of the first memslot.
constexpr std::uint64_t kWritten = kPagesPerSlot / 2;

class VhostLog : public ScenarioTest, public testing::WithParamInterface<Case> {
  protected:
    void start() {
        const auto [kind, memory, log] = GetParam();
        promise({"log-complete", "isolated"});
        random_.seed(seed());
        if (memory == MemoryKind::kFile) {
            promise({"durable"});
            file_ = &add_file(kPages);
            memory_ = file_->file().mapping().bytes();
        } else {
            memory_ = add_memory(memory, kPages, 1).page(0);
        }
        guest_ = &add_guest({.pages = kPages + kHole, .log = log, .idle = guest::Idle::kStay});
        std::vector<VhostDevice::Region> regions;
        for (std::uint64_t first = 0; first < kPages; first += kPagesPerSlot) {
            Memslot& slot = guest_->add_memory(data_page(first), kPagesPerSlot, page(first));
            slots_.push_back(&slot);
            regions.push_back(
                {slot.gfn() * page_size(), std::span(page(first), kPagesPerSlot * page_size())});
        }
        guest_->start();
        device_ = VhostDevice::open(kind, regions, address(kPages - 2));
    }

    // ---- where a page of the memory is

    [[nodiscard]] static std::uint64_t in_memory(std::uint64_t n) {
        return kInMemory[n / kPagesPerSlot] * kPagesPerSlot + n % kPagesPerSlot;
    }
    [[nodiscard]] std::byte* page(std::uint64_t n) const {
        return memory_ + in_memory(n) * page_size();
    }
    [[nodiscard]] const Memslot& slot_of(std::uint64_t n) const {
        return *slots_[n / kPagesPerSlot];
    }
    [[nodiscard]] std::uint64_t gfn(std::uint64_t n) const {
        return slot_of(n).gfn() + n % kPagesPerSlot;
    }
    [[nodiscard]] std::uint64_t address(std::uint64_t n) const { return gfn(n) * page_size(); }
    [[nodiscard]] std::uint64_t page_at(std::uint64_t address) const {
        const std::uint64_t n = address / page_size() - slots_[0]->gfn();
        return n < 2 * kPagesPerSlot ? n : n - kHole;
    }
    // As the guest's commands have it.
    [[nodiscard]] static std::uint64_t data_page(std::uint64_t n) {
        return n < 2 * kPagesPerSlot ? n : n + kHole;
    }

    // ---- packets

    std::uint64_t any(std::uint64_t least, std::uint64_t most) {
        return std::uniform_int_distribution<std::uint64_t>(least, most)(random_);
    }

    // Not the guest's lane of its page, nor that of the next.
    std::uint64_t even_page() { return 2 * any(0, kPages / 2 - 2); }

    Buffers within_a_page() {
        return {
            {address(even_page()) + 8 * any(8, 200), static_cast<std::uint32_t>(8 * any(8, 100))}};
    }
    // Of the first 44 bytes a part is in each of the two: some devices write no more.
    Buffers over_the_end_of(std::uint64_t n) {
        const std::uint64_t before = 8 * any(3, 5);
        return {{address(n) + page_size() - before, 512}};
    }
    Buffers over_two_pages() { return over_the_end_of(even_page()); }
    Buffers over_two_memslots() { return over_the_end_of(kPagesPerSlot - 1); }
    // Each in a page of its own, in no order.
    Buffers over_several_buffers() {
        std::set<std::uint64_t> pages;
        while (pages.size() < 4) pages.insert(even_page());
        Buffers buffers;
        for (const std::uint64_t n : pages)
            buffers.push_back(
                {address(n) + 8 * any(8, 200), static_cast<std::uint32_t>(8 * any(8, 40))});
        std::ranges::shuffle(buffers, random_);
        return buffers;
    }

    // By page: the lanes that hold the packet's stamp; none where other parts of it are.
    using Lanes = std::map<std::uint64_t, std::vector<std::uint64_t>>;

    Lanes receive(const Buffers& buffers) {
        const auto packet = device_->receive(buffers, ++packets_);
        Lanes lanes;
        std::uint32_t at = 0;
        for (const auto& buffer : buffers)
            for (std::uint32_t i = 0; i < buffer.bytes && at < packet.bytes; i += 8, at += 8) {
                const std::uint64_t place = buffer.address + i;
                const std::uint64_t n = page_at(place), lane = place % page_size() / 8;
                auto& found = lanes[n];
                stamps_.erase({n, lane});  // of an earlier packet
                if (at < packet.stamps_at || at >= packet.stamps_at + 8 * packet.lanes) continue;
                found.push_back(lane);
                stamps_[{n, lane}] = packet.stamp;
            }
        return lanes;
    }

    // ---- what is seen of them

    void look(const Lanes& lanes) {
        for (const auto& [n, all] : lanes) {
            if (all.empty()) continue;
            const std::uint64_t lane = all[any(0, all.size() - 1)];
            mark::Seen seen{
                .slot = slot_of(n).id(),
                .gfn = gfn(n),
                .lane = lane,
                .seen = guest_->read(0, data_page(n), 1, static_cast<std::uint32_t>(lane)).last,
                .expect = stamps_.at({n, lane}),
                .side = MMUWITNESS_SIDE_GUEST};
            mark(*guest_, seen);
            seen.seen = load_lane(page(n), lane);
            seen.side = MMUWITNESS_SIDE_HOST;
            mark(*guest_, seen);
        }
    }

    // Pages that the device's log has, since the last call.
    PageBitmap device_log() {
        PageBitmap logged(kPages);
        constexpr std::uint64_t kUnit = 4096;  // of the log
        for (std::uint64_t n = 0; n < kPages; n++)
            if (std::ranges::contains(device_->take_log(address(n), page_size() / kUnit), true))
                logged.set(n);
        return logged;
    }

    void compare(const Lanes& lanes, const PageBitmap& log) {
        std::set<std::uint64_t> written{kPages - 2, kPages - 1};  // the used ring
        for (const auto& [n, all] : lanes) written.insert(n);
        std::vector<mmuwitness_mark> marks;
        for (const std::uint64_t n : written)
            marks.push_back(make_mark(
                vm_id(*guest_),
                mark::VmmLogged{
                    .slot = slot_of(n).id(), .gfn = gfn(n), .logged = log.test(n) ? 1U : 0U}));
        run_.witness.marks(marks);
    }

    void in_turns() {
        device_->set_log(true);
        for (int i = 0; i < 3; i++)
            for (const auto shape :
                 {&VhostLog::within_a_page, &VhostLog::over_two_pages, &VhostLog::over_two_memslots,
                  &VhostLog::over_several_buffers}) {
                guest_->write(0, 0, kWritten, 0, 2);
                static_cast<void>(device_log());
                const Lanes lanes = receive((this->*shape)());
                compare(lanes, device_log());
                look(lanes);
                trial();
            }
        device_->set_log(false);
    }

    // ---- a migration, by both logs

    void copy(const PageBitmap& pages) {
        pages.each([&](std::size_t n) {
            std::memcpy(copy_.data() + n * page_size(), page(n), page_size());
        });
    }

    PageBitmap both_logs() {
        PageBitmap all = device_log();
        for (std::uint64_t i = 0; i < slots_.size(); i++)
            guest_->log().collect(*slots_[i]).each([&](std::size_t n) {
                all.set(i * kPagesPerSlot + n);
            });
        return all;
    }

    void migrate() {
        constexpr int kRounds = 4;
        for (Memslot* slot : slots_) guest_->log().enable(*slot);
        device_->set_log(true);
        guest_->start_writing(0, 0, kWritten,
                              {.order = guest::Order::kRandom, .seed = seed(), .stride = 2});
        PageBitmap everything(kPages);
        everything.set_range(0, kPages);
        copy_.resize(kPages * page_size());
        copy(everything);
        for (int round = 0; round < kRounds; round++) {
            let_write(*guest_);
            receive(over_two_pages());
            receive(over_two_memslots());
            receive(over_several_buffers());
            copy(both_logs());
            trial();
        }
        receive(within_a_page());
        guest_->pause();
        copy(both_logs());
        mark_copied();
        guest_->resume();
        guest_->stop(0);
        device_->set_log(false);
        for (Memslot* slot : slots_) guest_->log().disable(*slot);
    }

    // Of each page the guest's lane, and where the device has written.
    void mark_copied() {
        std::set<std::pair<std::uint64_t, std::uint64_t>> places;
        for (std::uint64_t i = 0; i < kWritten; i++) places.emplace(2 * i, guest_->lane(0));
        for (const auto& [place, stamp] : stamps_) places.insert(place);
        const auto used = device_->used_ring();
        for (std::uint64_t at = used.address / 8; at < (used.address + used.bytes) / 8; at++)
            places.emplace(page_at(at * 8), at % (page_size() / 8));
        std::vector<mmuwitness_mark> marks;
        for (const auto& [n, lane] : places)
            marks.push_back(make_mark(
                vm_id(*guest_),
                mark::Copy{
                    .slot = slot_of(n).id(),
                    .gfn = gfn(n),
                    .lane = lane,
                    .copy = lane_of(std::span(copy_).subspan(n * page_size(), page_size()), lane),
                    .memory = load_lane(page(n), lane)}));
        run_.witness.marks(marks);
    }

    void sync() {
        file_->sync(Sync::kMsync, [&] {
            std::vector<Expectation> written;
            for (const auto& [place, stamp] : stamps_)
                written.push_back(
                    {.page = in_memory(place.first), .lane = place.second, .stamp = stamp});
            return written;
        });
    }

    std::mt19937_64 random_;
    WitnessedFile* file_ = nullptr;
    std::byte* memory_ = nullptr;
    Guest* guest_ = nullptr;
    std::vector<Memslot*> slots_;
    std::unique_ptr<VhostDevice> device_;
    std::uint32_t packets_ = 0;
    std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> stamps_;  // page and lane
    std::vector<std::byte> copy_;
};

TEST_P(VhostLog, HasWhatTheDeviceWrote) {
    std::string why;
    if (!supported(run_.kvm, std::get<DirtyLogKind>(GetParam()), &why)) GTEST_SKIP() << why;
    try {
        start();
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    in_turns();
    migrate();
    if (file_ != nullptr) sync();
    device_.reset();
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    const auto [kind, memory, log] = info.param;
    const char* const device = kind == VhostKind::kNet     ? "net"
                               : kind == VhostKind::kVsock ? "vsock"
                                                           : "net_behind_iommu";
    return std::format("{}_{}_{}", device, name_of(memory), to_string(log));
}

INSTANTIATE_TEST_SUITE_P(
    , VhostLog,
    testing::Values(Case(VhostKind::kNet, MemoryKind::kFile, DirtyLogKind::kBitmap),
                    Case(VhostKind::kNetBehindIommu, MemoryKind::kAnonymous, DirtyLogKind::kManual),
                    Case(VhostKind::kVsock, MemoryKind::kAnonymous, DirtyLogKind::kRing)),
    case_name);
INSTANTIATE_TEST_SUITE_P(
    Full, VhostLog,
    testing::Values(Case(VhostKind::kNet, MemoryKind::kAnonymous, DirtyLogKind::kRing),
                    Case(VhostKind::kNet, MemoryKind::kHugeAnonymous, DirtyLogKind::kManual),
                    Case(VhostKind::kNet, MemoryKind::kHugeShared, DirtyLogKind::kBitmap),
                    Case(VhostKind::kNet, MemoryKind::kHugetlb, DirtyLogKind::kRing),
                    Case(VhostKind::kVsock, MemoryKind::kFile, DirtyLogKind::kBitmap)),
    case_name);

}  // namespace

}  // namespace mmuw::vhost_log
