// SPDX-License-Identifier: GPL-2.0-only
// What every disturber is: something that the kernel has to cope with while a scenario runs, and
// that changes none of its promises.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "machine/machine_guard.h"
#include "machine/setting.h"
#include "machine/unavailable.h"
#include "vmm/guest.h"

namespace mmuw {

using Random = std::minstd_rand;

// The scenario under way, as far as disturbers may touch it. All of it outlives the disturbance.
class Target {
  public:
    // A mapping that backs guest memory.
    void add_memory(std::span<std::byte> memory);
    void add_guest(Guest& guest);
    void clear();
    [[nodiscard]] std::vector<std::span<std::byte>> memory() const;
    [[nodiscard]] std::vector<Guest*> guests() const;

  private:
    mutable std::mutex mutex_;
    std::vector<std::span<std::byte>> memory_;
    std::vector<Guest*> guests_;
};

// At random from the first to the second.
struct Pause {
    std::chrono::microseconds least, most;
};

struct Count {
    std::string_view what;
    std::uint64_t number;
};

class Disturber {
  public:
    Disturber() = default;
    virtual ~Disturber() = default;
    Disturber(const Disturber&) = delete;
    Disturber& operator=(const Disturber&) = delete;

    // A scenario begins: before its first guest joins. Counts start at 0.
    virtual void begin(Target& /*target*/) {}
    // A guest's vCPUs run. On the scenario's thread, beside step().
    virtual void joined(Guest& /*guest*/) {}
    // Around the calls that collect a log and change memslots, on the thread that makes them.
    virtual void calling(bool /*begins*/) {}
    // One disturbance, on the disturber's own thread, again and again.
    virtual void step(Target& target, Random& random) = 0;
    // Between two steps.
    [[nodiscard]] virtual Pause pause() const = 0;
    // The scenario's last step is over: what was put into its VMs is taken out.
    virtual void end() {}
    // What really happened since begin(). The first number is what the disturber is there for: 0
    // says that it did nothing.
    virtual std::vector<Count> counts() = 0;
};

struct DisturberKind {
    std::string_view name;
    std::string_view what;
    // What it sets for the whole run is the guard's to put back. Throws Unavailable or SysError.
    std::unique_ptr<Disturber> (*make)(MachineGuard& guard);
};

std::span<const DisturberKind> disturber_kinds();

// The number behind a word of /proc/vmstat and its like: "WORD NUMBER" lines. 0 if absent.
std::uint64_t statistic(const std::string& path, std::string_view word);

}  // namespace mmuw
