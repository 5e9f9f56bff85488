// SPDX-License-Identifier: GPL-2.0-only
// Numbers that look random and are the same for the same seed, on every machine.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

namespace mmuw::hammer {

// splitmix64: any seed will do, also neighbours, so that a draw can be made for each call of each
// worker by its number, and a replay may begin anywhere.
class Draw {
  public:
    explicit Draw(std::uint64_t seed) : state_(seed) {}
    Draw(std::uint64_t seed, std::uint64_t which) : Draw(Draw(seed).next() ^ (which * kOdd)) {}

    std::uint64_t next() {
        std::uint64_t z = state_ += kOdd;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    std::uint64_t below(std::uint64_t end) { return next() % end; }  // end > 0
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    std::chrono::microseconds below(std::chrono::microseconds end) {
        return std::chrono::microseconds(below(static_cast<std::uint64_t>(end.count())));
    }
    template <class T, std::size_t N>
    const T& of(const T (&all)[N]) {
        return all[below(N)];
    }
    template <class Range>
    const auto& among(const Range& all) {
        return all[below(all.size())];
    }

  private:
    static constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    std::uint64_t state_;
};

}  // namespace mmuw::hammer
