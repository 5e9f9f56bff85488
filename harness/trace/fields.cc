// SPDX-License-Identifier: GPL-2.0-only
#include "trace/fields.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "trace/marks.h"
#include "trace/symbols.h"

namespace mmuw {
namespace {

// Of each event and each mark: struct Fields with the list of them.
template <class T>
struct Fields;

template <class T>
constexpr Field number(const char* name, size_t offset, Show show,
                       std::span<const Symbol> symbols = {}) {
    return {name, static_cast<uint16_t>(offset), sizeof(T), std::is_signed_v<T>, show, symbols};
}
constexpr Field array(const char* name, size_t offset, size_t bytes, Show show) {
    return {name, static_cast<uint16_t>(offset), static_cast<uint8_t>(bytes), false, show, {}};
}

constexpr size_t kEvent = offsetof(Event, none);
constexpr size_t kMark = offsetof(Event, mark.a);

// NOLINTBEGIN(cppcoreguidelines-macro-usage): offsetof and # of what the lists say.
#define F_NUMBER(type, name, show, ...)                 \
    number<types::type>(#name, kAt + offsetof(T, name), \
                        Show::show __VA_OPT__(, symbols::__VA_ARGS__)),
#define F_TEXT(type, name, bytes) array(#name, kAt + offsetof(T, name), bytes, Show::text),
#define F_WORDS(type, name, count) \
    array(#name, kAt + offsetof(T, name), (count) * sizeof(uint64_t), Show::words),
#define FIELDS(type, at, ...)                                            \
    template <>                                                          \
    struct Fields<type> {                                                \
        using T = type;                                                  \
        static constexpr size_t kAt = at;                                \
        static constexpr Field list[] = {MMUW_IN_ORDER(F, __VA_ARGS__)}; \
    };

#define EVENT(name, Name, ...) FIELDS(Name##Event, kEvent, __VA_ARGS__)
#include "kmod/uapi/events.def"
#undef EVENT

#define MARK(KIND, Kind, ...) FIELDS(mark::Kind, kMark, __VA_ARGS__)
#include "kmod/uapi/marks.def"
#undef MARK

constexpr std::array<KindInfo, kKinds> kinds = {{
#define EVENT(name, Name, ...)                        \
    {#name, "mmuw_" #name, Fields<Name##Event>::list, \
     static_cast<uint16_t>(kEvent + sizeof(Name##Event))},
#include "kmod/uapi/events.def"
#undef EVENT
}};

constexpr std::span<const Field> marks[] = {
#define MARK(KIND, Kind, ...) Fields<mark::Kind>::list,
#include "kmod/uapi/marks.def"
#undef MARK
};

#define WORD(n) number<uint64_t>("a" #n, kMark + (n) * sizeof(uint64_t), Show::hex)
constexpr Field words[MMUWITNESS_MARK_WORDS] = {WORD(0), WORD(1), WORD(2),
                                                WORD(3), WORD(4), WORD(5)};
#undef WORD
#undef FIELDS
#undef F_WORDS
#undef F_TEXT
#undef F_NUMBER
// NOLINTEND(cppcoreguidelines-macro-usage)

constexpr Field common[] = {number<uint64_t>("seq", offsetof(Event, seq), Show::dec),
                            number<uint64_t>("ns", offsetof(Event, ns), Show::dec)};

std::optional<Kind> find(std::string_view name, std::string_view KindInfo::* by) {
    const auto* it = std::ranges::find(kinds, name, by);
    if (it == kinds.end()) return std::nullopt;
    return static_cast<Kind>(it - kinds.begin());
}

}  // namespace

const KindInfo& kind_info(Kind kind) {
    return kinds[static_cast<size_t>(kind)];
}

std::optional<Kind> kind_by_name(std::string_view name) {
    return find(name, &KindInfo::name);
}

std::optional<Kind> kind_by_event(std::string_view event) {
    return find(event, &KindInfo::event);
}

std::span<const Field> common_fields() {
    return common;
}

std::span<const Field> mark_fields(uint32_t mark_kind) {
    if (mark_kind == MMUWITNESS_MARK_NONE || mark_kind > std::size(marks)) return words;
    return marks[mark_kind - 1];
}

uint64_t field_get(const Event& e, const Field& f) {
    const auto* from = reinterpret_cast<const std::byte*>(&e) + f.offset;
    uint64_t value = 0;
    // Little endian hosts only, as the recordings are: the low bytes come first.
    std::memcpy(&value, from, f.size);
    if (f.is_signed && f.size < sizeof value) {
        const unsigned shift = 64 - 8 * f.size;
        value = static_cast<uint64_t>(static_cast<int64_t>(value << shift) >> shift);
    }
    return value;
}

void field_set(Event& e, const Field& f, uint64_t value) {
    std::memcpy(reinterpret_cast<std::byte*>(&e) + f.offset, &value, f.size);
}

uint64_t field_default(const Field& f) {
    return f.is_signed && std::string_view(f.name) == "vcpu" ? ~uint64_t{0} : 0;
}

}  // namespace mmuw
