// SPDX-License-Identifier: GPL-2.0-only
// A set of pages, in the layout of KVM's dirty bitmaps: bit n of word n / 64 is page n.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mmuw {

class PageBitmap {
  public:
    PageBitmap() = default;
    explicit PageBitmap(std::size_t pages) : pages_(pages), words_((pages + 63) / 64) {}

    [[nodiscard]] std::size_t pages() const { return pages_; }
    [[nodiscard]] std::span<std::uint64_t> words() { return words_; }
    [[nodiscard]] std::span<const std::uint64_t> words() const { return words_; }

    // page < pages()
    [[nodiscard]] bool test(std::size_t page) const {
        return (words_.at(page / 64) >> (page % 64) & 1) != 0;
    }
    void set(std::size_t page) { words_.at(page / 64) |= std::uint64_t{1} << (page % 64); }
    void clear(std::size_t page) { words_.at(page / 64) &= ~(std::uint64_t{1} << (page % 64)); }
    void clear();  // all pages
    void set_range(std::size_t first, std::size_t count);
    void merge(const PageBitmap& other);  // union; std::invalid_argument if sizes differ
    [[nodiscard]] std::size_t count() const;
    [[nodiscard]] bool none() const;

    // visit(page) for each page in the set, ascending.
    template <class Visit>
    void each(Visit visit) const {
        for (std::size_t i = 0; i < words_.size(); i++)
            for (std::uint64_t word = words_[i]; word != 0; word &= word - 1)
                visit(i * 64 + static_cast<std::size_t>(std::countr_zero(word)));
    }

    bool operator==(const PageBitmap&) const = default;

  private:
    std::size_t pages_ = 0;
    std::vector<std::uint64_t> words_;
};

}  // namespace mmuw
