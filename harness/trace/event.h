// SPDX-License-Identifier: GPL-2.0-only
// One event of the witness, decoded: Kind::name and NameEvent of each EVENT(name, Name, ...) in
// kmod/uapi/events.def. Values are those of kmod/uapi/mmuwitness.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "kmod/uapi/fields.h"
#include "kmod/uapi/mmuwitness.h"

namespace mmuw {

// The lists are the kernel's, too.
// NOLINTBEGIN(cppcoreguidelines-macro-usage,bugprone-macro-parentheses)

class MarkWords;

// What fields are made of, by the names that the lists have for them.
namespace types {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s16 = std::int16_t;
using s64 = std::int64_t;

template <std::size_t N>
struct Text {
    char bytes[N];  // NUL and what follows it included

    std::string_view view() const { return {bytes, strnlen(bytes, N)}; }
};

// Nobody's to read: trace/marks.h says what the words of a mark are.
template <std::size_t N>
class Words {
    friend class mmuw::MarkWords;
    u64 words_[N];
};

}  // namespace types

#define MMUW_MEMBER_NUMBER(type, name, ...) types::type name;
#define MMUW_MEMBER_TEXT(type, name, bytes) types::Text<bytes> name;
#define MMUW_MEMBER_WORDS(type, name, count) types::Words<count> name;

enum class Kind : uint8_t {
#define EVENT(name, Name, ...) name,
#include "kmod/uapi/events.def"
#undef EVENT
};

#define EVENT(name, Name, ...) +1
inline constexpr size_t kKinds = 0
#include "kmod/uapi/events.def"
    ;
#undef EVENT

// Laid out as the record is, so that decoding is little more than a copy.
#define EVENT(name, Name, ...)                 \
    struct Name##Event {                       \
        MMUW_BY_SIZE(MMUW_MEMBER, __VA_ARGS__) \
    };                                         \
    static_assert(std::is_trivially_copyable_v<Name##Event>);
#include "kmod/uapi/events.def"
#undef EVENT
#undef MMUW_MEMBER_WORDS
#undef MMUW_MEMBER_TEXT
#undef MMUW_MEMBER_NUMBER

struct Event {
    uint64_t order = 0;  // ring-buffer timestamp, trace clock "counter": one order for all CPUs
    int32_t pid = 0;
    uint16_t cpu = 0;
    Kind kind{};
    uint64_t seq = 0;  // the witness' own count: a gap is a lost event
    uint64_t ns = 0;   // CLOCK_MONOTONIC
    union {
        uint64_t none = 0;
#define EVENT(name, Name, ...) Name##Event name;
#include "kmod/uapi/events.def"
#undef EVENT
    };
};
static_assert(std::is_trivially_copyable_v<Event>);

// NOLINTEND(cppcoreguidelines-macro-usage,bugprone-macro-parentheses)

}  // namespace mmuw
