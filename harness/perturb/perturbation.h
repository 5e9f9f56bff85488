// SPDX-License-Identifier: GPL-2.0-only
// The disturbers of a run, together.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "perturb/disturber.h"
#include "trace/notes.h"

namespace mmuw {

// The kinds that a list names: names with commas between, or "all". std::invalid_argument names
// the word that is no disturber.
std::vector<const DisturberKind*> parse_disturbers(std::string_view list);

class Perturbation {
  public:
    struct Missing {
        std::string name, why;
    };
    // Of a scenario, for each disturber.
    using Report = std::vector<note::Disturber>;

    // Makes those that can work here, before the first scenario: what they set for the machine is
    // below what a scenario sets.
    Perturbation(const std::vector<const DisturberKind*>& kinds, MachineGuard& guard);
    ~Perturbation();
    Perturbation(const Perturbation&) = delete;
    Perturbation& operator=(const Perturbation&) = delete;

    [[nodiscard]] const std::vector<Missing>& missing() const { return missing_; }
    [[nodiscard]] bool empty() const { return running_.empty(); }

    // A scenario's mappings, before or after its guests.
    void add_memory(std::span<std::byte> memory) { target_.add_memory(memory); }
    // With the first guest of a scenario the disturbance begins.
    void guest_started(Guest& guest);
    // Around log collections and memslot changes, on their thread.
    void calling(bool begins);
    // Before anything of the scenario is taken down. Empty if no guest ran.
    Report stop();
    // After the last scenario, before the guard's finish().
    void finish();

  private:
    struct Running {
        std::string_view name;
        std::unique_ptr<Disturber> disturber;
        std::thread thread;
        std::string failure;  // of this scenario
    };
    void begin();
    void body(Running& one, std::uint64_t seed);

    std::vector<Missing> missing_;
    std::vector<Running> running_;
    Target target_;
    std::uint64_t scenarios_ = 0;
    std::atomic<bool> begun_ = false;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;
};

}  // namespace mmuw
