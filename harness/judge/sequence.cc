// SPDX-License-Identifier: GPL-2.0-only
#include "judge/sequence.h"

#include <algorithm>

namespace mmuw {
namespace {

// A hole this far behind does not fill any more: keep the map small when much is lost.
constexpr size_t kMaxHoles = 4096;

}  // namespace

void Sequence::add(uint64_t seq) {
    if (next_ == 0) next_ = seq;
    if (seq == next_) {
        ++next_;
        return;
    }
    if (seq > next_) {
        holes_.emplace(next_, seq - 1);
        missing_ += seq - next_;
        next_ = seq + 1;
        if (holes_.size() > kMaxHoles) {
            // Merge the two oldest: counts too much in between, never too little.
            auto first = holes_.begin();
            auto second = std::next(first);
            missing_ += second->first - first->second - 1;
            first->second = second->second;
            holes_.erase(second);
        }
        return;
    }
    auto it = holes_.upper_bound(seq);
    if (it == holes_.begin()) return;  // from before the first that came
    --it;
    const auto [first, last] = *it;
    if (seq > last) return;
    --missing_;
    holes_.erase(it);
    if (first < seq) holes_.emplace(first, seq - 1);
    if (seq < last) holes_.emplace(seq + 1, last);
}

uint64_t Sequence::missing(uint64_t first, uint64_t last) const {
    uint64_t n = 0;
    auto it = holes_.upper_bound(first);
    if (it != holes_.begin()) --it;
    for (; it != holes_.end() && it->first < last; ++it) {
        const uint64_t from = std::max(it->first, first + 1);
        const uint64_t to = std::min(it->second, last - 1);
        if (from <= to) n += to - from + 1;
    }
    return n;
}

}  // namespace mmuw
