// SPDX-License-Identifier: GPL-2.0-only
// The guest reads from a port into its memory, as from a disk without DMA: the VMM has the data,
// and KVM stores it, many elements at a time and up to a page's end.
#include <array>
#include <span>
#include <vector>

#include "backing/lanes.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"

namespace mmuw::port_reads {

namespace {

constexpr std::uint64_t kPages = 8;
constexpr std::uint64_t kUnit = 1'000'000'007;  // both halves of a multiple differ from the next

// Numbers, one after the other, as bytes.
class Stream {
  public:
    void fill(std::span<std::byte> bytes) {
        for (std::byte& byte : bytes) {
            const std::uint64_t value = number(at_ / sizeof value);
            byte = static_cast<std::byte>(value >> 8 * (at_ % sizeof value));
            at_++;
        }
    }
    [[nodiscard]] static std::uint64_t number(std::uint64_t n) { return (n + 1) * kUnit; }
    // That comes next.
    [[nodiscard]] std::uint64_t next() const { return at_ / sizeof(std::uint64_t); }

  private:
    std::uint64_t at_ = 0;
};

class PortReads : public ScenarioTest, public testing::WithParamInterface<DirtyLogKind> {
  protected:
    void read(std::uint64_t page, std::uint32_t lane, std::uint64_t lanes) {
        std::uint64_t number = stream_.next();
        static_cast<void>(guest_->run(0, std::array{Guest::read_port_command(page, lane, lanes)}));
        const std::uint64_t in_page = page_size() / sizeof number;
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t at = page; at <= page + (lane + lanes - 1) / in_page; at++)
            marks.push_back(make_mark(vm_id(*guest_),
                                      mark::Wrote{.slot = slot_->id(), .gfn = slot_->gfn() + at}));
        for (std::uint64_t i = lane; i < lane + lanes; i++, number++) {
            const std::uint64_t at = page + i / in_page;
            marks.push_back(make_mark(
                vm_id(*guest_), mark::Seen{.slot = slot_->id(),
                                           .gfn = slot_->gfn() + at,
                                           .lane = i % in_page,
                                           .seen = load_lane(file_->file().page(at), i % in_page),
                                           .expect = Stream::number(number),
                                           .side = MMUWITNESS_SIDE_HOST}));
        }
        run_.witness.marks(marks);
    }

    Stream stream_;
    WitnessedFile* file_ = nullptr;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;
};

TEST_P(PortReads, AreLoggedAndArrive) {
    constexpr int kRounds = 3;
    std::string why;
    if (!supported(run_.kvm, GetParam(), &why)) GTEST_SKIP() << why;
    if (!arch::has_data_port(run_.kvm)) GTEST_SKIP() << "guests have no ports here";
    promise({"log-complete", "isolated", "durable"});
    file_ = &add_file(kPages);
    guest_ = &add_guest({.pages = kPages,
                         .log = GetParam(),
                         .data = [this](std::span<std::byte> wanted) { stream_.fill(wanted); }});
    slot_ = &guest_->add_memory(0, kPages, file_->file().mapping().get());
    guest_->start();
    guest_->log().enable(*slot_);
    const auto in_page = static_cast<std::uint32_t>(page_size() / sizeof(std::uint64_t));
    for (int round = 0; round < rounds(kRounds); round++) {
        read(0, 8, 1);
        read(1, 8, 40);
        read(2, in_page - 20, 20);
        read(3, in_page - 7, 30);
        static_cast<void>(guest_->log().collect(*slot_));
        read(3, in_page - 7, 30);
        file_->sync(Sync::kFsync, [this, in_page] {
            std::vector<Expectation> all;
            for (const std::uint64_t page : {0, 1, 2, 3, 4})
                for (std::uint32_t lane = 0; lane < in_page; lane += 4)
                    all.push_back({.page = page,
                                   .lane = lane,
                                   .stamp = load_lane(file_->file().page(page), lane)});
            return all;
        });
        static_cast<void>(guest_->log().collect(*slot_));
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, PortReads, testing::Values(DirtyLogKind::kBitmap, DirtyLogKind::kRing),
                         [](const auto& info) { return to_string(info.param); });

}  // namespace

}  // namespace mmuw::port_reads
