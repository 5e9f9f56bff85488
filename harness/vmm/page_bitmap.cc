// SPDX-License-Identifier: GPL-2.0-only
#include "vmm/page_bitmap.h"

#include <algorithm>
#include <stdexcept>

namespace mmuw {

void PageBitmap::clear() {
    std::ranges::fill(words_, 0);
}

void PageBitmap::set_range(std::size_t first, std::size_t count) {
    for (std::size_t page = first; page < first + count; page++) set(page);
}

void PageBitmap::merge(const PageBitmap& other) {
    if (other.pages_ != pages_) throw std::invalid_argument("PageBitmap::merge: sizes differ");
    for (std::size_t i = 0; i < words_.size(); i++) words_[i] |= other.words_[i];
}

std::size_t PageBitmap::count() const {
    std::size_t bits = 0;
    for (const auto word : words_) bits += static_cast<std::size_t>(std::popcount(word));
    return bits;
}

bool PageBitmap::none() const {
    return std::ranges::all_of(words_, [](std::uint64_t word) { return word == 0; });
}

}  // namespace mmuw
