// SPDX-License-Identifier: GPL-2.0-only
#include "run/scenario_test.h"

#include <unistd.h>

#include <algorithm>
#include <format>
#include <functional>

#include "machine/pagemap.h"
#include "machine/swap.h"
#include "machine/unavailable.h"
#include "vmm/arch.h"

namespace mmuw {

namespace {

std::string current_name() {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    return std::format("{}.{}", info->test_suite_name(), info->name());
}

// What an exception says, without GoogleTest's words around it: a note has little room.
std::string_view without_gtest_frame(std::string_view line) {
    constexpr std::string_view before = "C++ exception with description \"";
    constexpr std::string_view after = "\" thrown in";
    if (!line.starts_with(before)) return line;
    line.remove_prefix(before.size());
    return line.substr(0, line.rfind(after));
}

// The first line of the first part of the test's result that is of this kind.
std::string first_message(bool (testing::TestPartResult::*is)() const) {
    const auto& result = *testing::UnitTest::GetInstance()->current_test_info()->result();
    for (int i = 0; i < result.total_part_count(); i++) {
        const auto& part = result.GetTestPartResult(i);
        if (!(part.*is)()) continue;
        const std::string_view text = part.message();
        return std::string(without_gtest_frame(text.substr(0, text.find('\n'))));
    }
    return {};
}

}  // namespace

ScenarioTest::ScenarioTest() : run_(RunContext::get()), name_(current_name()) {}

void ScenarioTest::SetUp() {
    if (run_.options.stop()) GTEST_SKIP() << "the run was interrupted";
    // The recorded seed is the one to give to --seed to have this repetition again.
    const std::uint64_t run_seed = run_.options.seed + run_.times_begun(name_);
    seed_ = std::hash<std::string>{}(name_) ^ run_seed * 0x9e3779b97f4a7c15;
    if (seed_ == 0) seed_ = 1;
    run_.begin(name_, run_seed, run_.options.plant);
    begun_ = true;
    if (!run_.options.plant.empty()) run_.module->plant(run_.options.plant);
}

void ScenarioTest::promise(std::initializer_list<std::string_view> rules) {
    for (const std::string_view rule : rules)
        run_.witness.note(note::Rule{.name = std::string(rule)});
}

WitnessedFile& ScenarioTest::add_file(std::uint64_t pages) {
    promise({"nothing-left"});
    WitnessedFile& file = files_.add(run_.witness, run_.scratch.directory(), pages);
    disturb().add_memory(file.file().mapping().span());
    return file;
}

Guest& ScenarioTest::add_guest(GuestConfig config) {
    WitnessedGuest& added = guests_.emplace_back();
    added.observer = std::make_unique<WitnessObserver>(
        run_.witness, files_,
        WitnessObserver::Hooks{.started = [this, &added] { disturb().guest_started(*added.guest); },
                               .calling = [this](bool begins) { disturb().calling(begins); },
                               .disturbed = !disturb().empty()});
    config.observer = added.observer.get();
    // Under emulation a polling vCPU must not keep the harness from its CPU. On bare metal it may
    // hold a folio lock that others wait for, and must not starve; nor beside a busy disturber.
    if (!run_.options.emulated || !disturb().empty()) config.policy = VcpuThread::Policy::kNormal;
    added.guest = std::make_unique<Guest>(run_.kvm, config);
    return *added.guest;
}

Mapping& ScenarioTest::add_anonymous(std::uint64_t pages) {
    Mapping& memory = anonymous_.emplace_back(pages * page_size(), PROT_READ | PROT_WRITE,
                                              MAP_PRIVATE | MAP_ANONYMOUS);
    madvise(memory.get(), memory.size(), MADV_NOHUGEPAGE);
    return memory;
}

HugeMemory& ScenarioTest::add_huge(HugeKind kind, std::uint64_t pages) {
    if (!machine_) machine_.emplace(run_.options.guard);
    HugeMemory& memory = huge_.emplace_back(run_.options.guard, kind, pages);
    disturb().add_memory(memory.span());
    return memory;
}

Memory ScenarioTest::add_memory(MemoryKind kind, std::uint64_t small, std::uint64_t huge) {
    constexpr std::size_t kMost = 2U << 20;
    switch (kind) {
        case MemoryKind::kFile: {
            const BackingFile& file = add_file(small).file();
            return {kind, file.mapping().span(), file.fd()};
        }
        case MemoryKind::kAnonymous:
            return {kind, add_anonymous(small).span()};
        default:
            break;
    }
    if (huge_bytes() > kMost)
        throw Unavailable(std::format("a huge page is {} MB", huge_bytes() >> 20));
    const HugeKind huge_kind = kind == MemoryKind::kHugeAnonymous ? HugeKind::kAnonymous
                               : kind == MemoryKind::kHugeShared  ? HugeKind::kShared
                                                                  : HugeKind::kHugetlb;
    return {kind, add_huge(huge_kind, huge * huge_bytes() / page_size()).span()};
}

void ScenarioTest::add_swap() {
    constexpr std::size_t kBytes = 32U << 20;
    if (!machine_) machine_.emplace(run_.options.guard);
    // Another run may use the same directory.
    add_swap_file(run_.options.guard,
                  std::format("{}/mmuwitness-swap-{}", run_.scratch.directory(), getpid()), kBytes);
}

Guest& ScenarioTest::start_guest(WitnessedFile& file, GuestConfig config) {
    config.pages = file.pages();
    Guest& guest = add_guest(config);
    guest.add_memory(0, file.pages(), file.file().mapping().get());
    guest.start();
    return guest;
}

int ScenarioTest::rounds(int undisturbed) const {
    return disturb().empty() ? undisturbed : 3 * undisturbed;
}

void ScenarioTest::let_write(Guest& guest) {
    constexpr std::uint64_t kSome = 8;
    for (unsigned vcpu = 0; vcpu < guest.vcpus(); vcpu++) guest.wait_progress(vcpu, kSome);
}

void ScenarioTest::settle_dirty(WitnessedFile& file, Guest& guest, std::uint64_t pages) {
    guest.write(0, 0, pages);
    file.settle();
}

void ScenarioTest::mark_mapped(const Guest& guest, const std::vector<GuestPage>& pages) {
    const Pagemap pagemap;
    std::vector<mmuwitness_mark> marks;
    mark(guest, mark::HostLook{.pages = pages.size()});
    for (const GuestPage& page : pages)
        marks.push_back(make_mark(
            vm_id(guest), mark::HostMaps{.slot = page.slot,
                                         .gfn = page.gfn,
                                         .pfn = pagemap.pfns({page.memory, page_size()}).front()}));
    run_.witness.marks(marks);
}

void ScenarioTest::mark_written(const Guest& guest, const Memslot& slot, std::uint64_t first,
                                std::uint64_t pages) {
    std::vector<mmuwitness_mark> marks;
    for (std::uint64_t page = first; page < first + pages; page++)
        marks.push_back(
            make_mark(vm_id(guest), mark::Wrote{.slot = slot.id(), .gfn = slot.gfn() + page}));
    run_.witness.marks(marks);
}

void ScenarioTest::trial(std::optional<bool> hit) {
    trials_++;
    if (!hit)
        hits_.reset();
    else if (hits_)
        *hits_ += *hit;
    constexpr std::uint64_t kUnknown = 2;
    run_.witness.mark(0, mark::Trial{.met = hit ? std::uint64_t{*hit} : kUnknown});
}

std::uint32_t ScenarioTest::vm_id(const Guest& guest) const {
    return std::ranges::find_if(guests_, [&](const auto& g) { return g.guest.get() == &guest; })
        ->observer->vm();
}

Points& ScenarioTest::points() {
    if (!points_) points_ = run_.module ? Points(*run_.module) : Points();
    return *points_;
}

std::string ScenarioTest::missing_point(std::initializer_list<std::string_view> names) {
    if (!run_.module) return {};  // nothing is staged: the sides race by themselves
    for (const std::string_view name : names) try {
            static_cast<void>(points().find(name));
            // The point is there, and with shadow paging nothing passes it.
            if (name == "spte-changed" && !run_.kvm.mmu().reference)
                if (std::string why = arch::why_no_spte_events(); !why.empty()) return why;
        } catch (const Points::Unavailable& error) {
            return error.what();
        }
    return {};
}

Actor ScenarioTest::actor(const Guest& guest, WitnessedFile& file, std::optional<unsigned> vcpu) {
    return {points(), guest, vm_id(guest), file.id(), file.file().mapping().hva(), vcpu};
}

Actor ScenarioTest::vcpu(const Guest& guest, WitnessedFile& file, unsigned vcpu) {
    return actor(guest, file, vcpu);
}

Actor ScenarioTest::host(const Guest& guest, WitnessedFile& file) {
    return actor(guest, file, {});
}

void ScenarioTest::append_written(const Guest& guest, std::uint64_t pages,
                                  std::vector<Expectation>& to) {
    for (unsigned vcpu = 0; vcpu < guest.vcpus(); vcpu++)
        for (std::uint64_t page = 0; page < pages; page++)
            if (const std::uint64_t stamp = guest.journal(vcpu, page); stamp != 0)
                to.push_back({.page = page, .lane = guest.lane(vcpu), .stamp = stamp});
}

void ScenarioTest::take_down() {
    guests_.clear();
    anonymous_.clear();
    huge_.clear();
    machine_.reset();
    for (WitnessedFile& file : files_.all()) file.release();
    files_.all().clear();
}

// A scenario that could not be driven to its end has no evidence to offer: never a pass.
note::ScenarioEnd ScenarioTest::end_note() const {
    note::ScenarioEnd note{.trials = trials_, .hits = hits_};
    if (HasFailure()) {
        note.status = "inconclusive";
        note.why = first_message(&testing::TestPartResult::failed);
    } else if (IsSkipped()) {
        note.status = "skip";
        note.why = first_message(&testing::TestPartResult::skipped);
    }
    return note;
}

void ScenarioTest::TearDown() {
    if (!begun_) return;
    // What they hold for a moment must not look as if it were left.
    for (const note::Disturber& report : disturb().stop()) run_.witness.note(report);
    try {
        if (!run_.options.plant.empty()) run_.module->remove_plant();
        take_down();
    } catch (const std::exception& error) {
        ADD_FAILURE() << "taking down: " << error.what();
    }
    run_.end(end_note());
}

}  // namespace mmuw
