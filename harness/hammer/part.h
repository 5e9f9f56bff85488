// SPDX-License-Identifier: GPL-2.0-only
// What a part of the hammer is: something done very often, after which the kernel has to be as it
// was before.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mmuw::hammer {

struct Orders {
    std::string kmod;       // mmuwitness.ko
    std::string scratch;    // as with run
    std::string directory;  // on a filesystem with writeback, for files
    std::string out;        // for records
    std::uint64_t seed = 1;
    std::uint64_t count = 0;
    std::chrono::seconds limit{};  // for the whole part
    bool kvm = true;               // there is one; else the reference MMU is all there is
    bool emulated = false;
    bool few = false;  // for make check: what its other tests do at length is left out
    std::function<bool()> stopped = [] { return false; };  // by the user
};

struct Outcome {
    std::uint64_t done = 0;             // of Orders::count
    bool whole = false;                 // there is no more than that to do
    std::string note = {};              // what else is worth knowing, for the part's line
    std::vector<std::string> bad = {};  // what must not be
};

// The end of a part's time, and of the user's patience.
class Clock {
  public:
    explicit Clock(const Orders& orders);
    [[nodiscard]] bool up() const;

  private:
    const Orders& orders_;
    std::chrono::steady_clock::time_point end_;
};

struct Part {
    std::string_view name;
    std::string_view what;       // that is counted, in the plural
    std::uint64_t count, few;    // unless --count says otherwise; with --few
    std::chrono::seconds limit;  // likewise
    bool loads;                  // the module is loaded for it, with plants allowed
    bool warns;                  // it has the kernel warn, and reads its log itself
    Outcome (*run)(const Orders& orders);
};

std::span<const Part> hammer_parts();

// The calls [from, to) of one worker of `ioctl`, alone.
void replay_ioctl(const Orders& orders, unsigned worker, std::uint64_t from, std::uint64_t to);

Outcome hammer_load(const Orders& orders);
Outcome hammer_start(const Orders& orders);
Outcome hammer_kill(const Orders& orders);
Outcome hammer_ioctl(const Orders& orders);
Outcome hammer_overflow(const Orders& orders);
Outcome hammer_plants(const Orders& orders);
Outcome hammer_disturbers(const Orders& orders);

}  // namespace mmuw::hammer
