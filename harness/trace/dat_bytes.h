// SPDX-License-Identifier: GPL-2.0-only
// A bounds-checked cursor over bytes, for the parsers of trace.dat.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mmuw {

// Thrown by Bytes, caught by DatFile::open: becomes "PATH: truncated ...".
struct Truncated : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class Bytes {
  public:
    explicit Bytes(std::span<const std::byte> data, size_t at = 0) : data_(data), at_(at) {}

    template <typename T>
    T number() {
        T v;
        std::memcpy(&v, take(sizeof v).data(), sizeof v);
        return v;
    }
    std::string_view chars(size_t n) {
        const auto s = take(n);
        return {reinterpret_cast<const char*>(s.data()), s.size()};
    }
    std::string_view c_string() {
        const char* from = reinterpret_cast<const char*>(data_.data()) + at_;
        const size_t left = at_ < data_.size() ? data_.size() - at_ : 0;
        const size_t n = strnlen(from, left);
        if (n == left) throw Truncated("a string has no end");
        at_ += n + 1;
        return {from, n};
    }
    std::span<const std::byte> take(uint64_t n) {
        if (at_ > data_.size() || n > data_.size() - at_)
            throw Truncated("it ends in its headers, at byte " + std::to_string(data_.size()));
        const auto s = data_.subspan(at_, n);
        at_ += n;
        return s;
    }
    void seek(size_t at) { at_ = at; }
    size_t at() const { return at_; }
    bool at_end() const { return at_ >= data_.size(); }

  private:
    std::span<const std::byte> data_;
    size_t at_;
};

}  // namespace mmuw
