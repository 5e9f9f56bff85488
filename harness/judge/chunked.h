// SPDX-License-Identifier: GPL-2.0-only
// Records by page number: dense where pages are used, nothing elsewhere.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>

namespace mmuw {

template <typename T>
class Chunked {
  public:
    static constexpr uint64_t kBits = 9;
    static constexpr uint64_t kPages = 1u << kBits;
    using Chunk = std::array<T, kPages>;

    // Created when it does not exist. Valid until clear().
    T& operator[](uint64_t page) {
        const uint64_t key = page >> kBits;
        if (key != last_key_ || !last_) {
            auto& chunk = chunks_[key];
            if (!chunk) chunk = std::make_unique<Chunk>();
            last_ = chunk.get();
            last_key_ = key;
        }
        return (*last_)[page & (kPages - 1)];
    }
    const T* find(uint64_t page) const {
        const uint64_t key = page >> kBits;
        if (key == last_key_ && last_) return &(*last_)[page & (kPages - 1)];
        const auto it = chunks_.find(key);
        return it == chunks_.end() ? nullptr : &(*it->second)[page & (kPages - 1)];
    }
    T* find(uint64_t page) { return const_cast<T*>(std::as_const(*this).find(page)); }

    // Calls f(page, record) for the records that exist within [begin, end), in any order:
    // a range may be as wide as an address space.
    template <typename F>
    void each(uint64_t begin, uint64_t end, F&& f) {
        walk(chunks_, begin, end, f);
    }
    template <typename F>
    void each(uint64_t begin, uint64_t end, F&& f) const {
        walk(chunks_, begin, end, f);
    }
    void clear() {
        chunks_.clear();
        last_ = nullptr;
    }

  private:
    template <typename Chunks, typename F>
    static void walk(Chunks& chunks, uint64_t begin, uint64_t end, F&& f) {
        if (begin >= end) return;
        const uint64_t first = begin >> kBits;
        const uint64_t last = (end - 1) >> kBits;
        const auto visit = [&](uint64_t key, auto& chunk) {
            const uint64_t base = key << kBits;
            const uint64_t from = std::max(begin, base);
            const uint64_t to = std::min(end, base + kPages);
            for (uint64_t page = from; page < to; ++page) f(page, chunk[page - base]);
        };
        if (last - first < chunks.size()) {
            for (uint64_t key = first; key <= last; ++key)
                if (const auto it = chunks.find(key); it != chunks.end()) visit(key, *it->second);
        } else {
            for (auto& [key, chunk] : chunks)
                if (key >= first && key <= last) visit(key, *chunk);
        }
    }

    std::unordered_map<uint64_t, std::unique_ptr<Chunk>> chunks_;
    mutable Chunk* last_ = nullptr;
    uint64_t last_key_ = 0;
};

}  // namespace mmuw
