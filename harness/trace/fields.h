// SPDX-License-Identifier: GPL-2.0-only
// The field table: one row per field of kmod/uapi/events.def and marks.def. It drives decoding,
// printing and parsing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trace/event.h"

namespace mmuw {

// How a field's value is shown and read as text.
enum class Show : uint8_t { dec, hex, names, flags, letters, text, words };

struct Symbol {
    std::string_view name;
    uint64_t value;
};

struct Field {
    const char* name;  // as in kmod/uapi/events.def or marks.def
    uint16_t offset;   // in Event
    uint8_t size;      // bytes
    bool is_signed;
    Show show;
    std::span<const Symbol> symbols;  // names: value; flags, letters: bit mask

    bool is_number() const { return show != Show::text && show != Show::words; }
};

struct KindInfo {
    std::string_view name;   // in lines of text
    std::string_view event;  // in the kernel
    std::span<const Field> fields;
    uint16_t bytes;  // of Event that this kind uses, header included
};

const KindInfo& kind_info(Kind kind);
std::optional<Kind> kind_by_name(std::string_view name);
std::optional<Kind> kind_by_event(std::string_view event);
// Fields of every event: seq and ns.
std::span<const Field> common_fields();
// What the words of a mark are: its members; of a kind that nobody knows, a0 to a5.
std::span<const Field> mark_fields(uint32_t mark_kind);

uint64_t field_get(const Event& e, const Field& f);
void field_set(Event& e, const Field& f, uint64_t value);
// What an absent field of a line of text means: -1 for vcpu, else 0.
uint64_t field_default(const Field& f);

}  // namespace mmuw
