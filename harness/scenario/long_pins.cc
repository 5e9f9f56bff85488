// SPDX-License-Identifier: GPL-2.0-only
// A device has guest memory for good, as an assigned one does: its pages are pinned, and it writes
// to them by no page table. Whatever happens to the memory meanwhile, pages that are still the
// guest's stay where the device writes, and what has become somebody else's is never written to
// (thread 004).
#include <algorithm>
#include <cstring>
#include <format>

#include "machine/pinned_memory.h"
#include "machine/unavailable.h"
#include "run/changed_memory.h"
#include "run/own_cpu.h"

namespace mmuw::long_pins {

namespace {

std::string kind_name(const testing::TestParamInfo<MemoryKind>& info) {
    return name_of(info.param);
}

constexpr unsigned kDeviceLane = kHostLane + 1;
constexpr std::uint64_t kUnit = 1'000'000'000;  // no other stamp is as large

class LongPins : public ChangedMemory {
  protected:
    void begin(MemoryKind kind, bool swaps) {
        make_memory(kind);
        if (const int error = PinnedMemory::try_to_pin(memory_.bytes); error != 0)
            throw Unavailable(std::format("a long-term pin of a {} is refused: {}", name_of(kind),
                                          std::strerror(error)));
        if (swaps) add_swap();
        start(swaps);
        lanes_.push_back(kDeviceLane);
    }

    void device_writes(PinnedMemory& device, const Pages& pages) {
        for (const std::uint64_t page : pages) {
            must_[page][kDeviceLane] = ++device_stamp_ * kUnit;
            write_by(device, page);
        }
    }
    // What is there now is not what the device has.
    void device_writes_elsewhere(PinnedMemory& device, const Pages& pages) {
        for (const std::uint64_t page : pages) {
            device_stamp_++;
            write_by(device, page);
        }
    }
    // Each of the three, by the page that it has.
    void all_write(PinnedMemory& device, const Pages& pages) {
        device_writes(device, pages);
        look(pages);
        write(pages);
        look(pages);
        device_writes(device, pages);
        look(pages);
    }

  private:
    void write_by(PinnedMemory& device, std::uint64_t page) {
        device.write(memory_.page(page) + kDeviceLane * sizeof(std::uint64_t),
                     device_stamp_ * kUnit);
    }
    std::uint64_t device_stamp_ = 0;
};

// With the guest at work: whether memory may be pinned is no affair of KVM's.
class Pins : public ChangedMemory, public testing::WithParamInterface<MemoryKind> {
  protected:
    // Its filesystem writes it back.
    [[nodiscard]] bool is_tracked() const {
        return GetParam() == MemoryKind::kFile && run_.scratch.filesystem().name != "tmpfs";
    }
};

TEST_P(Pins, AreRefusedWhereWritesHaveToBeKnown) {
    promise({"pin-refused"});
    try {
        make_memory(GetParam());
        start();
        for (const MemoryRange& r : ranges()) {
            const Pages pages = look_at(r);
            write(pages);
            const auto range = memory_.bytes.subspan(r.first * page_size(), r.pages * page_size());
            mark(*guest_,
                 mark::Pin{.answer = static_cast<std::uint64_t>(PinnedMemory::try_to_pin(range)),
                           .tracked = is_tracked() ? 1U : 0U});
            look(pages);
            trial();
        }
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

INSTANTIATE_TEST_SUITE_P(, Pins, testing::Values(MemoryKind::kFile, MemoryKind::kAnonymous),
                         kind_name);
INSTANTIATE_TEST_SUITE_P(Full, Pins,
                         testing::Values(MemoryKind::kHugeAnonymous, MemoryKind::kHugeShared,
                                         MemoryKind::kHugetlb),
                         kind_name);

struct Case {
    MemoryKind kind;
    std::size_t change;
};

class PinnedMemoryChanges : public LongPins, public testing::WithParamInterface<Case> {
  protected:
    [[nodiscard]] const MemoryChange& change() const { return memory_changes()[GetParam().change]; }

    void change_range(const MemoryRange& r) {
        if (change().prepare != nullptr) change().prepare(memory_);
        const Pages pages = look_at(r);
        write(pages);
        PinnedMemory device(memory_.bytes);
        all_write(device, pages);
        if (change().make(memory_, r) == Then::kKept) {
            all_write(device, pages);
        } else {
            forget(r);
            Pages gone, kept;
            std::ranges::partition_copy(pages, std::back_inserter(gone), std::back_inserter(kept),
                                        [&](std::uint64_t p) { return p - r.first < r.pages; });
            look(pages);
            device_writes_elsewhere(device, gone);
            device_writes(device, kept);
            look(pages);
            write(pages);
            device_writes_elsewhere(device, gone);
            look(pages);
        }
        trial();
    }
};

TEST_P(PinnedMemoryChanges, DeviceAndGuestSeeTheSame) {
    try {
        begin(GetParam().kind, change().reclaims && GetParam().kind != MemoryKind::kFile);
        const OwnCpu own_cpu(guest_->thread(0).tid());
        for (const MemoryRange& r : ranges()) change_range(r);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
}

// What is shared and gone from its file may be the pinned page still: a huge page that nobody can
// split is cleared instead. And what is pinned is not moved by a userfault (UFFDIO_MOVE).
bool is_promised(const Case& c) {
    const MemoryChange& change = memory_changes()[c.change];
    if (!change.kinds.contains(c.kind)) return false;
    const std::string_view name = change.name;
    const bool in_file = name == "remove" || name == "truncate" || name == "close_up";
    return !in_file && name != "move_by_userfault";
}

// What moves pages, or takes them away.
bool is_default(const Case& c) {
    const std::string_view name = memory_changes()[c.change].name;
    if (c.kind == MemoryKind::kHugeAnonymous) return name == "collapse";
    return c.kind == MemoryKind::kAnonymous &&
           (name == "drop" || name == "page_out" || name == "migrate");
}

std::vector<Case> cases(bool defaults) {
    std::vector<Case> all;
    for (const MemoryKind kind : kMemoryKinds)
        for (std::size_t i = 0; i < memory_changes().size(); i++)
            if (const Case c{kind, i}; is_promised(c) && is_default(c) == defaults)
                all.push_back(c);
    return all;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    return std::format("{}_{}", name_of(info.param.kind), memory_changes()[info.param.change].name);
}

INSTANTIATE_TEST_SUITE_P(, PinnedMemoryChanges, testing::ValuesIn(cases(true)), case_name);
INSTANTIATE_TEST_SUITE_P(Full, PinnedMemoryChanges, testing::ValuesIn(cases(false)), case_name);

// A fork gives the child a copy of what is private and pinned: else whoever writes first, here or
// there, would have the copy, and the device the page of the other.
class PinnedMemoryForked : public LongPins, public testing::WithParamInterface<MemoryKind> {};

TEST_P(PinnedMemoryForked, DeviceAndGuestSeeTheSame) {
    constexpr int kRounds = 4;
    try {
        begin(GetParam(), false);
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }
    const OwnCpu own_cpu(guest_->thread(0).tid());
    for (int round = 0; round < kRounds; round++) {
        const Pages pages = look_at(ranges()[0]);
        write(pages);
        PinnedMemory device(memory_.bytes);
        all_write(device, pages);
        ForkedChild child(places(pages));
        const auto then = must_;
        device_writes(device, pages);
        look(pages);
        if (round % 2 == 0)
            guest_writes(pages);
        else
            host_writes(pages);
        device_writes(device, pages);
        look(pages);
        const auto now = must_;
        if (memory_.is_private()) must_ = then;
        child_sees(child, pages);
        must_ = now;
        all_write(device, pages);
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, PinnedMemoryForked,
                         testing::Values(MemoryKind::kAnonymous, MemoryKind::kHugeAnonymous),
                         kind_name);
INSTANTIATE_TEST_SUITE_P(Full, PinnedMemoryForked,
                         testing::Values(MemoryKind::kFile, MemoryKind::kHugeShared,
                                         MemoryKind::kHugetlb),
                         kind_name);

}  // namespace

}  // namespace mmuw::long_pins
