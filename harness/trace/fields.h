// SPDX-License-Identifier: GPL-2.0-only
// The field table: one row per event field. It drives decoding, printing and parsing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trace/event.h"

namespace mmuw {

// How a field's value is shown and read as text.
enum class Show : uint8_t { dec, hex, names, flags, letters, text, args };

struct Symbol {
    std::string_view name;
    uint64_t value;
};

struct Field {
    const char* name;  // as in kmod/uapi/events.def
    uint16_t offset;   // in Event
    uint8_t size;      // of one element, bytes; text: of the whole
    uint8_t count;     // elements
    bool is_signed;
    Show show;
    std::span<const Symbol> symbols;  // names: value; flags, letters: bit mask
};

struct KindInfo {
    std::string_view name;
    std::span<const Field> fields;
    uint16_t bytes;  // of Event that this kind uses, header included
};

const KindInfo& kind_info(Kind kind);
std::optional<Kind> kind_by_name(std::string_view name);
// Fields of every event: seq and ns.
std::span<const Field> common_fields();

// A mark's arguments have names of their own: value = a[index] >> shift & mask.
struct MarkArg {
    std::string_view name;
    uint8_t index, shift, bits;
};
std::span<const MarkArg> mark_args(uint32_t mark_kind);
std::span<const Symbol> mark_kinds();
std::span<const Symbol> sync_names();

uint64_t field_get(const Event& e, const Field& f, unsigned element = 0);
void field_set(Event& e, const Field& f, uint64_t value, unsigned element = 0);
// What an absent field of a line of text means: -1 for vcpu, else 0.
uint64_t field_default(const Field& f);

}  // namespace mmuw
