// SPDX-License-Identifier: GPL-2.0-only
// The migration oracle: collect, copy what was logged, repeat, stop, collect and copy a last time:
// the copy must equal the memory.
#include "run/migration_copy.h"
#include "run/scenario_test.h"

namespace mmuw::migration {

namespace {

constexpr std::uint64_t kPagesPerVcpu = 32;
constexpr std::uint64_t kUntouched = 16;  // at the end of the slot: never to appear in the log
constexpr int kRounds = 6;

enum class Pages { kSame, kDifferent };

using Case = std::tuple<DirtyLogKind, unsigned, Pages>;  // log, vCPUs, what they write to

class Migration : public ScenarioTest, public testing::WithParamInterface<Case> {};

TEST_P(Migration, CopyEqualsMemory) {
    const auto [kind, vcpus, sharing] = GetParam();
    std::string why;
    if (!supported(run_.kvm, kind, &why)) GTEST_SKIP() << why;
    promise({"log-complete", "log-precise", "flush-on-protect"});

    const std::uint64_t written = sharing == Pages::kSame ? kPagesPerVcpu : kPagesPerVcpu * vcpus;
    WitnessedFile& file = add_file(written + kUntouched);
    GuestConfig config = {.vcpus = vcpus, .pages = file.pages(), .log = kind};
    Guest& guest = add_guest(config);
    Memslot& slot = guest.add_memory(0, file.pages(), file.file().mapping().get());
    guest.start();

    guest.log().enable(slot);
    for (unsigned vcpu = 0; vcpu < vcpus; vcpu++)
        guest.start_writing(vcpu, sharing == Pages::kSame ? 0 : vcpu * kPagesPerVcpu, kPagesPerVcpu,
                            {.order = guest::Order::kRandom, .seed = seed() + vcpu});
    const mark::Untouched untouched = {
        .slot = slot.id(), .gfn = slot.gfn() + written, .pages = kUntouched};
    MigrationCopy copy(file.file(), vcpus);
    copy.copy_all();
    for (int round = 0; round < rounds(kRounds); round++) {
        let_write(guest);
        mark(guest, untouched);
        copy.copy(guest.log().collect(slot));
        trial();
    }
    guest.pause();
    mark(guest, untouched);
    copy.copy(guest.log().collect(slot));
    run_.witness.marks(copy.compare(vm_id(guest), slot));
    guest.resume();
    for (unsigned vcpu = 0; vcpu < vcpus; vcpu++) guest.stop(vcpu);
}

// Every log with every number of vCPUs; by turns they write to the same pages and to different
// ones.
std::vector<Case> cases(bool rest) {
    std::vector<Case> all;
    bool turn = false;
    for (const DirtyLogKind log :
         {DirtyLogKind::kBitmap, DirtyLogKind::kManual, DirtyLogKind::kRing})
        for (const unsigned vcpus : {1U, 2U, 4U}) {
            turn = !turn;
            all.emplace_back(log, vcpus, turn != rest ? Pages::kSame : Pages::kDifferent);
        }
    return all;
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
    return std::format("{}_{}vcpu_{}", to_string(std::get<0>(info.param)), std::get<1>(info.param),
                       std::get<2>(info.param) == Pages::kSame ? "same" : "different");
}

INSTANTIATE_TEST_SUITE_P(, Migration, testing::ValuesIn(cases(false)), case_name);
INSTANTIATE_TEST_SUITE_P(Full, Migration, testing::ValuesIn(cases(true)), case_name);

}  // namespace

}  // namespace mmuw::migration
