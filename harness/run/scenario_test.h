// SPDX-License-Identifier: GPL-2.0-only
// The frame of every scenario: what happens before and after it, and the parts it is made of.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <initializer_list>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapping.h"
#include "director/pass.h"
#include "machine/huge_memory.h"
#include "run/memory.h"
#include "run/observer.h"
#include "run/run_context.h"
#include "run/witnessed_file.h"
#include "vmm/guest.h"

namespace mmuw {

// The lane of the VMM's own writes; guests use the lanes below.
inline constexpr std::uint64_t kHostLane = Guest::kMaxVcpus;

class ScenarioTest : public testing::Test {
  protected:
    ScenarioTest();
    void SetUp() override;
    // Takes everything down, looks at what is left, and has the judge decide.
    void TearDown() override;

    // Rules that this scenario is there to exercise: without evidence for one of them the
    // scenario is inconclusive.
    void promise(std::initializer_list<std::string_view> rules);
    // Made anew for each scenario, gone with it: guests first, then files.
    WitnessedFile& add_file(std::uint64_t pages);
    Guest& add_guest(GuestConfig config);
    // Anonymous memory in small pages, zero and not populated.
    Mapping& add_anonymous(std::uint64_t pages);
    // In huge pages; Unavailable without.
    HugeMemory& add_huge(HugeKind kind, std::uint64_t pages);
    // Of any kind: so many small pages, or so many huge ones, which are not larger than 2 MB.
    // Unavailable without.
    Memory add_memory(MemoryKind kind, std::uint64_t small, std::uint64_t huge);
    // Swap space, on FS=, until the scenario has ended; Unavailable without.
    void add_swap();
    // A guest with `file` as its data memory, from page 0, started.
    Guest& start_guest(WitnessedFile& file, GuestConfig config);

    // Repetitions of what gives evidence. A disturber may take away, at any moment, what a rule
    // looks at (the SPTEs that a collection would protect): then there are more of them.
    [[nodiscard]] int rounds(int undisturbed) const;
    // Every vCPU goes on for some pages: on a busy machine, or one whose disturbers take the SPTEs
    // away, nothing may have been written since the last look.
    static void let_write(Guest& guest);
    // Dirty pages stay in memory: there is something to look at, whoever reclaims clean ones. The
    // first vCPU writes to the file's first `pages`.
    static void settle_dirty(WitnessedFile& file, Guest& guest, std::uint64_t pages);
    // One more repetition of what the scenario does; `hit` when the interesting case occurred,
    // nothing when nobody can tell (without the module).
    void trial(std::optional<bool> hit = true);
    // Of this scenario: the same for the same --seed.
    [[nodiscard]] std::uint64_t seed() const { return seed_; }
    [[nodiscard]] std::uint32_t vm_id(const Guest& guest) const;
    template <Mark M>
    void mark(const Guest& guest, const M& m) {
        run_.witness.mark(vm_id(guest), m);
    }
    // What the VMM's page table has for pages of guest memory: the guest must be led to the same.
    struct GuestPage {
        std::uint64_t slot, gfn;
        std::byte* memory;
    };
    void mark_mapped(const Guest& guest, const std::vector<GuestPage>& pages);
    // The guest has written to these pages of the memslot: its log has to say so.
    void mark_written(const Guest& guest, const Memslot& slot, std::uint64_t first,
                      std::uint64_t pages);

    // Why this kernel cannot have them staged at these points, empty: it can.
    [[nodiscard]] std::string missing_point(std::initializer_list<std::string_view> points);
    // The sides of a staged race: a vCPU, and whoever is none: a sync call, writeback of `file`,
    // the collector of the log.
    [[nodiscard]] Actor vcpu(const Guest& guest, WitnessedFile& file, unsigned vcpu);
    [[nodiscard]] Actor host(const Guest& guest, WitnessedFile& file);

    // What the guest says it has written by now, page by page.
    static void append_written(const Guest& guest, std::uint64_t pages,
                               std::vector<Expectation>& to);

    RunContext& run_;

  private:
    struct WitnessedGuest {
        std::unique_ptr<WitnessObserver> observer;
        std::unique_ptr<Guest> guest;
    };
    [[nodiscard]] Perturbation& disturb() const { return run_.options.perturbation; }
    void take_down();
    [[nodiscard]] note::ScenarioEnd end_note() const;

    Points& points();
    Actor actor(const Guest& guest, WitnessedFile& file, std::optional<unsigned> vcpu);

    std::string name_;
    std::optional<Points> points_;
    bool begun_ = false;
    std::uint64_t seed_ = 0;
    std::uint64_t trials_ = 0;
    std::optional<std::uint64_t> hits_ = 0;
    WitnessedFiles files_;
    std::list<Mapping> anonymous_;
    std::optional<GuardScope> machine_;  // what huge pages and swap space need
    std::list<HugeMemory> huge_;
    std::list<WitnessedGuest> guests_;
};

}  // namespace mmuw
